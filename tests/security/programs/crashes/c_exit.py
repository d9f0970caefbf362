# what = "the C library's own exit"
# status = "exit"
# control = "dies"
import ctypes

ctypes.CDLL(None).exit(3)
