"""The merged module with a guest's memory and function table inside."""

from __future__ import annotations

from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.errors import WasmFormatError
from offline_ci.snapshot.image_format import library_prefix
from offline_ci.snapshot.merge import TRAMPOLINE_EXPORT
from offline_ci.wasmbin import rewrite
from offline_ci.wasmbin.reader import Export, Module, read_module

_PAGE_BYTES = 4096
"""Of the host's memory: wasmtime maps whole ones from the compiled image's file."""


def bake(merged: bytes, state: LinkState, memory: bytes | memoryview) -> bytes:
    """Put memory and the table's later entries into what ``wasm-merge`` made of ``merge_inputs``.

    libffi's closures are left out: whoever restores a guest makes new ones.

    Args:
        merged: the module.
        state: what was linked.
        memory: all of linear memory, between two calls.

    Raises:
        WasmFormatError: the module is not what ``wasm-merge`` should have made.
    """
    sections = rewrite.split_sections(merged)
    module = read_module(merged)
    others = [entry for entry in module.imports if entry.kind != "func"]
    if others:
        raise WasmFormatError(f"The merged module imports {others[0]}.")
    if rewrite.START in sections or rewrite.DATA in sections:
        raise WasmFormatError("The merged module has a start function or data.")
    sections[rewrite.MEMORY] = rewrite.set_minimum(sections[rewrite.MEMORY], len(memory) // WASM_PAGE_BYTES)
    sections[rewrite.TABLE] = rewrite.set_minimum(sections[rewrite.TABLE], state.table_size)
    sections[rewrite.ELEMENT] = rewrite.add_elements(sections[rewrite.ELEMENT], _later_entries(module, state))
    sections[rewrite.EXPORT] = rewrite.rename_exports(
        sections[rewrite.EXPORT], lambda name, export: None if _is_address(module, export) else name
    )
    start, end = _used_range(memory)
    # One segment, so that its range is one mapping of the compiled image's file, shared until it is written to.
    sections[rewrite.DATA] = rewrite.data_segment(start, bytes(memory[start:end]))
    return rewrite.join_sections(sections)


def _is_address(module: Module, export: Export) -> bool:
    """Addresses of main's data, and the constants of ``merge``: link information tells them."""
    return export.kind == "global" and not module.globals[export.index].mutable


def _later_entries(module: Module, state: LinkState) -> dict[int, int]:
    """Function indices by table entry, of entries that no module's own element segments have."""
    exports = {name: export.index for name, export in module.exports.items() if export.kind == "func"}
    functions = (entry.name for entry in module.imports if entry.kind == "func")
    imports = {name: i for i, name in enumerate(functions)}
    entries = {state.trampoline: exports[TRAMPOLINE_EXPORT]}
    entries |= {slot: exports[name] for name, slot in state.main_slots.items()}
    entries |= {slot: imports[name] for name, slot in state.host_slots.items()}
    for position, library in enumerate(state.libraries):
        prefix = library_prefix(position)
        entries |= {slot: exports[prefix + name] for name, slot in library.slots.items()}
    return entries


def _used_range(memory: bytes | memoryview) -> tuple[int, int]:
    """The shortest range of whole pages outside of which memory is zero."""
    zeros = bytes(_PAGE_BYTES)
    used = [at for at in range(0, len(memory), _PAGE_BYTES) if memory[at : at + _PAGE_BYTES] != zeros]
    return (used[0], used[-1] + _PAGE_BYTES) if used else (0, 0)
