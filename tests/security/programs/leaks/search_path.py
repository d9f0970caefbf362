# what = "asks from which folders the host imports"
# status = "ok"
# control = "native"
import sys

if any(path and not path.startswith("/lib/python3.14") for path in sys.path):
    print("REACHED")
