# what = "ends every process of its group"
# status = "error"
# error = "PermissionError"
# control = "dies"
import os
import signal

os.killpg(0, signal.SIGTERM)
