# what = "C code of faulthandler writes tracebacks for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "hangs"
import faulthandler
import sys


def deep(n):
    if n:
        return deep(n - 1)
    while True:
        faulthandler.dump_traceback(sys.__stderr__.fileno())


deep(90)
