"""libffi's host half: ``ctypes`` calls and callbacks.

Source: libffi 3.4 ``src/wasm32/ffi.c`` (the JavaScript in it is the specification of these four imports) and the wasm
C ABI (WebAssembly/tool-conventions ``BasicCABI.md``). Where the JavaScript would let a wrong signature fail inside the
engine, this compares the types first and traps with a message: what ctypes is told to call is the guest's choice.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Self

from offline_ci.emscripten.ldso.state import ClosureState
from offline_ci.emscripten.registry import Support, env
from offline_ci.emscripten.unwind import GuestTrap

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host


class _Type(IntEnum):
    """``FFI_TYPE_*`` of ffi.h."""

    VOID, INT, FLOAT, DOUBLE, LONGDOUBLE, UINT8, SINT8, UINT16, SINT16, UINT32, SINT32, UINT64, SINT64 = range(13)
    STRUCT, POINTER, COMPLEX = 13, 14, 15


_LETTER = {
    _Type.VOID: "v", _Type.FLOAT: "f", _Type.DOUBLE: "d", _Type.UINT64: "j", _Type.SINT64: "j",
}  # fmt: skip
_SIZE = {
    _Type.UINT8: 1, _Type.SINT8: 1, _Type.UINT16: 2, _Type.SINT16: 2, _Type.DOUBLE: 8, _Type.UINT64: 8,
    _Type.SINT64: 8,
}  # fmt: skip
_BY_REFERENCE = frozenset({_Type.LONGDOUBLE, _Type.STRUCT})
_MAX_ARGUMENTS = 1000
_MAX_UNBOX = 64


@dataclass(frozen=True, slots=True)
class _CType:
    """A C type: its ``ffi_type`` with single-member structs replaced by their member, as the ABI passes them."""

    pointer: int
    type: _Type
    size: int
    align: int

    @property
    def letter(self) -> str:
        """How it is passed."""
        return _LETTER.get(self.type, "i")


def _read_type(host: Host, pointer: int) -> _CType:
    for _ in range(_MAX_UNBOX):
        size, align, code = (
            host.memory.read_u32(pointer),
            host.memory.read_u16(pointer + 4),
            host.memory.read_u16(pointer + 6),
        )
        if code > _Type.COMPLEX or code == _Type.COMPLEX:
            raise GuestTrap("host", f"ctypes: type {code} cannot be passed")
        kind = _Type(code)
        if kind is not _Type.STRUCT:
            return _CType(pointer, kind, _SIZE.get(kind, 4), _SIZE.get(kind, 4))
        elements = host.memory.read_u32(pointer + 8)
        first = host.memory.read_u32(elements)
        if first == 0:
            return _CType(pointer, _Type.VOID, 0, 1)
        if host.memory.read_u32(elements + 4):
            return _CType(pointer, kind, size, max(1, align))
        pointer = first
    raise GuestTrap("host", "ctypes: a structure is nested too deeply")


@dataclass(frozen=True, slots=True)
class _Cif:
    """``ffi_cif``: what a call looks like."""

    arguments: list[_CType]
    result: _CType
    n_fixed: int


def _read_cif(host: Host, pointer: int) -> _Cif:
    memory = host.memory
    n, types, n_fixed = memory.read_u32(pointer + 4), memory.read_u32(pointer + 8), memory.read_u32(pointer + 24)
    if n > _MAX_ARGUMENTS or n_fixed > n:
        raise GuestTrap("host", f"ctypes: a call with {n} arguments")
    arguments = [_read_type(host, memory.read_u32(types + 4 * i)) for i in range(n)]
    return _Cif(arguments, _read_type(host, memory.read_u32(pointer + 12)), n_fixed)


class _StackFrame:
    """Room on the guest's shadow stack for the length of a call."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._saved = host.instance.call("emscripten_stack_get_current") & 0xFFFFFFFF
        self.top = self._saved

    def allocate(self, size: int, align: int) -> int:
        """An address below everything allocated so far."""
        self.top = (self.top - size) & -max(align, 1)
        return self.top

    def __enter__(self) -> Self:
        return self

    def enter_callee(self) -> None:
        """Make the room ours; the ABI wants 16-byte alignment."""
        self._host.instance.call("_emscripten_stack_restore", self.top & -16)

    def __exit__(self, *_: object) -> None:
        self._host.instance.call("_emscripten_stack_restore", self._saved)


