# what = "reads a file of the host through a symbolic link"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

os.symlink("@FILE@", "link")
if open("link").read():
    print("REACHED")
