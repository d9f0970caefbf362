"""From a guest at rest to what has been linked into it."""

from __future__ import annotations

from dataclasses import replace

from offline_ci.emscripten.host import Host
from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.errors import HostInvariantError
from offline_ci.pyodide.boot import GuestPython


def capture_link(python: GuestPython, host: Host, base: LinkState | None = None) -> LinkState:
    """The link state of a guest between two calls; its memory is not touched.

    Args:
        python: the guest.
        host: its host.
        base: what was linked when the instance was fresh.

    Returns:
        The state; ``base`` itself where nothing has changed.
    """
    instance = python.instance
    if base is not None and not host.has_linker:
        closures, free = tuple(host.closures.values()), tuple(host.free_closures)
        if (closures, free) == (base.closures, base.free_closures):
            return base
        return replace(base, table_size=instance.table_size(), closures=closures, free_closures=free)
    linker = host.linker
    stack_pointer = instance.find_main_export("__stack_pointer")
    if stack_pointer is None:
        raise HostInvariantError("The main module does not export its stack pointer.")
    return LinkState(
        table_size=instance.table_size(),
        stack_pointer=instance.get_global(stack_pointer),
        stack_limits=(
            python.capi.call("emscripten_stack_get_base") & 0xFFFFFFFF,
            python.capi.call("emscripten_stack_get_end") & 0xFFFFFFFF,
        ),
        trampoline=python.trampoline,
        libraries=tuple(dso.state() for dso in linker.loaded.values()),
        handles={pointer: dso.name for pointer, dso in linker.handles.items()},
        main_slots=dict(linker.main.slots),
        host_slots=dict(linker.host_slots),
        closures=tuple(host.closures.values()),
        free_closures=tuple(host.free_closures),
    )
