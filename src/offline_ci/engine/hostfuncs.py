"""Host functions as wasmtime sees them.

They are created once per process and dispatch to the host whose instance is running on this thread (``CURRENT.host``):
creating some 200 callbacks for every sandbox would cost more than the rest of an instantiation.
"""

from __future__ import annotations

import ctypes
import functools
import struct
from collections.abc import Callable, Iterable
from typing import Any

import wasmtime

from offline_ci.emscripten.abi.errno import ErrnoError
from offline_ci.emscripten.registry import Convention, HostFunction, Support
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.engine import _capi
from offline_ci.engine.traps import CURRENT, fail
from offline_ci.errors import HostInvariantError

_F64 = struct.Struct("<d")
_U64 = struct.Struct("<Q")


def f64_of_bits(bits: int) -> float:
    """The double with these bits."""
    return float(_F64.unpack(_U64.pack(bits))[0])


def bits_of_f64(value: float) -> int:
    """The bits of a double."""
    return int(_U64.unpack(_F64.pack(value))[0])


_DECODE = {
    "i": "(v[{0}] & 0xFFFFFFFF ^ 0x80000000) - 0x80000000",
    "p": "v[{0}] & 0xFFFFFFFF",
    "j": "(v[{0}] ^ 0x8000000000000000) - 0x8000000000000000",
    "f": "v[{0}] & 0xFFFFFFFF",
    "d": "f64_of_bits(v[{0}])",
    "e": "None",
}
_ENCODE = {
    "v": "pass",
    "i": "v[0] = result & 0xFFFFFFFF",
    "p": "v[0] = result & 0xFFFFFFFF",
    "j": "v[0] = result & 0xFFFFFFFFFFFFFFFF",
    "d": "v[0] = bits_of_f64(result)",
    "e": "v[0] = 0",
}


def _recover_syscall(error: BaseException, v: Any) -> int:
    if not isinstance(error, ErrnoError):
        return fail(error)
    v[0] = -error.errno & 0xFFFFFFFF
    return 0


def _recover_wasi(error: BaseException, v: Any) -> int:
    if not isinstance(error, ErrnoError):
        return fail(error)
    v[0] = error.errno
    return 0


def _recover_plain(error: BaseException, _v: Any) -> int:
    if isinstance(error, ErrnoError):
        error = GuestTrap("memory", "a host function was given a bad pointer")
    return fail(error)


_RECOVER: dict[Convention, Callable[[BaseException, Any], int]] = {
    Convention.SYSCALL: _recover_syscall,
    Convention.WASI: _recover_wasi,
    Convention.PLAIN: _recover_plain,
}


@functools.cache
def _wrapper_factory(signature: str, encode: str) -> Callable[..., Callable[..., int]]:
    """``factory(handler, recover) -> callback`` for one signature.

    The source is made from two closed tables, as ``dataclasses`` does it: a call from wasm costs 0.9 µs this way, 2 µs
    with loops over the signature. Compiling it takes 0.1 ms, a tenth of a whole start for all of them, hence so little.
    """
    arguments = "".join(f", {_DECODE[letter].format(2 * i)}" for i, letter in enumerate(signature[1:]))
    source = f"""
def factory(handler, recover):
    def callback(env, caller, v, n):
        try:
            result = handler(current.host{arguments})
            {encode}
        except BaseException as error:
            return recover(error, v)
        return 0
    return callback
"""
    namespace: dict[str, Any] = {"current": CURRENT, "f64_of_bits": f64_of_bits, "bits_of_f64": bits_of_f64}
    exec(source, namespace)  # noqa: S102 - see the docstring
    return namespace["factory"]  # type: ignore[no-any-return]


def wrap(function: HostFunction) -> Any:
    """A C callback for a host function; whoever registers it keeps it alive."""
    # One that always traps looks at no argument and has no result: one wrapper serves all their signatures.
    signature = "v" if function.support is Support.TRAP else function.signature
    is_wasi = function.convention is Convention.WASI and signature[0] != "v"
    factory = _wrapper_factory(signature, "v[0] = result or 0" if is_wasi else _ENCODE[signature[0]])
    return _capi.UncheckedCallback(factory(function.handler, _RECOVER[function.convention]))


def raw_callback(handler: Callable[..., int | None], n_params: int) -> Callable[..., int]:
    """A callback for a handler that takes and returns raw 64-bit patterns."""

    def callback(_env: int, _caller: int, v: Any, _n: int) -> int:
        try:
            result = handler(*[v[2 * i] for i in range(n_params)])
            if result is not None:  # a function without parameters and results has no room for one
                v[0] = result & 0xFFFFFFFFFFFFFFFF
        except BaseException as exc:  # noqa: BLE001 - it must not cross C
            return fail(exc)
        return 0

    return callback


_VALTYPES: dict[str, Callable[[], wasmtime.ValType]] = {
    "i": wasmtime.ValType.i32, "p": wasmtime.ValType.i32, "j": wasmtime.ValType.i64,
    "d": wasmtime.ValType.f64, "f": wasmtime.ValType.f32, "e": wasmtime.ValType.externref,
}  # fmt: skip


@functools.cache
def function_type(signature: str) -> wasmtime.FuncType:
    """The wasm type of a signature."""
    result = [] if signature[0] == "v" else [_VALTYPES[signature[0]]()]
    return wasmtime.FuncType([_VALTYPES[letter]() for letter in signature[1:]], result)


class HostLinker:
    """All host functions of one kind of main module, defined once.

    Args:
        engine: the process's engine.
        module: the main module; imports of it that ``functions`` lacks trap when they are called.
        functions: what the host offers.
    """

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module, functions: Iterable[HostFunction]) -> None:
        self.engine = engine
        self._linker = wasmtime.Linker(engine)
        self._callbacks: list[Any] = []
        self._modules: dict[str, bytes] = {}
        pointer = _capi.address(self._linker.ptr())
        for function in functions:
            type_ = function_type(function.signature)
            callback = wrap(function)
            self._callbacks.append(callback)
            namespace, name = function.module.encode(), function.name.encode()
            self._modules[function.name] = namespace
            error = _capi.linker_define_func_unchecked(
                pointer, namespace, len(namespace), name, len(name), _capi.address(type_.ptr()), callback, None,
                _capi.NO_FINALIZER,
            )  # fmt: skip
            if error:
                raise HostInvariantError(f"Host function {function.name}: {_capi.take_error(error)}")
        self._pointer = pointer
        self._trap_unknown_imports(module)

    def _trap_unknown_imports(self, module: wasmtime.Module) -> None:
        error = _capi.linker_define_unknown_imports_as_traps(self._pointer, _capi.address(module.ptr()))
        if error:
            raise HostInvariantError(f"Imports of the main module: {_capi.take_error(error)}")

    def prelink(self, module: wasmtime.Module) -> wasmtime.InstancePre:
        """A module all of whose imports are host functions, resolved once for any number of instances."""
        return self._linker.instantiate_pre(module)

    def find(self, context: ctypes.c_void_p, name: str, module: str | None = None) -> Any | None:
        """The function in a store, as an extern; None where neither host nor main module knows the name."""
        namespace = module.encode() if module else self._modules.get(name, b"env")
        extern, encoded = _capi.ExternStruct(), name.encode()
        found = _capi.linker_get(
            self._pointer, context, namespace, len(namespace), encoded, len(encoded), ctypes.byref(extern)
        )
        return extern if found else None
