# what = "passes a C structure whose only member is itself"
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

itself = Type(4, 4, 13, 0)
members = (ctypes.c_uint32 * 2)(ctypes.addressof(itself), 0)
itself.x = ctypes.addressof(members)
cif = Cif(1, 0, 0, ctypes.addressof(itself), 0, 0, 0)
lib.ffi_call_js(ctypes.byref(cif), 1, 0, 0)
