# what = "writes a negative number of pieces"
# status = "ok"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\n\ndata = ctypes.create_string_buffer(b\"REACHED\")\nvector, count = (ctypes.c_uint32 * 2)(ctypes.addressof(data), 7), ctypes.c_uint32()\nlib.fd_write(1, vector, 1, ctypes.byref(count))"
import ctypes

lib = ctypes.CDLL(None)

vector, count = (ctypes.c_uint32 * 2)(1024, 16), ctypes.c_uint32()
if lib.fd_write(1, vector, -1, ctypes.byref(count)) == 0:
    print("REACHED")
