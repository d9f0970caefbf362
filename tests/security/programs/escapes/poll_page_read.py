# what = "reads the page behind its memory by which the host stops it"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nprint(\"REACHED\", ctypes.c_ubyte.from_address(1024).value)"
import ctypes

print("REACHED", ctypes.c_ubyte.from_address(0xFFFF0000).value)
