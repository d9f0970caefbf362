# what = "a descriptor with a number above the limit"
# status = "error"
# error = "OSError"
# says = "Errno 8"
# control = "native"
import os

os.dup2(1, 500)
print("REACHED")
