# what = "looks for a folder of the host among the files of the modules"
# status = "ok"
# control = "native"
import json
import sys

files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
if not all(file.startswith("/lib/python3.14/") for file in files if file):
    print("REACHED")
