# what = "passes a C structure of four gigabytes by value"
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

void, number = Type(1, 1, 0, 0), Type(4, 4, 1, 0)
members = (ctypes.c_uint32 * 3)(ctypes.addressof(number), ctypes.addressof(number), 0)
huge = Type(0xFFFFFFFF, 0xFFFF, 13, ctypes.addressof(members))
types = (ctypes.c_uint32 * 1)(ctypes.addressof(huge))
cif = Cif(1, 1, ctypes.addressof(types), ctypes.addressof(void), 0, 0, 1)
lib.ffi_call_js(ctypes.byref(cif), 1, 0, (ctypes.c_uint32 * 1)(16))
