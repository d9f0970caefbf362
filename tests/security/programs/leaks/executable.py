# what = "asks where the host's Python is"
# status = "ok"
# control = "native"
import os
import sys

if os.path.exists(sys.executable):
    print("REACHED")
