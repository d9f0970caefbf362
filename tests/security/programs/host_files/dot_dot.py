# what = "goes up from the working folder with .."
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

if open("../" * 40 + os.path.abspath("@FILE@")[1:]).read():
    print("REACHED")
