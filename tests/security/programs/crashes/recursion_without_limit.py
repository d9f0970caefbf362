# what = "recursion without a recursion limit"
# status = "memory_limit"
# limit = "memory_bytes"
# control = "hangs"
import sys

sys.setrecursionlimit(10**9)


def f():
    return f()


f()
