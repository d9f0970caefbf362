# what = "has the process aborted when it ends"
# status = "ok"
# control = "dies"
import atexit
import os

atexit.register(os.abort)
