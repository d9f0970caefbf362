"""A main module's instance in a store of its own, and what the dynamic linker does with it."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref
from typing import Any

import wasmtime

from offline_ci.emscripten.ports import Extern, FuncRef, InstanceRef
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.engine import _capi, hostfuncs
from offline_ci.engine.config import shared_engine
from offline_ci.engine.gate import GATE_ADDRESS, Gate
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.memory import WasmtimeMemory
from offline_ci.engine.ticker import TICKER
from offline_ci.engine.traps import CURRENT, raise_failure
from offline_ci.errors import HostInvariantError, LinkError

_MASK64 = 0xFFFFFFFFFFFFFFFF
_LETTERS = {"i32": "i", "i64": "j", "f32": "f", "f64": "d"}


class MainInstance:
    """Implements ``LinkableInstance`` on wasmtime.

    Args:
        linker: the host's functions.
        module: the compiled main module.
        imports: its imports as (module, name, kind), in order.
        host: handed to host functions; one host belongs to one instance.
        memory_bytes: limit of linear memory.
        on_tick: called about every 10 ms, on another thread, while it is entered; may raise ``GuestTrap`` to stop
            the guest.
    """

    def __init__(
        self,
        linker: HostLinker,
        module: wasmtime.Module,
        imports: Sequence[tuple[str, str, str]],
        *,
        host: object,
        memory_bytes: int,
        on_tick: Callable[[], None],
    ) -> None:
        self._linker = linker
        self._host = host
        self._store = wasmtime.Store(shared_engine())
        self._store.set_limits(memory_size=min(memory_bytes, GATE_ADDRESS))
        self._context = _capi.address(self._store._context())  # noqa: SLF001 - not offered otherwise
        self._keep: list[Any] = [module]
        self._functions: dict[str, Any] = {}
        self._host_functions: dict[str, Any] = {}
        self._null: Any = None
        self._on_tick = on_tick
        self._stopped: BaseException | None = None
        self._instance = self._instantiate_main(module, imports)
        exported = self.find_main_export("memory"), self.find_main_export("__indirect_function_table")
        if exported[0] is None or exported[1] is None:
            raise LinkError("The main module exports no memory or no function table.")
        self.memory = WasmtimeMemory(self._context, _capi.MemoryStruct.from_buffer_copy(exported[0].of.memory))
        self._gate = Gate(self.memory.address)
        self._table = _capi.Table.from_buffer_copy(exported[1].of.table)

    def _main_import(self, module: str, name: str, kind: str) -> Any:
        if kind == "global":  # GOT entries of OpenGL functions, which do not exist here: one null serves all
            self._null = self._null or self.new_global(0, mutable=True)
            return self._null
        extern = self._linker.find(self._context, name, module) if kind == "func" else None
        if extern is None:
            raise LinkError(f"The main module imports {module}.{name} ({kind}), which the host does not have.")
        self._host_functions[name] = extern
        return extern

    def _instantiate_main(self, module: wasmtime.Module, imports: Sequence[tuple[str, str, str]]) -> Any:
        return self._instantiate(module, [self._main_import(*entry) for entry in imports])

    def _instantiate(self, module: wasmtime.Module, imports: Sequence[Any]) -> Any:
        array = (_capi.ExternStruct * len(imports))(*imports)
        self._keep.append(module)
        return self._new_instance(
            lambda instance, trap: _capi.instance_new(
                self._context, _capi.address(module.ptr()), array, len(imports), instance, trap
            )
        )

    def _new_instance(self, create: Callable[[Any, Any], int | None]) -> Any:
        instance, trap = _capi.InstanceStruct(), ctypes.c_void_p()
        previous, CURRENT.host = CURRENT.host, self._host
        try:
            error = create(byref(instance), byref(trap))
        finally:
            CURRENT.host = previous
        if error:
            raise LinkError(f"A module cannot be instantiated: {_capi.take_error(error)}")
        if trap.value:
            raise_failure(None, trap.value, self._stopped)
        return instance

    def close(self) -> None:
        """Free the store and everything in it; the instance cannot be used afterwards."""
        self.memory.release()
        self._store.close()

    # --- calls

    def call(self, name: str, *args: int) -> int:
        """See ``GuestInstance.call``."""
        func = self._functions.get(name)
        if func is None:
            func = self._functions[name] = self.function(None, name)
        return self.call_function(func, *args)

    def call_table(self, index: int, signature: str, *args: int) -> int:
        """See ``GuestInstance.call_table``."""
        func = self.find_table(index)
        if func is None:
            raise GuestTrap("other", "a null function pointer was called")
        if (actual := self.function_type(func)) != signature:
            raise GuestTrap("other", f"a function of type {actual} was called as {signature}")
        return self.call_function(func, *args)

    def call_function(self, func: FuncRef, *args: int) -> int:
        """See ``LinkableInstance.call_function``."""
        values = (ctypes.c_uint64 * (2 * (len(args) or 1)))()
        for i, value in enumerate(args):
            values[2 * i] = value & _MASK64
        trap = ctypes.c_void_p()
        previous, CURRENT.host = CURRENT.host, self._host
        try:
            error = _capi.func_call_unchecked(self._context, byref(func), values, len(args) or 1, byref(trap))
        finally:
            CURRENT.host = previous
        if error or trap.value:
            raise_failure(error, trap.value, self._stopped)
        return values[0]

    @contextmanager
    def enter(self) -> Iterator[None]:
        """A context in which deadlines and interrupts are noticed; enter it around guest code."""
        try:
            with TICKER.running(self._tick):
                yield
        finally:
            if self._stopped is not None:  # perhaps too late: the call was over, and the guest may be used again
                self._stopped = None
                self._gate.open()

    def _tick(self) -> None:
        if self._stopped is None:
            try:
                self._on_tick()
            except BaseException as exc:  # noqa: BLE001 - raised on the guest's thread
                self._stopped = exc
                self._gate.close()

    # --- table

    def table_size(self) -> int:
        """See ``LinkableInstance.table_size``."""
        return int(_capi.table_size(self._context, byref(self._table)))

    def table_grow(self, n: int) -> int:
        """See ``LinkableInstance.table_grow``."""
        return self._grow(n, _funcref(None))

    def table_append(self, func: FuncRef) -> int:
        """See ``LinkableInstance.table_append``."""
        return self._grow(1, _funcref(func))

    def _grow(self, n: int, value: Any) -> int:
        previous = ctypes.c_uint64()
        error = _capi.table_grow(self._context, byref(self._table), n, byref(value), previous)
        if error:
            raise LinkError(f"The function table cannot grow: {_capi.take_error(error)}")
        return previous.value

    def table_set(self, index: int, func: FuncRef) -> None:
        """See ``LinkableInstance.table_set``."""
        error = _capi.table_set(self._context, byref(self._table), index, byref(_funcref(func)))
        if error:
            raise LinkError(f"Table entry {index}: {_capi.take_error(error)}")

    def find_table(self, index: int) -> FuncRef | None:
        """See ``LinkableInstance.find_table``."""
        value = _capi.Val()
        if not _capi.table_get(self._context, byref(self._table), index, byref(value)) or not value.of.funcref.store_id:
            return None
        return _capi.Func.from_buffer_copy(value.of.funcref)

    # --- globals and exports

    def new_global(self, value: int, *, mutable: bool) -> Extern:
        """See ``LinkableInstance.new_global``."""
        type_ = wasmtime.GlobalType(wasmtime.ValType.i32(), mutable)
        created = wasmtime.Global(self._store, type_, wasmtime.Val.i32(_signed(value)))
        return created._as_extern()  # noqa: SLF001 - not offered otherwise

    def get_global(self, extern: Extern) -> int:
        """See ``LinkableInstance.get_global``."""
        value = _capi.Val()
        _capi.global_get(self._context, byref(extern.of.global_), byref(value))
        return int(value.of.i32) & 0xFFFFFFFF

    def set_global(self, extern: Extern, value: int) -> None:
        """See ``LinkableInstance.set_global``."""
        boxed = _capi.Val()
        boxed.kind, boxed.of.i32 = _capi.I32, _signed(value)
        error = _capi.global_set(self._context, byref(extern.of.global_), byref(boxed))
        if error:
            raise HostInvariantError(f"A global cannot be set: {_capi.take_error(error)}")

    def find_main_export(self, name: str) -> Extern | None:
        """See ``LinkableInstance.find_main_export``."""
        return self._export(self._instance, name)

    def _export(self, instance: Any, name: str) -> Any | None:
        extern, encoded = _capi.ExternStruct(), name.encode()
        found = _capi.instance_export_get(self._context, byref(instance), encoded, len(encoded), byref(extern))
        return extern if found else None

    def function(self, instance: InstanceRef | None, name: str) -> FuncRef:
        """See ``LinkableInstance.function``."""
        extern = self._export(self._instance if instance is None else instance, name)
        if extern is None or extern.kind != _capi.FUNC.value:
            raise LinkError(f"There is no exported function {name}.")
        return _capi.Func.from_buffer_copy(extern.of.func)

    # --- linking

    def find_host_function(self, name: str) -> FuncRef | None:
        """See ``LinkableInstance.find_host_function``."""
        extern = self._host_functions.get(name)
        return None if extern is None else _capi.Func.from_buffer_copy(extern.of.func)

    def instantiate_side(self, module: object, imports: Sequence[Extern]) -> InstanceRef:
        """See ``LinkableInstance.instantiate_side``."""
        assert isinstance(module, wasmtime.Module)  # noqa: S101 - for the type checker; the port says object
        return self._instantiate(module, imports)

    def as_extern(self, func: FuncRef) -> Extern:
        """See ``LinkableInstance.as_extern``."""
        extern = _capi.ExternStruct()
        extern.kind, extern.of.func = _capi.FUNC, func
        return extern

    def import_stub(self, module: object, index: int, handler: Callable[..., int | None]) -> FuncRef:
        """See ``LinkableInstance.import_stub``."""
        assert isinstance(module, wasmtime.Module)  # noqa: S101 - for the type checker; the port says object
        type_ = _import_types(module)[index]
        assert isinstance(type_, wasmtime.FuncType)  # noqa: S101 - the caller has looked
        return self._new_function(_capi.address(type_.ptr()), len(type_.params), handler, type_)

    def new_function(self, signature: str, handler: Callable[..., int | None]) -> FuncRef:
        """See ``LinkableInstance.new_function``."""
        type_ = hostfuncs.function_type(signature)
        return self._new_function(_capi.address(type_.ptr()), len(signature) - 1, handler, type_)

    def _new_function(
        self, type_pointer: ctypes.c_void_p, n_params: int, handler: Callable[..., int | None], keep: object
    ) -> FuncRef:
        callback = _capi.UncheckedCallback(hostfuncs.raw_callback(handler, n_params))
        self._keep += [callback, keep]
        func = _capi.Func()
        _capi.func_new_unchecked(self._context, type_pointer, callback, None, _capi.NO_FINALIZER, byref(func))
        return func

    def function_type(self, func: FuncRef) -> str:
        """See ``LinkableInstance.function_type``."""
        pointer = _capi.func_type(self._context, byref(func))
        type_ = wasmtime.FuncType._from_ptr(ctypes.cast(pointer, _capi.FuncTypePointer), None)  # noqa: SLF001
        results = [_LETTERS.get(str(r), "e") for r in type_.results] or ["v"]
        return "".join([*results, *(_LETTERS.get(str(p), "e") for p in type_.params)])


@functools.cache
def _import_types(module: wasmtime.Module) -> list[Any]:
    # Kept: asking wasmtime again copies all of them, which for scipy's thousands took minutes and gigabytes.
    return [entry.type for entry in module.imports]


def _funcref(func: Any | None) -> Any:
    value = _capi.Val()
    value.kind = _capi.FUNCREF
    if func is None:
        value.of.funcref.store_id = 0
    else:
        value.of.funcref = func
    return value


def _signed(value: int) -> int:
    return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
