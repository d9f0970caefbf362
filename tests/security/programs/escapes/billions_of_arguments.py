# what = "calls a function with four billion arguments"
# status = "trap"
# error = "Trap"
# says = "arguments"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\nlib.strlen.argtypes = [ctypes.c_char_p]\nif lib.strlen(b\"four\") == 4:\n    print(\"REACHED\")"
import ctypes


class Type(ctypes.Structure):
    _fields_ = [*zip("satx", (ctypes.c_uint32, ctypes.c_uint16, ctypes.c_uint16, ctypes.c_uint32), strict=True)]


class Cif(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint32) for n in ("abi", "nargs", "types", "rtype", "bytes", "flags", "fixed")]


lib = ctypes.CDLL(None)

void = Type(1, 1, 0, 0)
cif = Cif(1, 0xFFFFFFFF, 16, ctypes.addressof(void), 0, 0, 0)
lib.ffi_call_js(ctypes.byref(cif), 1, 0, 0)
