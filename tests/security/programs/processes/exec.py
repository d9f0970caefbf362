# what = "becomes another program"
# status = "error"
# error = "OSError"
# control = "native"
import os

os.execv("/bin/echo", ["echo", "REACHED"])
