# what = "has the host function that calls functions call itself"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\nlib.strlen.argtypes = [ctypes.c_char_p]\nif lib.strlen(b\"four\") == 4:\n    print(\"REACHED\")"
import ctypes


class Type(ctypes.Structure):
    _fields_ = [*zip("satx", (ctypes.c_uint32, ctypes.c_uint16, ctypes.c_uint16, ctypes.c_uint32), strict=True)]


class Cif(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint32) for n in ("abi", "nargs", "types", "rtype", "bytes", "flags", "fixed")]


lib = ctypes.CDLL(None)

void, pointer = Type(1, 1, 0, 0), Type(4, 4, 14, 0)
itself = ctypes.cast(lib.ffi_call_js, ctypes.c_void_p).value
types = (ctypes.c_uint32 * 4)(*[ctypes.addressof(pointer)] * 4)
cif = Cif(1, 4, ctypes.addressof(types), ctypes.addressof(void), 0, 0, 4)
arguments = (ctypes.c_uint32 * 4)()
values = (ctypes.c_uint32 * 4)(ctypes.addressof(cif), itself, 0, ctypes.addressof(arguments))
for i in range(4):
    arguments[i] = ctypes.addressof(values) + 4 * i
lib.ffi_call_js(ctypes.byref(cif), itself, 0, arguments)
