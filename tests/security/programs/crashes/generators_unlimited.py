# what = "a generator that waits for one like itself, without a recursion limit"
# status = "error"
# error = "RecursionError"
# control = "dies"
import sys

sys.setrecursionlimit(10**9)


def endless():
    yield sum(endless())


sum(endless())
