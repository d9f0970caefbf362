# what = "overwrites the 64 megabytes in which the interpreter keeps its own data"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.memset(0, 255, 64 << 20)
