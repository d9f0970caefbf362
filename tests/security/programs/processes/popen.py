# what = "reads the output of a shell command"
# status = "error"
# error = "OSError"
# says = "does not support processes"
# control = "native"
import os

print(os.popen("echo REACHED").read())
