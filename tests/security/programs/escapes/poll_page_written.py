# what = "writes to the page behind its memory by which the host stops it"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nctypes.c_ubyte.from_address(ctypes.addressof(ctypes.create_string_buffer(8))).value = 1\nprint(\"REACHED\")"
import ctypes

ctypes.c_ubyte.from_address(0xFFFF0000).value = 1
print("REACHED")
