# what = "ends the program from a signal handler"
# status = "exit"
# control = "dies"
import signal
import sys

signal.signal(signal.SIGINT, lambda *_: sys.exit(4))
signal.raise_signal(signal.SIGINT)
