# what = "removes a file of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

os.unlink("@FILE@")
print("REACHED")
