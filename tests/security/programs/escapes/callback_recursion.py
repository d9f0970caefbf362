# what = "a C callback that calls itself until the host's stack is full"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes
import sys

sys.setrecursionlimit(10**6)


def again():
    back()


back = ctypes.CFUNCTYPE(None)(again)
back()
