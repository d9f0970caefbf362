# what = "walks the frames below the cell up to those of the host"
# status = "ok"
# control = "native"
import re
import sys


def walk(_match):
    frame = sys._getframe()
    while frame is not None:
        if not frame.f_code.co_filename.startswith(("<", "/lib/python3.14/")):
            print("REACHED")
        frame = frame.f_back
    return ""


re.sub("a", walk, "a")
