# what = "waits for a lock that it holds itself"
# status = "error"
# error = "RuntimeError"
# says = "this would wait for ever"
# control = "hangs"
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
