# what = "a profiling hook that never returns"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import sys


def hook(*_what):
    while True:
        pass


sys.setprofile(hook)
len("")
