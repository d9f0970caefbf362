# what = "a symbolic link to itself"
# status = "error"
# error = "OSError"
# says = "Errno 32"
# control = "twin"
# twin = "import os\nopen('end', 'w')\nos.symlink('end', 'link')\nopen('link')\nprint('REACHED')"
import os

os.symlink("loop", "loop")
open("loop")
