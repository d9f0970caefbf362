# what = "has the dynamic linker open a file of the host"
# status = "error"
# error = "OSError"
# says = "is not a library"
# control = "native"
import ctypes
import os

try:
    ctypes.CDLL(os.path.abspath("@FILE@"))
except OSError as error:
    if "too short" in str(error) or "invalid" in str(error):
        print("REACHED")
    raise
