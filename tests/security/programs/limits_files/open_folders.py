# what = "folders that are opened to be read, and never closed"
# status = "error"
# error = "OSError"
# says = "Errno 33"
# control = "native"
import os

held = [os.scandir("/") for _ in range(100)]
print("REACHED")
