# what = "C code and Python code that call each other, without a recursion limit"
# status = "error"
# error = "RecursionError"
# control = "dies"
import sys

sys.setrecursionlimit(10**9)


def again(_value):
    return next(map(again, [0]))


again(0)
