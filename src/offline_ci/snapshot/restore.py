"""A guest anew, in the state that was captured: always in a fresh instance, never by mending an old one."""

from __future__ import annotations

from offline_ci.emscripten.abi.errno import ErrnoError
from offline_ci.emscripten.ffi import bind_closure
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.engine.instance import MainInstance
from offline_ci.errors import HostInvariantError, LinkError
from offline_ci.pyodide.boot import GuestPython, new_trampoline
from offline_ci.snapshot.base import Base
from offline_ci.snapshot.pages import GuestPages, PageMap


def restore_python(
    instance: MainInstance,
    base: Base,
    host: Host,
    link: LinkState,
    pages: GuestPages,
    page_map: PageMap | None = None,
) -> GuestPython:
    """Make a fresh instance a guest with this link state and memory.

    Args:
        instance: from ``base``, not touched since.
        base: what the captured guest started from.
        host: the one that the instance is attached to; its files are the caller's to restore.
        link: what to link.
        pages: the instance's.
        page_map: what memory was; None where it is the base's.

    Raises:
        LinkError: a library is gone, or the memory does not fit the limit.
    """
    if page_map is not None:
        _grow(host, page_map.memory_bytes)
    if link is not base.link:
        host.linker.replay(link, base.link)
    if base.link is None:
        instance.table_set(link.trampoline, new_trampoline(instance))
    if page_map is not None:
        pages.restore(page_map, host.memory.size)
    _restore_stack(instance, link)
    host.free_closures = list(link.free_closures)
    for closure in link.closures:
        host.closures[closure.slot] = closure
        if closure.cif:
            _bind(host, closure.slot)
    return GuestPython(instance, host.memory, trampoline=link.trampoline)


def _grow(host: Host, n_bytes: int) -> None:
    missing = n_bytes - host.memory.size
    if missing > 0 and not host.memory.grow(missing // WASM_PAGE_BYTES):
        raise LinkError(f"The saved state needs {n_bytes >> 20} MiB of memory, which is above the limit.")


def _restore_stack(instance: MainInstance, link: LinkState) -> None:
    stack_pointer = instance.find_main_export("__stack_pointer")
    if stack_pointer is None:
        raise HostInvariantError("The main module does not export its stack pointer.")
    instance.set_global(stack_pointer, link.stack_pointer)
    instance.call("emscripten_stack_set_limits", *link.stack_limits)


def _bind(host: Host, slot: int) -> None:
    try:
        bind_closure(host, host.closures[slot])
    except (GuestTrap, ErrnoError):
        # The guest has overwritten the description of its own callback. The entry stays null: calling it traps.
        return
