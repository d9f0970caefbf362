# what = "loads a library of the host"
# status = "error"
# error = "OSError"
# control = "native"
import ctypes

ctypes.CDLL("libm.so.6")
print("REACHED")
