# what = "runs a shell command"
# status = "ok"
# control = "native"
import os

if os.system("true") == 0:
    print("REACHED")
