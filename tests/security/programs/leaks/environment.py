# what = "reads the host's environment through os.environ"
# status = "ok"
# control = "native"
import os

if "OFFLINE_CI_CANARY" in os.environ:
    print("REACHED")
