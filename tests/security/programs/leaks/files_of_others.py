# what = "looks for files that another session left in the working folder"
# status = "ok"
# control = "native"
import os

if os.listdir("."):
    print("REACHED")
