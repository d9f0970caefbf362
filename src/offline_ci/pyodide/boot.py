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
from offline_ci.emscripten.ldso import DynamicLinker, SideModule
from offline_ci.emscripten.vfs.standard import HOME_PATH
from offline_ci.engine.compile_cache import load_compiled, wat_module
from offline_ci.engine.config import shared_engine
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.instance import MainInstance
from offline_ci.errors import RuntimeBootError
from offline_ci.pyodide.capi import CApi
from offline_ci.pyodide.manifest import SITE_PACKAGES, STDLIB

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host
    from offline_ci.pyodide.installed import InstalledRuntime

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


@functools.cache
def _trampoline_module() -> object:
    return wat_module(_env.data_file("wasm_runtime/trampoline.wat").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class RuntimeLibraries:
    """The runtime's side modules for the dynamic linker."""

    runtime: InstalledRuntime

    def find(self, guest_path: str) -> SideModule | None:
        """See ``LibraryProvider.find``."""
        compiled = self.runtime.library(guest_path)
        return None if compiled is None else SideModule(load_compiled(compiled.cwasm), compiled.link)


class GuestPython:
    """A running interpreter.

    Args:
        runtime: what to run.
        host: file system, clock, entropy; it gets ``instance``, ``memory`` and ``linker`` here.
        memory_bytes: limit of linear memory.
        on_tick: see ``MainInstance``.
        search_path: ``sys.path``.

    Raises:
        RuntimeBootError: CPython does not start, for example because the memory limit is too small.
    """

    def __init__(
        self,
        runtime: InstalledRuntime,
        host: Host,
        *,
        memory_bytes: int,
        on_tick: Callable[[], None],
        search_path: tuple[str, ...] = ("", STDLIB, SITE_PACKAGES),
    ) -> None:
        module, link = load_compiled(runtime.main.cwasm), runtime.main.link
        self._link = link
        self.instance = MainInstance(
            _host_linker(module), module, link.imports, host=host, memory_bytes=memory_bytes, on_tick=on_tick
        )
        host.attach(self.instance)
        host.linker = DynamicLinker(self.instance, link, RuntimeLibraries(runtime), host.fs.exists)
        self._memory = host.memory
        self.capi = CApi(self.instance, host.memory)
        self._install_trampoline()
        self.instance.call("__wasm_call_ctors")
        base = self.capi.call("emscripten_stack_get_base")
        self.capi.call("emscripten_stack_set_limits", base, base - _SHADOW_STACK_BYTES)
        self.capi.initialize(
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
                "module_search_paths": search_path,
            }
        )
        self._memory.write_u32(self._address("Py_EMSCRIPTEN_SIGNAL_HANDLING"), 1)
        host.signal_clock_ptr = self._address("_Py_emscripten_signal_clock")

    def _address(self, name: str) -> int:
        export = self._link.exports.get(name)
        if export is None or export.value is None:
            raise RuntimeBootError(f"The main module has no address for {name}.", hint="Run: offline-ci runtime build")
        return export.value

    def _install_trampoline(self) -> None:
        memory, table = (self.instance.find_main_export(n) for n in ("memory", "__indirect_function_table"))
        assert memory is not None  # noqa: S101 - the instance was made with them
        assert table is not None  # noqa: S101
        trampoline = self.instance.instantiate_side(_trampoline_module(), [memory, table])
        self.trampoline = self.instance.table_append(self.instance.function(trampoline, "trampoline_call"))
        offset = self._memory.read_u32(self._address("_PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET"))
        self._memory.write_u32(self._address("_PyRuntime") + offset, self.trampoline)

    def close(self) -> None:
        """Free the instance."""
        self.instance.close()
