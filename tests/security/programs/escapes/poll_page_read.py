# what = "looks for anything of the host's where the page is by which the host stops it"
# status = "ok"
# says = "nothing but 0"
# control = "twin"
# twin = "import ctypes\n\nprint(\"REACHED\", ctypes.c_ubyte.from_address(1024).value * 0)"
import ctypes

print("REACHED" if ctypes.c_ubyte.from_address(0xFFFF0000).value else "nothing but 0")
