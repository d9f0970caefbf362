# what = "becomes another program"
# status = "error"
# error = "FileNotFoundError"
# says = "No other programs can be started"
# control = "native"
import os

os.execv("/bin/echo", ["echo", "REACHED"])
