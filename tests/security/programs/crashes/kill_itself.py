# what = "sends SIGKILL to its own process"
# status = "exit"
# control = "dies"
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
