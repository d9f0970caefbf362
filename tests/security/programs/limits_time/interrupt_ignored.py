# what = "tells the operating system to ignore interrupts"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
