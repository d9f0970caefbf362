# what = "names a file by bytes at the very end of memory, without their NUL"
# status = "ok"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\n\nif lib.__syscall_openat(-100, b\"/dev/null\", 0, 0) >= 0:\n    print(\"REACHED\")"
import ctypes

lib = ctypes.CDLL(None)

end = lib.emscripten_get_heap_size()
ctypes.memset(end - 64, 97, 64)
if lib.__syscall_openat(-100, end - 64, 0, 0) >= 0:
    print("REACHED")
