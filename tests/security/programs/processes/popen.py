# what = "reads the output of a shell command"
# status = "error"
# error = "FileNotFoundError"
# says = "No other programs can be started"
# control = "native"
import os

print(os.popen("echo REACHED").read())
