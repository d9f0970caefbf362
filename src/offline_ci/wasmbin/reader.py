"""The sections of a WebAssembly module that linking needs.

Role: bytes in, dataclasses out. Types, code, data and unknown custom sections are located but not decoded: the engine
validates those. Whatever is decoded is checked against its bounds; bad input raises ``WasmFormatError`` and nothing
else.

Source: WebAssembly core specification 3.0, section 5 (binary format).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.constexpr import ConstExpr, read_const_expr, read_value_type
from offline_ci.wasmbin.cursor import Cursor

MAGIC = b"\0asm\x01\0\0\0"

ExternKind = Literal["func", "table", "memory", "global", "tag"]
EXTERN_KINDS: tuple[ExternKind, ...] = ("func", "table", "memory", "global", "tag")
"""Indexed by the kind's byte."""

_CUSTOM = 0
# The order that non-custom sections must have (section 5.5.16); tag and data count were added out of turn.
_SECTION_ORDER = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 13: 6, 6: 7, 7: 8, 8: 9, 9: 10, 12: 11, 10: 12, 11: 13}


@dataclass(frozen=True, slots=True)
class Limits:
    """Size of a table (entries) or memory (pages): ``minimum``, and ``maximum`` where one is set."""

    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Import:
    """One import: where from, which name, what kind."""

    module: str
    name: str
    kind: ExternKind


@dataclass(frozen=True, slots=True)
class Global:
    """A global that the module defines; ``type`` as in the text format."""

    type: str
    mutable: bool
    init: ConstExpr


@dataclass(frozen=True, slots=True)
class Export:
    """One export; ``index`` counts imports of that kind first."""

    kind: ExternKind
    index: int


@dataclass(frozen=True, slots=True)
class ElementSegment:
    """Entries for a table.

    Attributes:
        table: index of the table; 0 for passive and declarative segments.
        offset: where an active segment goes; None for the others.
        functions: function indices; None for a null entry or one that is not a plain ``ref.func``.
    """

    table: int
    offset: ConstExpr | None
    functions: tuple[int | None, ...]


@dataclass(slots=True)
class Module:
    """What was read of a module; ``exports`` and ``customs`` are by name, ``customs`` without the name itself."""

    imports: list[Import] = field(default_factory=list)
    n_functions: int = 0
    tables: list[Limits] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)
    elements: list[ElementSegment] = field(default_factory=list)
    customs: dict[str, bytes] = field(default_factory=dict)

    def n_imported(self, kind: ExternKind) -> int:
        """How many imports are of that kind."""
        return sum(1 for entry in self.imports if entry.kind == kind)


def read_module(wasm: bytes) -> Module:
    """Read a binary module.

    Args:
        wasm: the whole file.

    Returns:
        The module's sections.

    Raises:
        WasmFormatError: the bytes are not a module, or a section contradicts itself.
    """
    if wasm[:8] != MAGIC:
        raise WasmFormatError("The bytes do not start as a WebAssembly 1 module does.")
    cursor = Cursor(wasm, len(MAGIC), len(wasm))
    module = Module()
    last = 0
    while cursor.remaining:
        section = cursor.byte()
        part = cursor.part()
        if section == _CUSTOM:
            name = part.name()
            module.customs.setdefault(name, part.take(part.remaining))
            continue
        order = _SECTION_ORDER.get(section)
        if order is None:
            raise WasmFormatError(f"There is no section {section}.")
        if order <= last:
            raise WasmFormatError(f"Section {section} comes twice or too late.")
        last = order
        reader = _READERS.get(section)
        if reader is not None:
            reader(part, module)
            part.finish(f"Section {section}")
    return module


def read_limits(cursor: Cursor) -> Limits:
    """Read the limits of a table or memory.

    Raises:
        WasmFormatError: their flags are unknown, or they contradict each other.
    """
    flags = cursor.byte()
    if flags > 7:
        raise WasmFormatError(f"Limits at byte {cursor.position - 1} have unknown flags {flags:#x}.")
    read = cursor.u64 if flags & 4 else cursor.u32
    minimum = read()
    maximum = read() if flags & 1 else None
    if maximum is not None and maximum < minimum:
        raise WasmFormatError(f"Limits end at {maximum}, below their minimum {minimum}.")
    return Limits(minimum, maximum)