def _read_value(host: Host, c_type: _CType, pointer: int) -> int:
    memory = host.memory
    match c_type.type:
        case _Type.DOUBLE | _Type.UINT64 | _Type.SINT64:
            return memory.read_u64(pointer)
        case _Type.UINT8:
            return memory.read_u8(pointer)
        case _Type.SINT8:
            return (memory.read_u8(pointer) ^ 0x80) - 0x80 & 0xFFFFFFFF
        case _Type.UINT16:
            return memory.read_u16(pointer)
        case _Type.SINT16:
            return (memory.read_u16(pointer) ^ 0x8000) - 0x8000 & 0xFFFFFFFF
        case _:
            return memory.read_u32(pointer)


def _write_result(host: Host, c_type: _CType, pointer: int, value: int) -> None:
    if c_type.letter in "dj":
        host.memory.write_u64(pointer, value)
    elif c_type.type in {_Type.UINT8, _Type.SINT8, _Type.UINT16, _Type.SINT16}:
        # libffi returns small integers widened to ffi_arg
        narrow = value & ((1 << 8 * c_type.size) - 1)
        sign = 1 << (8 * c_type.size - 1) if c_type.type in {_Type.SINT8, _Type.SINT16} else 0
        host.memory.write_u32(pointer, ((narrow ^ sign) - sign) & 0xFFFFFFFF)
    else:
        host.memory.write_u32(pointer, value & 0xFFFFFFFF)


def _copy_to_stack(host: Host, frame: _StackFrame, c_type: _CType, pointer: int) -> int:
    size, align = (16, 16) if c_type.type is _Type.LONGDOUBLE else (c_type.size, c_type.align)
    copy = frame.allocate(size, align)
    host.memory.write_bytes(copy, host.memory.read_bytes(pointer, size))
    return copy


def _store_variadic(host: Host, frame: _StackFrame, types: list[_CType], pointers: list[int]) -> int:
    """Lay variadic arguments out as the ABI's ``va_list`` expects them; the address of the first."""
    values = [
        _copy_to_stack(host, frame, t, p) if t.type in _BY_REFERENCE else _read_value(host, t, p)
        for t, p in zip(types, pointers, strict=True)
    ]
    offsets, end = [], 0
    for c_type in types:
        size = 8 if c_type.letter in "dj" else 4
        end = (end + size - 1) & -size
        offsets.append(end)
        end += size
    base = frame.allocate(end, 16)
    for c_type, offset, value in zip(types, offsets, values, strict=True):
        write = host.memory.write_u64 if c_type.letter in "dj" else host.memory.write_u32
        write(base + offset, value)
    return base


@env("ffi_call_js", "vpppp")
def ffi_call(host: Host, cif_ptr: int, function_index: int, result_ptr: int, arguments_ptr: int) -> None:
    """Call a function pointer with the arguments of a ``ffi_cif``; the types are compared first."""
    cif = _read_cif(host, cif_ptr)
    by_reference = cif.result.type in _BY_REFERENCE
    values = [result_ptr] if by_reference else []
    signature = ["v" if by_reference else cif.result.letter, *("i" * len(values))]
    pointers = [host.memory.read_u32(arguments_ptr + 4 * i) for i in range(len(cif.arguments))]
    with _StackFrame(host) as frame:
        for c_type, pointer in zip(cif.arguments[: cif.n_fixed], pointers, strict=False):
            copied = c_type.type in _BY_REFERENCE
            values.append(
                _copy_to_stack(host, frame, c_type, pointer) if copied else _read_value(host, c_type, pointer)
            )
            signature.append(c_type.letter)
        if cif.n_fixed < len(cif.arguments):
            variadic = cif.arguments[cif.n_fixed :], pointers[cif.n_fixed :]
            values.append(_store_variadic(host, frame, *variadic))
            signature.append("i")
        func = host.instance.find_table(function_index)
        if func is None:
            raise GuestTrap("host", "ctypes: a null function pointer was called")
        actual = host.instance.function_type(func)
        wanted = "".join(signature)
        if actual[1:] != wanted[1:] or (wanted[0] != actual[0] and "v" not in {wanted[0], actual[0]}):
            raise GuestTrap("host", f"ctypes: a function of type {actual} was called as {wanted}")
        frame.enter_callee()
        result = host.instance.call_function(func, *values)
    if actual[0] == "v":
        result = 0  # ctypes takes int for granted where no restype is set
    if wanted[0] != "v":
        _write_result(host, cif.result, result_ptr, result)


