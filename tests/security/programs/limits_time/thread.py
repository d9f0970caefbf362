# what = "a thread that never ends"
# status = "error"
# error = "RuntimeError"
# says = "can't start new thread"
# control = "hangs"
import threading


def endless():
    while True:
        pass


threading.Thread(target=endless).start()
