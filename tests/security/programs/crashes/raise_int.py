# what = "raises SIGINT, which is no time limit"
# status = "error"
# error = "KeyboardInterrupt"
# control = "dies"
import signal

signal.raise_signal(signal.SIGINT)