@env("ffi_closure_alloc_js", "ppp")
def ffi_closure_alloc(host: Host, size: int, code_ptr: int) -> int:
    """Memory for an ``ffi_closure`` and a table entry for its code; 0 where there are too many."""
    if not host.free_closures and len(host.closure_functions) >= _MAX_FUNCTIONS:
        return 0
    closure = host.instance.call("malloc", size) & 0xFFFFFFFF
    if not closure:
        return 0
    free = host.free_closures
    index = free.pop() if free else host.instance.table_grow(1)
    host.memory.write_u32(code_ptr, index)
    host.memory.write_u32(closure, index)
    host.closures[index] = ClosureState(index)
    return closure


@env("ffi_closure_free_js", "vp")
def ffi_closure_free(host: Host, closure: int) -> None:
    """Give both back."""
    index = host.memory.read_u32(closure)
    if host.closures.pop(index, None) is not None:
        host.free_closures.append(index)
    host.instance.call("free", closure)


_MAX_FUNCTIONS = 10_000
"""That closures may have made in one instance: each takes about 2 KB of the host's memory."""
_FFI_OK = 0
_FFI_BAD_TYPEDEF = 1


@env(
    "ffi_prep_closure_loc_js",
    "ippppp",
    support=Support.PARTIAL,
    note="no variadic callbacks, no structs or long doubles by value in callbacks: ctypes reports an error",
)
def ffi_prep_closure(
    host: Host, closure: int, cif_ptr: int, function_index: int, user_data: int, code_index: int
) -> int:
    """Make the table entry of a closure call ``function(cif, result, arguments, user_data)``."""
    if code_index not in host.closures:
        raise GuestTrap("host", "ctypes: a closure was prepared that was never allocated")
    state = ClosureState(code_index, cif_ptr, function_index, user_data)
    if not bind_closure(host, state):
        return _FFI_BAD_TYPEDEF
    host.closures[code_index] = state
    host.memory.write_u32(closure + 4, cif_ptr)
    host.memory.write_u32(closure + 8, function_index)
    host.memory.write_u32(closure + 12, user_data)
    return _FFI_OK


def bind_closure(host: Host, state: ClosureState) -> bool:
    """Put a prepared closure into its table entry.

    Returns:
        False where its types cannot be passed to a callback, or too many functions have been made.

    Raises:
        GuestTrap, ErrnoError: the ``ffi_cif`` in memory makes no sense.
    """
    cif = _read_cif(host, state.cif)
    variadic = cif.n_fixed != len(cif.arguments)
    if variadic or any(t.type in _BY_REFERENCE for t in (cif.result, *cif.arguments)):
        return False

    signature = "".join([cif.result.letter, *(t.letter for t in cif.arguments)])
    # Kept and used again: the engine keeps each function for the life of the instance, whoever forgets it.
    key = (state.slot, signature)
    if key not in host.closure_functions:
        if len(host.closure_functions) >= _MAX_FUNCTIONS:
            return False
        call = functools.partial(_call_closure, host, state.slot, cif.result.letter)
        host.closure_functions[key] = host.instance.new_function(signature, call)
    host.instance.table_set(state.slot, host.closure_functions[key])
    return True


def _call_closure(host: Host, slot: int, result_letter: str, *values: int) -> int | None:
    """What the table entry of a closure does, whichever closure has it now."""
    state = host.closures.get(slot)
    if state is None:
        raise GuestTrap("host", "ctypes: a callback was called that had been freed")
    n = len(values)
    with _StackFrame(host) as frame:
        data = frame.allocate(8 * n, 8)
        array = frame.allocate(4 * n, 4)
        result = frame.allocate(16, 16)
        for i, value in enumerate(values):
            host.memory.write_u64(data + 8 * i, value)
            host.memory.write_u32(array + 4 * i, data + 8 * i)
        frame.enter_callee()
        host.instance.call_table(state.function, "viiii", state.cif, result, array, state.user_data)
        if result_letter == "v":
            return None
        return host.memory.read_u64(result) if result_letter in "dj" else host.memory.read_u32(result)
