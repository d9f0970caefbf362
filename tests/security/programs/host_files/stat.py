# what = "asks how large a file of the host is"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

os.stat("@FILE@")
print("REACHED")
