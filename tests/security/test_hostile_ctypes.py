"""ctypes can call every host function with any argument and point at any function: the host must outlive it."""

import pytest

from offline_ci import Sandbox

pytestmark = pytest.mark.runtime

LIB = "import ctypes; lib = ctypes.CDLL(None)\n"
ATTACKS = {
    "a bad pointer to a host function": "lib._tzset_js(0xfffffff0, 0xfffffff0, 0xfffffff0, 0xfffffff0)",
    "a closure over a function of another type": """
class Cif(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint32) for n in ('abi', 'nargs', 'types', 'rtype', 'bytes', 'flags', 'fixed')]
class Type(ctypes.Structure):
    _fields_ = [*zip('satx', (ctypes.c_uint32, ctypes.c_uint16, ctypes.c_uint16, ctypes.c_uint32))]
void = Type(1, 1, 0, 0)
cif = Cif(1, 0, 0, ctypes.addressof(void), 0, 0, 0)
code = ctypes.c_uint32()
closure = lib.ffi_closure_alloc_js(32, ctypes.addressof(code))
target = ctypes.cast(lib.getenv, ctypes.c_void_p).value
lib.ffi_prep_closure_loc_js(closure, ctypes.addressof(cif), target, 0, code.value)
ctypes.CFUNCTYPE(None)(code.value)()
""",
    "a closure that was never allocated": "lib.ffi_prep_closure_loc_js(16, 16, 1, 0, 3)",
    "a null function pointer": "ctypes.CFUNCTYPE(None)(0)()",
    "a wild function pointer": "ctypes.CFUNCTYPE(None)(0x7fffffff)()",
    "a wrong signature": """
address = ctypes.cast(lib.getenv, ctypes.c_void_p).value
ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)(1.0)
""",
    "reading beyond memory": "ctypes.string_at(0xffffff00, 4096)",
    "writing over the interpreter": "ctypes.memset(1024, 255, 4 << 20)",
}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(isolation="inline") as sandbox:
        yield sandbox


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_guest_traps_and_the_host_goes_on(sandbox, attack):
    result = sandbox.run(LIB + ATTACKS[attack], time_s=10)
    assert result.status in {"trap", "error"}, result
    assert sandbox.run("2 + 2").result == "4"


def test_ordinary_ctypes_works(sandbox):
    code = (
        LIB
        + """
lib.strlen.argtypes = [ctypes.c_char_p]
pointer = ctypes.POINTER(ctypes.c_int)
compare = ctypes.CFUNCTYPE(ctypes.c_int, pointer, pointer)(lambda a, b: a[0] - b[0])
numbers = (ctypes.c_int * 5)(5, 3, 1, 4, 2)
lib.qsort(numbers, 5, 4, compare)
buffer = ctypes.create_string_buffer(50)
lib.snprintf.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]
lib.snprintf(buffer, 50, b'%d %s %.1f', 7, b'seven', ctypes.c_double(7.5))
(lib.strlen(b'four'), list(numbers), buffer.value)
"""
    )
    assert sandbox.run(code).result == "(4, [1, 2, 3, 4, 5], b'7 seven 7.5')"
