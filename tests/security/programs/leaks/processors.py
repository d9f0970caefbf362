# what = "asks on which processors of the host it may run"
# status = "error"
# error = "AttributeError"
# control = "native"
import os

if os.sched_getaffinity(0):
    print("REACHED")
