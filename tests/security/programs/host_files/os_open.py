# what = "opens a file of the host by its descriptor"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

os.read(os.open("@FILE@", os.O_RDONLY), 6)
print("REACHED")
