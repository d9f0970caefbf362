# what = "makes and forgets C callbacks of ever other types, each of which is an object of the host"
# status = "error"
# error = "RuntimeError"
# says = "ffi_prep_closure failed"
# control = "twin"
# twin = "import ctypes\n\nctypes.CFUNCTYPE(None, *[ctypes.c_int] * 7)(lambda *n: print('REACHED'))(*range(7))"
import ctypes
import itertools

types = (ctypes.c_int, ctypes.c_int64, ctypes.c_float, ctypes.c_double)
for arguments in itertools.islice(itertools.product(types, repeat=7), 12_000):
    ctypes.CFUNCTYPE(None, *arguments)(print)
