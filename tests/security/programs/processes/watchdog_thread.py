# what = "has a C thread end the process later"
# status = "error"
# error = "RuntimeError"
# says = "thread"
# control = "dies"
import faulthandler
import os
import time

faulthandler.dump_traceback_later(0.1, exit=True, file=os.open("/dev/null", os.O_WRONLY))
time.sleep(0.5)
