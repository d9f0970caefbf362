# what = "starts another program with os.spawnv"
# status = "error"
# error = "OSError"
# says = "Function not implemented"
# control = "native"
import os

if os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", "true"]) == 0:
    print("REACHED")
