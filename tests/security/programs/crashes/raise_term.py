# what = "raises SIGTERM"
# status = "exit"
# control = "dies"
import signal

signal.raise_signal(signal.SIGTERM)
