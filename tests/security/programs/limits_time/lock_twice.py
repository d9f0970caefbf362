# what = "waits for a lock that it holds itself"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
