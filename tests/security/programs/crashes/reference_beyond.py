# what = "has Python count a reference to an object that is nowhere"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.pythonapi.Py_IncRef(ctypes.c_void_p(0xFFFFFFF0))
