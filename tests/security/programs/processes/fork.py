# what = "splits itself in two"
# status = "error"
# error = "OSError"
# says = "No processes can be started"
# control = "native"
import os

if os.fork():
    os.wait()
    print("REACHED")
