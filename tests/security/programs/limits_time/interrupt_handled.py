# what = "a signal handler that swallows interrupts"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import signal

signal.signal(signal.SIGINT, lambda *_: None)
while True:
    pass
