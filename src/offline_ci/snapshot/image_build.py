"""From a live guest to an image: merge, bake, compile, and check that the image is the guest."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from offline_ci.emscripten.checkpoint import capture_host
from offline_ci.emscripten.clock import ClockState
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.engine.compile_cache import compile_wasm, wat_to_wasm
from offline_ci.engine.instance import MainInstance
from offline_ci.engine.prelinked import PrelinkedInstance
from offline_ci.errors import HostInvariantError, RuntimeBuildError
from offline_ci.pyodide.boot import GuestPython, trampoline_wat
from offline_ci.pyodide.build_workers import check_stop
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.pyodide.translate import Translator
from offline_ci.snapshot.bake import bake
from offline_ci.snapshot.base import ImageBase
from offline_ci.snapshot.capture import capture_link
from offline_ci.snapshot.image_format import ImageDescription, library_prefix
from offline_ci.snapshot.merge import merge_inputs
from offline_ci.snapshot.state import Entries, FreshGuest
from offline_ci.wasmbin.linkinfo import LinkInfo

_CHECKED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class LiveGuest:
    """A guest that is to become an image; it runs no more.

    Attributes:
        python: its interpreter.
        description: what is to be known of it beside its memory; GOT values included.
    """

    python: GuestPython
    description: ImageDescription

    @property
    def memory(self) -> memoryview:
        """All of its linear memory."""
        return self.python.instance.memory.view()


def capture_live(python: GuestPython, host: Host, entries: Entries, main: LinkInfo) -> LiveGuest:
    """A guest between two calls, as what an image is made from.

    Args:
        python: its interpreter.
        host: its host.
        entries: its functions that the host calls.
        main: imports of its main module.
    """
    if host.signal_ptrs is None:
        raise HostInvariantError("The guest was not booted.")
    # Time and random numbers are each guest's own, from the start.
    state = replace(capture_host(host), clock=ClockState(None, 0, 0), entropy=None)
    description = ImageDescription(
        fresh=FreshGuest(state, capture_link(python, host), entries),
        host_functions={entry.name: entry.module for entry in main.imports if entry.kind == "func"},
        signal_ptrs=host.signal_ptrs,
        memory_bytes=len(python.instance.memory.view()),
    )
    return LiveGuest(python, description)


def merge_image(
    link: LinkState, main: bytes, libraries: Mapping[str, bytes], translator: Translator, stop: threading.Event
) -> bytes:
    """Main and its libraries as one module; takes as long as ``wasm-merge`` does.

    Args:
        link: what is linked.
        main: the main module, translated.
        libraries: the side modules, translated, by name.
        translator: with ``MERGE`` prepared.
        stop: ends the work early when set.

    Raises:
        RuntimeBuildError, WasmFormatError: they cannot be merged.
    """
    return translator.merge("the image", merge_inputs(link, main, libraries, wat_to_wasm(trampoline_wat())), stop)


def compile_image(merged: bytes, link: LinkState, memory: memoryview, stop: threading.Event) -> bytes:
    """Machine code with the memory inside, for ``load_compiled``.

    Raises:
        RuntimeBuildError, WasmFormatError: the merged module cannot be used.
    """
    code = compile_wasm(bake(merged, link, memory))
    check_stop(stop)
    return code


def check_image(image: ImageBase, guest: LiveGuest, runtime: InstalledRuntime) -> None:
    """Compare a fresh instance of an image with the guest that it was made from.

    Memory is compared byte for byte; of the table every entry's presence and type, and for exported functions that the
    entry is that very function.

    Raises:
        RuntimeBuildError: they differ.
    """
    instance = PrelinkedInstance(image.module, host=None, memory_bytes=len(guest.memory), on_tick=lambda: None)
    try:
        _check_memory(instance.memory.view(), guest.memory)
        _check_types(instance, guest.python.instance, {closure.slot for closure in image.link.closures})
        for slot, name in _exported_slots(image.link, runtime):
            if bytes(instance.find_table(slot) or b"") != bytes(instance.function(None, name)):
                raise RuntimeBuildError(f"Table entry {slot} of the image is not {name}.")
    finally:
        instance.close()


def _check_memory(found: memoryview, expected: memoryview) -> None:
    if len(found) != len(expected):
        raise RuntimeBuildError(f"The image has {len(found)} bytes of memory, not {len(expected)}.")
    for start in range(0, len(expected), _CHECKED_AT_ONCE):
        end = start + _CHECKED_AT_ONCE
        if bytes(found[start:end]) != bytes(expected[start:end]):
            raise RuntimeBuildError(f"The image's memory differs from its guest's between {start:#x} and {end:#x}.")


def _check_types(found: MainInstance, expected: MainInstance, closures: set[int]) -> None:
    if found.table_size() != expected.table_size():
        raise RuntimeBuildError(f"The image's table has {found.table_size()} entries, not {expected.table_size()}.")
    for slot in range(expected.table_size()):
        ours, theirs = _type(found, slot), _type(expected, slot)
        # Whoever restores a guest makes its closures anew.
        if ours != (None if slot in closures else theirs):
            raise RuntimeBuildError(f"Table entry {slot} of the image has the type {ours}, not {theirs}.")


def _type(instance: MainInstance, slot: int) -> str | None:
    function = instance.find_table(slot)
    return None if function is None else instance.function_type(function)


def _exported_slots(link: LinkState, runtime: InstalledRuntime) -> Iterator[tuple[int, str]]:
    yield from _slots(runtime.main.link, 0, link.main_slots, "")
    for position, library in enumerate(link.libraries):
        info = runtime.library_link(library.name)
        if info is None:
            raise RuntimeBuildError(f"The runtime does not have {library.name} any more.")
        yield from _slots(info, library.table_base, library.slots, library_prefix(position))


def _slots(info: LinkInfo, base: int, later: Mapping[str, int], prefix: str) -> Iterator[tuple[int, str]]:
    for name, export in info.exports.items():
        if export.kind == "func" and export.value is not None:
            yield base + export.value, prefix + name
    for name, slot in later.items():
        yield slot, prefix + name
