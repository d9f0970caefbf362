# what = "takes the last address of all for an object"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.cast(0xFFFFFFF0, ctypes.py_object).value
