# what = "calls a C function at address 0"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.CFUNCTYPE(None)(0)()
