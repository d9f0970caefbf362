# what = "Py_FatalError"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.pythonapi.Py_FatalError(b"attack")
