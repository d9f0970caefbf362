# what = "has the kernel copy a file"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

source, target = os.open("@FILE@", os.O_RDONLY), os.open("copied", os.O_RDWR | os.O_CREAT)
if os.sendfile(target, source, 0, 6) == 6:
    print("REACHED")
