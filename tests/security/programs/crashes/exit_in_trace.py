# what = "ends the program from a trace function"
# status = "exit"
# control = "dies"
import sys


def leave(*_what):
    sys.exit(4)


def traced():
    pass


sys.settrace(leave)
traced()
