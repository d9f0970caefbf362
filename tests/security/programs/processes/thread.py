# what = "starts a thread"
# status = "error"
# error = "RuntimeError"
# says = "can't start new thread"
# control = "native"
import threading

thread = threading.Thread(target=print, args=("REACHED",))
thread.start()
thread.join()
