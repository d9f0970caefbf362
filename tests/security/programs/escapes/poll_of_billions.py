# what = "waits for four billion descriptors"
# status = "ok"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\n\nif lib.__syscall_poll(ctypes.create_string_buffer(8), 1, 0) >= 0:\n    print(\"REACHED\")"
import ctypes

lib = ctypes.CDLL(None)

if lib.__syscall_poll(1024, -1, 0) >= 0:
    print("REACHED")
