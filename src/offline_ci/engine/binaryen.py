"""Binaryen's tools as programs on wasmtime: arguments and files in, files out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import wasmtime

from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.js_exceptions import THROWING, JsExceptions, find_exception_function
from offline_ci.emscripten.registry import HostFunction
from offline_ci.emscripten.unwind import GuestExit
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from offline_ci.engine.compile_cache import wat_module
from offline_ci.engine.config import shared_engine
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.instance import MainInstance
from offline_ci.engine.js_exceptions import connector_wat, helper_wat, is_supplied

_MEMORY_BYTES = 4 << 30
_POINTER_BYTES = 4


@dataclass(frozen=True, slots=True)
class ToolInterface:
    """What a tool's module imports and exports.

    Attributes:
        imports: its imports as (module, short name, kind), in order.
        symbols: what the short import names stand for.
        exports: short export names by symbol.
    """

    imports: tuple[tuple[str, str, str], ...]
    symbols: dict[str, str]
    exports: dict[str, str]


class ToolResult(NamedTuple):
    """How a run ended.

    Attributes:
        status: the exit status.
        output: what it printed on either stream.
        files: contents of the files that were asked for; one that the tool did not write is missing.
    """

    status: int
    output: str
    files: dict[str, bytes]


class Tool:
    """One tool, ready to run any number of times, on several threads at once.

    Args:
        module: its compiled module.
        interface: what the module's names mean.
    """

    def __init__(self, module: wasmtime.Module, interface: ToolInterface) -> None:
        self.module = module
        self.interface = interface
        table = next(e for e in module.exports if e.name == interface.exports["__indirect_function_table"])
        assert isinstance(table.type, wasmtime.TableType)  # noqa: S101 - its name says so
        n_entries = table.type.limits.min
        self.helper = wat_module(helper_wat(interface.symbols.values(), n_entries))
        self.connector = wat_module(connector_wat(n_entries))
        self.linker = HostLinker(shared_engine(), module, self._host_functions())

    def _host_functions(self) -> list[HostFunction]:
        functions = []
        for source, short, _ in self.interface.imports:
            symbol = self.interface.symbols.get(short, short)
            function = find_exception_function(symbol) or HOST_FUNCTIONS.find(symbol)
            if symbol in THROWING and function is not None:
                functions.append(function)
            elif function is not None:
                functions.append(replace(function, module=source, name=short))
        return functions

    def run(
        self,
        arguments: Sequence[str],
        files: Mapping[str, bytes],
        results: Sequence[str],
        *,
        on_tick: Callable[[], None],
    ) -> ToolResult:
        """Run the tool; call it on a thread with a large stack.

        Args:
            arguments: without the program's name.
            files: contents by path.
            results: paths of the files to hand back.
            on_tick: called about every 10 ms; may raise ``GuestTrap`` to stop the tool.

        Raises:
            GuestTrap: the tool crashed, or ``on_tick`` stopped it.
        """
        host = _ToolHost(files)
        instance = _ToolInstance(self, host, on_tick)
        try:
            host.attach(instance)
            host.exceptions = JsExceptions(instance, host.memory)
            status = _run_main(instance, host, arguments)
            return ToolResult(status, host.output(), host.read_files(results))
        finally:
            instance.close()


class _ToolInstance(MainInstance):
    """A tool's module between its two helpers; exports go by their symbols."""

    def __init__(self, tool: Tool, host: _ToolHost, on_tick: Callable[[], None]) -> None:
        self._tool = tool
        self._helper: Any = None
        super().__init__(
            tool.linker, tool.module, tool.interface.imports, host=host, memory_bytes=_MEMORY_BYTES, on_tick=on_tick
        )
        self._instantiate(
            tool.connector,
            [
                self._export(self._helper, "table"),
                *map(
                    self.find_main_export,
                    (
                        "__indirect_function_table",
                        "emscripten_stack_get_current",
                        "_emscripten_stack_restore",
                        "setThrew",
                    ),
                ),
            ],
        )

    def find_main_export(self, name: str) -> Any | None:
        """See ``MainInstance.find_main_export``; ``name`` is the symbol."""
        return super().find_main_export(self._tool.interface.exports.get(name, name))

    def _main_import(self, module: str, name: str, kind: str) -> Any:
        symbol = self._tool.interface.symbols.get(name, name)
        if not is_supplied(symbol):
            return super()._main_import(module, name, kind)
        if self._helper is None:
            imports = [
                self._linker.find(self._context, entry.name or "", entry.module) for entry in self._tool.helper.imports
            ]
            self._helper = self._instantiate(self._tool.helper, imports)
        return self._export(self._helper, symbol)

    def function(self, instance: Any | None, name: str) -> Any:
        """See ``MainInstance.function``; the main module's names are symbols."""
        return super().function(instance, self._tool.interface.exports.get(name, name) if instance is None else name)


class _ToolHost(Host):
    """The tool's files, in memory."""

    exceptions: JsExceptions

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._output: list[bytes] = []
        clock = Clock()
        fs = standard_filesystem(
            clock.realtime_ns,
            os.urandom,
            quota=Quota(disk_bytes=_MEMORY_BYTES),
            on_write=lambda _fd, data: self._output.append(data),
        )
        super().__init__(fs=fs, clock=clock, entropy=os.urandom, program="tool")
        for path, data in files.items():
            fs.write_file(path, data)

    def output(self) -> str:
        """What the tool printed."""
        return b"".join(self._output).decode("utf-8", "replace")

    def read_files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Contents of those files that exist."""
        return {path: self.fs.read_file(path) for path in paths if self.fs.exists(path)}


def _run_main(instance: _ToolInstance, host: _ToolHost, arguments: Sequence[str]) -> int:
    instance.call("__wasm_call_ctors")
    pointers = []
    for argument in ("tool", *arguments):
        data = argument.encode() + b"\0"
        pointer = instance.call("_emscripten_stack_alloc", len(data))
        host.memory.write_bytes(pointer, data)
        pointers.append(pointer)
    argv = instance.call("_emscripten_stack_alloc", _POINTER_BYTES * (len(pointers) + 1))
    for i, pointer in enumerate((*pointers, 0)):
        host.memory.write_u32(argv + _POINTER_BYTES * i, pointer)
    try:
        with instance.enter():
            return instance.call("main", len(pointers), argv) & 0xFFFFFFFF
    except GuestExit as exit_:
        return exit_.code
