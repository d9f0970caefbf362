# what = "makes a capsule whose destructor is a wild pointer"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

new = ctypes.pythonapi.PyCapsule_New
new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
capsule = new(16, b"name", 0x7FFFFFFF)
del capsule
