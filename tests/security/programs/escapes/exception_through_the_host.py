# what = "throws a C++ exception out of a callback, through frames of the host"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nctypes.CFUNCTYPE(None)(lambda: print(\"REACHED\"))()"
import ctypes

lib = ctypes.CDLL(None)
ctypes.CFUNCTYPE(None)(lambda: lib.__cxa_throw(lib.__cxa_allocate_exception(8), 16, 0))()
