# what = "starts another program with os.spawnv"
# status = "error"
# error = "FileNotFoundError"
# says = "No other programs can be started"
# control = "native"
import os

if os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", "true"]) == 0:
    print("REACHED")
