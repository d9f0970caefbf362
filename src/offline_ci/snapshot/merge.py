"""Main, its libraries and the call trampoline as inputs of ``wasm-merge``, every library at the place it was given.

What the dynamic linker found out while the guest ran is known here, so addresses become constants: ``__memory_base``,
``__table_base`` and GOT values are immutable globals of a module of constants, start functions are evaluated. Contents
of memory are left out; ``bake`` puts all of it in at once.

Every import gets its source explicitly, by the dynamic linker's own rules (``emscripten/ldso/loader.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offline_ci.emscripten.ldso.loader import GOT_MODULES
from offline_ci.emscripten.ldso.state import LibraryState, LinkState
from offline_ci.errors import WasmFormatError
from offline_ci.snapshot.image_format import library_prefix
from offline_ci.wasmbin import rewrite
from offline_ci.wasmbin.cursor import Cursor
from offline_ci.wasmbin.reader import Import, Module, read_module
from offline_ci.wasmbin.rewrite import Source
from offline_ci.wasmbin.start import globals_set_by_start

MAIN, TRAMPOLINE, CONSTANTS = "main", "trampoline", "constants"
LATE = "late"
"""Module name of functions that nobody defined when their library was linked."""
TRAMPOLINE_EXPORT = "trampoline:trampoline_call"
_NOTHING = b"\0\x0b"
"""The body of a function without locals and instructions."""


def merge_inputs(state: LinkState, main: bytes, libraries: Mapping[str, bytes], trampoline: bytes) -> dict[str, bytes]:
    """The modules to merge, main first, by the names under which they import from one another.

    The result imports functions of the host under the names that main gives them, and functions that are nowhere from
    ``LATE`` as ``library_prefix + name``. It exports all that main does, the trampoline as ``TRAMPOLINE_EXPORT``, and
    the libraries' functions as ``library_prefix + name``.

    Args:
        state: what was linked, and where.
        main: the main module.
        libraries: the side modules of ``state``, by name.
        trampoline: the trampoline's module.

    Raises:
        WasmFormatError: a module does what cannot be merged.
    """
    return _Inputs(state, main, libraries, trampoline).modules


class _Inputs:
    def __init__(self, state: LinkState, main: bytes, libraries: Mapping[str, bytes], trampoline: bytes) -> None:
        self._constants: dict[str, int] = {}
        self._libraries = state.libraries
        self._positions = {library.name: i for i, library in enumerate(state.libraries)}
        self._main = read_module(main)
        self._host = {entry.name: entry.module for entry in self._main.imports if entry.kind == "func"}
        self._functions: list[frozenset[str]] = []
        self.modules = {
            MAIN: self._place_main(main, state),
            TRAMPOLINE: _trampoline(trampoline),
        }
        for i, library in enumerate(state.libraries):
            wasm = libraries[library.name]
            module = read_module(wasm)
            self._functions.append(_exported_functions(module))
            try:
                self.modules[f"lib{i}"] = self._place(i, library, module, rewrite.split_sections(wasm))
            except WasmFormatError as error:
                raise WasmFormatError(f"{library.name}: {error.message}") from error
        self.modules[CONSTANTS] = rewrite.constants_module(self._constants)

    # --- main

    def _place_main(self, wasm: bytes, state: LinkState) -> bytes:
        sections = _without_data(rewrite.split_sections(wasm))
        if rewrite.START in sections:
            raise WasmFormatError("The main module has a start function.")

        def source_of(entry: Import) -> Source:
            if entry.module in GOT_MODULES:  # of OpenGL, which nobody defines
                return self._constant(f"{MAIN}:{entry.module}:{entry.name}", 0)
            return Source(entry.module, entry.name)

        sections[rewrite.IMPORT] = rewrite.redirect_imports(sections[rewrite.IMPORT], source_of)
        first = self._main.n_imported("global")
        values = {index - first: value for index, value in _stack_globals(self._main, sections, state).items()}
        mutable = frozenset(i for i, definition in enumerate(self._main.globals) if definition.mutable)
        sections[rewrite.GLOBAL] = rewrite.fix_globals(sections[rewrite.GLOBAL], values, mutable=mutable)
        return rewrite.join_sections(sections)

    def _constant(self, name: str, value: int) -> Source:
        self._constants[name] = value
        return Source(CONSTANTS, name, is_constant=True)

    # --- libraries

    def _place(self, position: int, library: LibraryState, module: Module, sections: dict[int, bytes]) -> bytes:
        sections = _without_data(sections)
        got = {(source, name): value for source, name, value in library.got}
        bases = {"__memory_base": library.memory_base, "__table_base": library.table_base}
        values: list[int | None] = []  # of the imported globals

        def source_of(entry: Import) -> Source:
            if entry.kind == "func":
                return self._function_source(position, library, entry.name)
            value = got[entry.module, entry.name] if entry.module in GOT_MODULES else bases.get(entry.name)
            if entry.kind == "global":
                values.append(value)
            if value is None:
                return Source(MAIN, entry.name)
            return self._constant(f"{position}:{entry.module}:{entry.name}", value)

        sections[rewrite.IMPORT] = rewrite.redirect_imports(sections[rewrite.IMPORT], source_of)
        _fold_start(module, sections, {i: value for i, value in enumerate(values) if value is not None})
        prefix = library_prefix(position)
        sections[rewrite.EXPORT] = rewrite.rename_exports(
            sections[rewrite.EXPORT], lambda name, export: prefix + name if export.kind == "func" else None
        )
        if rewrite.ELEMENT in sections:
            sections[rewrite.ELEMENT] = rewrite.place_elements(sections[rewrite.ELEMENT], library.table_base)
        return rewrite.join_sections(sections)

    def _function_source(self, position: int, library: LibraryState, name: str) -> Source:
        if name in self._host:
            return Source(self._host[name], name)
        export = self._main.exports.get(name)
        if export is not None and export.kind == "func":
            return Source(MAIN, name)
        for candidate in self._candidates(position, library):
            if name in self._functions[candidate]:
                return Source(f"lib{candidate}", library_prefix(candidate) + name)
        return Source(LATE, library_prefix(position) + name)

    def _candidates(self, position: int, library: LibraryState) -> Sequence[int]:
        global_ = [i for i, earlier in enumerate(self._libraries[:position]) if earlier.is_global]
        return [*global_, *(self._positions[name] for name in library.needed), position]


def _exported_functions(module: Module) -> frozenset[str]:
    return frozenset(name for name, export in module.exports.items() if export.kind == "func")


def _without_data(sections: dict[int, bytes]) -> dict[int, bytes]:
    if rewrite.DATA in sections and not rewrite.has_active_data_only(sections[rewrite.DATA]):
        raise WasmFormatError("The module copies data into memory while it runs (passive data segments).")
    return {
        number: contents for number, contents in sections.items() if number not in {rewrite.DATA, rewrite.DATA_COUNT}
    }


def _trampoline(wasm: bytes) -> bytes:
    sections = rewrite.split_sections(wasm)
    sections[rewrite.IMPORT] = rewrite.redirect_imports(
        sections[rewrite.IMPORT], lambda entry: Source(MAIN, entry.name)
    )
    sections[rewrite.EXPORT] = rewrite.rename_exports(sections[rewrite.EXPORT], lambda name, _: f"{TRAMPOLINE}:{name}")
    return rewrite.join_sections(sections)


def _fold_start(module: Module, sections: dict[int, bytes], known: Mapping[int, int]) -> None:
    """Replace what the start function sets by constants, and the function by nothing."""
    first = module.n_imported("global")
    values: dict[int, int] = {}
    start = sections.pop(rewrite.START, None)
    if start is not None:
        position = Cursor(start, 0, len(start)).u32() - module.n_imported("func")
        values = globals_set_by_start(rewrite.find_body(sections[rewrite.CODE], position), known)
        sections[rewrite.CODE] = rewrite.replace_body(sections[rewrite.CODE], position, _NOTHING)
    if rewrite.GLOBAL in sections:
        sections[rewrite.GLOBAL] = rewrite.fix_globals(
            sections[rewrite.GLOBAL], {index - first: value for index, value in values.items()}
        )


def _stack_globals(main: Module, sections: Mapping[int, bytes], state: LinkState) -> dict[int, int]:
    """The shadow stack's globals by index: its pointer is exported, its limits have functions that tell them."""
    values = {main.exports["__stack_pointer"].index: state.stack_pointer}
    getters = ("emscripten_stack_get_base", "emscripten_stack_get_end")
    for name, value in zip(getters, state.stack_limits, strict=True):
        position = main.exports[name].index - main.n_imported("func")
        body = rewrite.find_body(sections[rewrite.CODE], position)
        if (body.byte(), body.byte()) != (0, 0x23):  # no locals, global.get
            raise WasmFormatError(f"The main module's {name} is not what it was.")
        values[body.u32()] = value
    return values
