# what = "splits itself in two"
# status = "error"
# error = "OSError"
# says = "Function not implemented"
# control = "native"
import os

if os.fork():
    os.wait()
    print("REACHED")
