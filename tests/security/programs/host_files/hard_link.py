# what = "makes a hard link to a file of the host"
# status = "error"
# error = "AttributeError"
# control = "native"
import os

os.link("@FILE@", "link")
print("REACHED")
