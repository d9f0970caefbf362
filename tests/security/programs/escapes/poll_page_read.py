# what = "reads the page behind its memory by which the host stops it"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nprint(\"REACHED\", ctypes.c_ubyte.from_address(1024).value)"
# known = "it reads 0: the page of the poll can be read while nothing stops the guest"
import ctypes

print("REACHED", ctypes.c_ubyte.from_address(0xFFFF0000).value)
