# what = "has the host call a signal handler beyond the function table"
# status = "trap"
# error = "Trap"
# says = "no signal handler"
# control = "twin"
# twin = "import signal\n\nsignal.signal(signal.SIGINT, lambda *_: print(\"REACHED\"))\nsignal.raise_signal(signal.SIGINT)"
import ctypes

lib = ctypes.CDLL(None)
lib.__call_sighandler(0x7FFFFFFF, 2)
