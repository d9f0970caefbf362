# what = "sleeps for eleven days"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import time

time.sleep(10**6)
