"""The part of wasmtime's C API that wasmtime-py does not offer in a usable way.

Own prototypes on an own library handle, so that wasmtime-py's stay untouched. Source: wasmtime 50
``include/wasmtime/*.h``. Everything here trusts its caller; the checks are in the modules that use it.
"""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, byref, c_bool, c_char_p, c_size_t, c_uint8, c_uint64, c_void_p

from wasmtime import _ffi as ffi

Func = ffi.wasmtime_func_t
ExternStruct = ffi.wasmtime_extern_t
InstanceStruct = ffi.wasmtime_instance_t
Table = ffi.wasmtime_table_t
MemoryStruct = ffi.wasmtime_memory_t
Val = ffi.wasmtime_val_t
FuncTypePointer = POINTER(ffi.wasm_functype_t)

FUNC = ffi.WASMTIME_EXTERN_FUNC
I32 = ffi.WASMTIME_I32
FUNCREF = ffi.WASMTIME_FUNCREF

_dll = ctypes.CDLL(ffi.dll._name)  # noqa: SLF001 - the path of the library that wasmtime-py loaded


def _prototype(name: str, result: object, *args: object) -> ctypes._NamedFuncPointer:
    function = getattr(_dll, name)
    function.restype = result
    function.argtypes = list(args)
    return function  # type: ignore[no-any-return]


UncheckedCallback = CFUNCTYPE(c_size_t, c_void_p, c_void_p, POINTER(c_uint64), c_size_t)
"""``(env, caller, values, n) -> trap or 0``; a value is 16 bytes, two c_uint64."""
Finalizer = CFUNCTYPE(None, c_void_p)
NO_FINALIZER = Finalizer()

async_stack_size_set = _prototype("wasmtime_config_async_stack_size_set", None, c_void_p, c_size_t)
func_call_unchecked = _prototype(
    "wasmtime_func_call_unchecked", c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p
)
func_new_unchecked = _prototype(
    "wasmtime_func_new_unchecked", None, c_void_p, c_void_p, UncheckedCallback, c_void_p, Finalizer, c_void_p
)
func_type = _prototype("wasmtime_func_type", c_void_p, c_void_p, c_void_p)
linker_define_func_unchecked = _prototype(
    "wasmtime_linker_define_func_unchecked",
    c_void_p, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_void_p, UncheckedCallback, c_void_p, Finalizer,
)  # fmt: skip
linker_define_unknown_imports_as_traps = _prototype(
    "wasmtime_linker_define_unknown_imports_as_traps", c_void_p, c_void_p, c_void_p
)
linker_get = _prototype(
    "wasmtime_linker_get", c_bool, c_void_p, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_void_p
)
instance_new = _prototype("wasmtime_instance_new", c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p)
instance_pre_instantiate = _prototype(
    "wasmtime_instance_pre_instantiate", c_void_p, c_void_p, c_void_p, c_void_p, c_void_p
)
instance_export_get = _prototype(
    "wasmtime_instance_export_get", c_bool, c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
trap_new = _prototype("wasmtime_trap_new", c_size_t, c_char_p, c_size_t)
trap_code = _prototype("wasmtime_trap_code", c_bool, c_void_p, POINTER(c_uint8))
trap_message = _prototype("wasm_trap_message", None, c_void_p, c_void_p)
trap_delete = _prototype("wasm_trap_delete", None, c_void_p)
error_new = _prototype("wasmtime_error_new", c_void_p, c_char_p)
error_message = _prototype("wasmtime_error_message", None, c_void_p, c_void_p)
error_delete = _prototype("wasmtime_error_delete", None, c_void_p)
byte_vec_delete = _prototype("wasm_byte_vec_delete", None, c_void_p)
memory_data = _prototype("wasmtime_memory_data", c_void_p, c_void_p, c_void_p)
memory_data_size = _prototype("wasmtime_memory_data_size", c_size_t, c_void_p, c_void_p)
memory_grow = _prototype("wasmtime_memory_grow", c_void_p, c_void_p, c_void_p, c_uint64, POINTER(c_uint64))
table_size = _prototype("wasmtime_table_size", c_uint64, c_void_p, c_void_p)
table_grow = _prototype("wasmtime_table_grow", c_void_p, c_void_p, c_void_p, c_uint64, c_void_p, POINTER(c_uint64))
table_get = _prototype("wasmtime_table_get", c_bool, c_void_p, c_void_p, c_uint64, c_void_p)
table_set = _prototype("wasmtime_table_set", c_void_p, c_void_p, c_void_p, c_uint64, c_void_p)
global_get = _prototype("wasmtime_global_get", None, c_void_p, c_void_p, c_void_p)
global_set = _prototype("wasmtime_global_set", c_void_p, c_void_p, c_void_p, c_void_p)


def address(pointer: object) -> c_void_p:
    """A wasmtime-py pointer as ``void *``."""
    return ctypes.cast(pointer, c_void_p)  # type: ignore[arg-type]


class _ByteVec(ctypes.Structure):
    _fields_ = (("size", c_size_t), ("data", c_void_p))


def take_error(error: int) -> str:
    """The message of an error, which is freed."""
    vec = _ByteVec()
    error_message(error, byref(vec))
    text = ctypes.string_at(vec.data, vec.size).decode("utf-8", "replace")
    byte_vec_delete(byref(vec))
    error_delete(error)
    return text


def take_trap(trap: int) -> tuple[int | None, str]:
    """Code (None for a host's) and first line of a trap, which is freed."""
    code = c_uint8()
    known = trap_code(trap, code)
    vec = _ByteVec()
    trap_message(trap, byref(vec))
    text = ctypes.string_at(vec.data, max(0, vec.size - 1)).decode("utf-8", "replace")
    byte_vec_delete(byref(vec))
    trap_delete(trap)
    return (code.value if known else None), text
