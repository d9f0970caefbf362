# what = "half a line on the descriptor on which our own code talks to the host, then an error"
# status = "error"
# error = "ZeroDivisionError"
# control = "twin"
# twin = "import os\nos.write(3, b'')\nprint('REACHED')"
import os

os.write(3, b"half a line")
1 / 0
