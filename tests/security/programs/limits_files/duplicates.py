# what = "duplicates of one descriptor"
# status = "error"
# error = "OSError"
# says = "Errno 33"
# control = "native"
import os

held = [os.dup(1) for _ in range(100)]
print("REACHED")