def _read_kind(cursor: Cursor) -> ExternKind:
    byte = cursor.byte()
    if byte >= len(EXTERN_KINDS):
        raise WasmFormatError(f"There is no kind {byte} of import or export (byte {cursor.position - 1}).")
    return EXTERN_KINDS[byte]


def _read_mutable(cursor: Cursor) -> bool:
    byte = cursor.byte()
    if byte > 1:
        raise WasmFormatError(f"A global's mutability is {byte} at byte {cursor.position - 1}.")
    return byte == 1


def _read_imports(cursor: Cursor, module: Module) -> None:
    for _ in range(cursor.count()):
        source, name, kind = cursor.name(), cursor.name(), _read_kind(cursor)
        if kind == "func":
            cursor.u32()
        elif kind == "table":
            read_value_type(cursor)
            read_limits(cursor)
        elif kind == "memory":
            read_limits(cursor)
        elif kind == "global":
            read_value_type(cursor)
            _read_mutable(cursor)
        else:
            _read_tag(cursor)
        module.imports.append(Import(source, name, kind))


def _read_tag(cursor: Cursor) -> None:
    if cursor.byte() != 0:
        raise WasmFormatError(f"A tag has an unknown attribute at byte {cursor.position - 1}.")
    cursor.u32()


def _read_functions(cursor: Cursor, module: Module) -> None:
    module.n_functions = cursor.count()
    for _ in range(module.n_functions):
        cursor.u32()


def _read_tables(cursor: Cursor, module: Module) -> None:
    for _ in range(cursor.count()):
        initialised = cursor.peek() == 0x40
        if initialised and cursor.take(2) != b"\x40\0":
            raise WasmFormatError(f"A table has an unknown form at byte {cursor.position - 2}.")
        read_value_type(cursor)
        module.tables.append(read_limits(cursor))
        if initialised:
            read_const_expr(cursor)


def _read_memories(cursor: Cursor, module: Module) -> None:
    module.memories = [read_limits(cursor) for _ in range(cursor.count())]


def _read_globals(cursor: Cursor, module: Module) -> None:
    for _ in range(cursor.count()):
        module.globals.append(Global(read_value_type(cursor), _read_mutable(cursor), read_const_expr(cursor)))


def _read_exports(cursor: Cursor, module: Module) -> None:
    for _ in range(cursor.count()):
        name = cursor.name()
        if name in module.exports:
            raise WasmFormatError(f"The export {name!r} is defined twice.")
        module.exports[name] = Export(_read_kind(cursor), cursor.u32())


def _read_elements(cursor: Cursor, module: Module) -> None:
    for _ in range(cursor.count()):
        flags = cursor.u32()
        if flags > 7:
            raise WasmFormatError(f"An element segment has unknown flags {flags:#x} at byte {cursor.position - 1}.")
        active, explicit, expressions = not flags & 1, bool(flags & 2), bool(flags & 4)
        table = cursor.u32() if active and explicit else 0
        offset = read_const_expr(cursor) if active else None
        # Flags 0 and 4 leave the element kind out: funcref.
        if flags not in {0, 4}:
            if expressions:
                read_value_type(cursor)
            elif cursor.byte() != 0:
                raise WasmFormatError(f"An element segment has an unknown kind at byte {cursor.position - 1}.")
        n = cursor.count()
        functions: tuple[int | None, ...]
        if expressions:
            functions = tuple(read_const_expr(cursor).ref_func for _ in range(n))
        else:
            functions = tuple(cursor.u32() for _ in range(n))
        module.elements.append(ElementSegment(table, offset, functions))


_READERS = {
    2: _read_imports,
    3: _read_functions,
    4: _read_tables,
    5: _read_memories,
    6: _read_globals,
    7: _read_exports,
    9: _read_elements,
}
