# what = "copies over the end of its memory"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nctypes.memmove(ctypes.create_string_buffer(64), b\"x\" * 64, 64)\nprint(\"REACHED\")"
import ctypes

lib = ctypes.CDLL(None)

ctypes.memmove(lib.emscripten_get_heap_size() - 8, b"x" * 64, 64)
print("REACHED")
