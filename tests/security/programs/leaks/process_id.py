# what = "asks for the host's process number"
# status = "ok"
# control = "native"
import os

if os.getpid() != 42:
    print("REACHED")
