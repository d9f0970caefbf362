# what = "raises SIGSEGV"
# status = "trap"
# error = "Trap"
# control = "dies"
import signal

signal.raise_signal(signal.SIGSEGV)
