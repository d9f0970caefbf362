# what = "__getattr__ that asks itself, without a recursion limit"
# status = "error"
# error = "RecursionError"
# control = "dies"
import sys

sys.setrecursionlimit(10**9)


class Asks:
    def __getattr__(self, name):
        return getattr(self, name)


Asks().missing
