# what = "sends a signal to the process that started it"
# status = "error"
# error = "PermissionError"
# control = "native"
import os

os.kill(os.getppid(), 0)
print("REACHED")
