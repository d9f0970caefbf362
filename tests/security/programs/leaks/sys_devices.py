# what = "lists the devices of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

if os.listdir("/sys"):
    print("REACHED")
