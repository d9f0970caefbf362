# what = "a path of six thousand characters"
# status = "error"
# error = "OSError"
# says = "Errno 37"
# control = "twin"
# twin = "import os\nos.mkdir('d/')\nprint('REACHED')"
import os

os.mkdir("d/" * 3_000)
