"""Starting CPython in a fresh instance of the main module, without JavaScript.

Nothing of Pyodide's own start-up runs: there is no ``js`` module, no foreign function interface to a browser, nothing
to escape to. The interpreter is configured through its C API (see ``capi``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_ci import _env
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.host import SignalPtrs
from offline_ci.emscripten.ldso import DynamicLinker, SideModule
from offline_ci.emscripten.vfs.standard import HOME_PATH
from offline_ci.engine.compile_cache import load_compiled, wat_module
from offline_ci.engine.config import shared_engine
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.instance import MainInstance
from offline_ci.errors import LinkError, RuntimeBootError
from offline_ci.pyodide.capi import CApi
from offline_ci.pyodide.manifest import SITE_PACKAGES, STDLIB

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host
    from offline_ci.emscripten.memory import CheckedMemory
    from offline_ci.emscripten.ports import FuncRef
    from offline_ci.pyodide.installed import InstalledRuntime
    from offline_ci.wasmbin.linkinfo import LinkInfo

ENVIRONMENT = {
    "HOME": HOME_PATH,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://offline_ci_guest.backend",
    "PATH": "/usr/bin",
    "TZ": "UTC",
}
"""The guest's environment; nothing of the host's is in it."""

_SHADOW_STACK_BYTES = 1 << 20
"""CPython raises RecursionError when this much of the shadow stack is used. The native stack beside it has 16 MB: then
recursion in Python, ``repr`` or ``json.dumps`` ends in RecursionError before it can end in a trap."""


@functools.cache
def _host_linker(cwasm: object) -> HostLinker:
    return HostLinker(shared_engine(), cwasm, HOST_FUNCTIONS)  # type: ignore[arg-type]


def trampoline_wat() -> str:
    """CPython's call trampoline in the text format."""
    return _env.data_file("wasm_runtime/trampoline.wat").read_text(encoding="utf-8")


@functools.cache
def _trampoline_module() -> object:
    return wat_module(trampoline_wat())


@dataclass(frozen=True, slots=True)
class RuntimeLibraries:
    """The runtime's side modules for the dynamic linker."""

    runtime: InstalledRuntime

    def find(self, guest_path: str) -> SideModule | None:
        """See ``LibraryProvider.find``."""
        compiled = self.runtime.library(guest_path)
        return None if compiled is None else SideModule(load_compiled(compiled.cwasm), compiled.link)

    def link(self, guest_path: str) -> LinkInfo:
        """See ``LibraryProvider.link``."""
        link = self.runtime.library_link(guest_path)
        if link is None:
            raise LinkError(f"{guest_path} is not a library of the installed runtime.")
        return link


class GuestPython:
    """A running interpreter.

    Args:
        instance: where it runs.
        memory: the instance's.
        trampoline: table entry of its call trampoline.
    """

    def __init__(self, instance: MainInstance, memory: CheckedMemory, *, trampoline: int) -> None:
        self.instance = instance
        self.trampoline = trampoline
        self.capi = CApi(instance, memory)

    def close(self) -> None:
        """Free the instance."""
        self.instance.close()


def prepare(runtime: InstalledRuntime) -> None:
    """Load and map what every interpreter that is started in the main module shares."""
    _host_linker(load_compiled(runtime.main.cwasm))
    _trampoline_module()


def new_plain_instance(
    runtime: InstalledRuntime, host: Host, *, memory_bytes: int, on_tick: Callable[[], None]
) -> MainInstance:
    """A fresh instance of the main module, attached to the host together with its dynamic linker.

    Args:
        runtime: whose main module.
        host: file system, clock, entropy; it gets ``instance``, ``memory`` and ``linker`` here.
        memory_bytes: limit of linear memory.
        on_tick: see ``MainInstance``.
    """
    module, link = load_compiled(runtime.main.cwasm), runtime.main.link
    instance = MainInstance(
        _host_linker(module), module, link.imports, host=host, memory_bytes=memory_bytes, on_tick=on_tick
    )
    host.attach(instance)
    host.make_linker = lambda: DynamicLinker(instance, link, RuntimeLibraries(runtime), host.fs.exists)
    host.signal_ptrs = SignalPtrs(
        _address(link, "Py_EMSCRIPTEN_SIGNAL_HANDLING"), _address(link, "_Py_emscripten_signal_clock")
    )
    return instance


def new_trampoline(instance: MainInstance) -> FuncRef:
    """CPython's call trampoline for an instance."""
    shared = [instance.find_main_export(name) for name in ("memory", "__indirect_function_table")]
    return instance.function(instance.instantiate_side(_trampoline_module(), shared), "trampoline_call")


def boot_python(
    runtime: InstalledRuntime,
    instance: MainInstance,
    host: Host,
    *,
    search_path: tuple[str, ...] = ("", STDLIB, SITE_PACKAGES),
) -> GuestPython:
    """Start CPython.

    Args:
        runtime: what the instance is of.
        instance: fresh from ``new_plain_instance``.
        host: the one it is attached to.
        search_path: ``sys.path``.

    Raises:
        RuntimeBootError: CPython does not start, for example because the memory limit is too small.
    """
    link = runtime.main.link
    python = GuestPython(instance, host.memory, trampoline=instance.table_append(new_trampoline(instance)))
    offset = host.memory.read_u32(_address(link, "_PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET"))
    host.memory.write_u32(_address(link, "_PyRuntime") + offset, python.trampoline)
    instance.call("__wasm_call_ctors")
    base = python.capi.call("emscripten_stack_get_base")
    python.capi.call("emscripten_stack_set_limits", base, base - _SHADOW_STACK_BYTES)
    python.capi.initialize(
        {
            "utf8_mode": 1,
            "site_import": 0,
            "buffered_stdio": 0,
            "install_signal_handlers": 1,
            "write_bytecode": 0,
            "use_environment": 0,
            "executable": "/usr/bin/python3",
            "home": "/",
            "prefix": "/",
            "exec_prefix": "/",
            "stdlib_dir": STDLIB,
            "module_search_paths": search_path,
        }
    )
    return python


def _address(link: LinkInfo, name: str) -> int:
    export = link.exports.get(name)
    if export is None or export.value is None:
        raise RuntimeBootError(f"The main module has no address for {name}.", hint="Run: offline-ci runtime build")
    return export.value
