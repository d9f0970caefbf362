# what = "a thread that never ends"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import threading


def endless():
    while True:
        pass


threading.Thread(target=endless).start()
