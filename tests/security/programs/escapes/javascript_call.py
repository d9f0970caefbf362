# what = "calls the import that runs JavaScript in a browser"
# status = "trap"
# error = "Trap"
# says = "not available"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\nlib.strlen.argtypes = [ctypes.c_char_p]\nif lib.strlen(b\"four\") == 4:\n    print(\"REACHED\")"
import ctypes

lib = ctypes.CDLL(None)
lib.emscripten_asm_const_int(0, 0, 0)
