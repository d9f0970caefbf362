# what = "floods the descriptor on which our own code talks to the host"
# status = "output_limit"
# limit = "output_bytes"
# control = "twin"
# twin = "import os\nos.write(3, b'')\nprint('REACHED')"
import os

while True:
    os.write(3, b"x" * 100_000)
