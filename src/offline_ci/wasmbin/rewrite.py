"""Changing some sections of a module; the others stay byte for byte.

Source: WebAssembly core specification 3.0, section 5.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.constexpr import read_const_expr, read_value_type
from offline_ci.wasmbin.cursor import Cursor
from offline_ci.wasmbin.leb128 import encode_signed, encode_unsigned
from offline_ci.wasmbin.reader import EXTERN_KINDS, MAGIC, Export, Import, read_limits

CUSTOM, IMPORT, TABLE, MEMORY, GLOBAL, EXPORT = 0, 2, 4, 5, 6, 7
START, ELEMENT, CODE, DATA, DATA_COUNT = 8, 9, 10, 11, 12

_I32_CONST, _END = 0x41, 0x0B
_HAS_MAXIMUM = 1


class Source(NamedTuple):
    """Where an import comes from now.

    Attributes:
        module: module name.
        name: import name.
        is_constant: a global that was mutable is imported as an immutable one.
    """

    module: str
    name: str
    is_constant: bool = False


def split_sections(wasm: bytes) -> dict[int, bytes]:
    """The sections' contents by number, in the module's order, without custom ones.

    Raises:
        WasmFormatError: the bytes are not a module.
    """
    if wasm[: len(MAGIC)] != MAGIC:
        raise WasmFormatError("The bytes do not start as a WebAssembly 1 module does.")
    cursor = Cursor(wasm, len(MAGIC), len(wasm))
    sections: dict[int, bytes] = {}
    while cursor.remaining:
        number = cursor.byte()
        contents = cursor.take(cursor.u32())
        if number in sections:
            raise WasmFormatError(f"Section {number} comes twice.")
        if number != CUSTOM:
            sections[number] = contents
    return sections


def join_sections(sections: Mapping[int, bytes]) -> bytes:
    """A module of these sections, which are in their order."""
    parts = [MAGIC]
    for number, contents in sections.items():
        parts += [bytes([number]), encode_unsigned(len(contents)), contents]
    return b"".join(parts)


def vector(items: Iterable[bytes]) -> bytes:
    """Encoded items with their number in front."""
    listed = list(items)
    return encode_unsigned(len(listed)) + b"".join(listed)


def name(text: str) -> bytes:
    """A string with its length in front."""
    data = text.encode()
    return encode_unsigned(len(data)) + data


def i32_const(value: int) -> bytes:
    """The constant expression of one 32-bit value, signed or unsigned."""
    signed = (value & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000
    return bytes([_I32_CONST]) + encode_signed(signed) + bytes([_END])


def redirect_imports(section: bytes, source_of: Callable[[Import], Source]) -> bytes:
    """The import section with other sources; every import keeps its kind and its place."""
    cursor = Cursor(section, 0, len(section))
    items = []
    for _ in range(cursor.count()):
        module, import_name, kind_at = cursor.name(), cursor.name(), cursor.position
        kind = EXTERN_KINDS[cursor.byte()]
        _skip_import_type(cursor, kind)
        source = source_of(Import(module, import_name, kind))
        description = section[kind_at : cursor.position]
        if source.is_constant:
            description = description[:-1] + b"\0"
        items.append(name(source.module) + name(source.name) + description)
    return vector(items)


def _skip_import_type(cursor: Cursor, kind: str) -> None:
    match kind:
        case "func":
            cursor.u32()
        case "table":
            read_value_type(cursor)
            read_limits(cursor)
        case "memory":
            read_limits(cursor)
        case "global":
            read_value_type(cursor)
            cursor.byte()
        case _:
            cursor.byte()
            cursor.u32()


def rename_exports(section: bytes, name_of: Callable[[str, Export], str | None]) -> bytes:
    """The export section under other names; None leaves an export out."""
    cursor = Cursor(section, 0, len(section))
    items = []
    for _ in range(cursor.count()):
        old, start = cursor.name(), cursor.position
        export = Export(EXTERN_KINDS[cursor.byte()], cursor.u32())
        new = name_of(old, export)
        if new is not None:
            items.append(name(new) + section[start : cursor.position])
    return vector(items)


def fix_globals(section: bytes, values: Mapping[int, int], *, mutable: frozenset[int] = frozenset()) -> bytes:
    """The global section with some initial values replaced, and immutable.

    Args:
        section: its contents.
        values: new ``i32`` values by position in the section.
        mutable: positions of those that stay mutable; all others become immutable, so that a module that does set
            one is refused when it is compiled.
    """
    cursor = Cursor(section, 0, len(section))
    items = []
    for position in range(cursor.count()):
        start = cursor.position
        read_value_type(cursor)
        type_ = section[start : cursor.position]
        is_mutable = cursor.byte() and position in mutable
        start = cursor.position
        read_const_expr(cursor)
        init = i32_const(values[position]) if position in values else section[start : cursor.position]
        items.append(type_ + bytes([is_mutable]) + init)
    return vector(items)


def place_elements(section: bytes, table_base: int) -> bytes:
    """The element section of a side module at its final place.

    Args:
        section: its contents.
        table_base: what the global stands for that its segments' offsets name.

    Raises:
        WasmFormatError: a segment has another form than linkers give it.
    """
    cursor = Cursor(section, 0, len(section))
    items = []
    for _ in range(cursor.count()):
        if cursor.u32() != 0:  # active, for table 0, of function indices
            raise WasmFormatError(f"The element segment before byte {cursor.position} has a form that is not handled.")
        offset = read_const_expr(cursor).find_global_plus_constant()
        if offset is None:
            raise WasmFormatError(f"The element segment before byte {cursor.position} is not relative to a global.")
        start = cursor.position
        for _ in range(cursor.count()):
            cursor.u32()
        items.append(b"\0" + i32_const(table_base + offset[1]) + section[start : cursor.position])
    return vector(items)


def add_elements(section: bytes, entries: Mapping[int, int]) -> bytes:
    """The element section with more entries of table 0: function indices by place."""
    cursor = Cursor(section, 0, len(section))
    count = cursor.count() + len(entries)
    added = (b"\0" + i32_const(place) + vector([encode_unsigned(index)]) for place, index in entries.items())
    return encode_unsigned(count) + section[cursor.position :] + b"".join(added)


def set_minimum(section: bytes, minimum: int) -> bytes:
    """The memory or table section with another minimum size of its first entry.

    Raises:
        WasmFormatError: the entry's limits have a form that is not handled.
    """
    cursor = Cursor(section, 0, len(section))
    count = encode_unsigned(cursor.count())
    start = cursor.position
    if cursor.peek() not in {0, _HAS_MAXIMUM}:  # a table: its type comes first
        read_value_type(cursor)
    limits_at = cursor.position
    flags = cursor.byte()
    if flags not in {0, _HAS_MAXIMUM}:
        raise WasmFormatError(f"Limits have flags {flags:#x}, which are not handled.")
    cursor.u32()
    head = section[start:limits_at] + bytes([flags]) + encode_unsigned(minimum)
    return count + head + section[cursor.position :]


def replace_body(section: bytes, position: int, body: bytes) -> bytes:
    """The code section with another body (locals and instructions) of one function."""
    cursor = _at_body(section, position)
    start = cursor.position
    cursor.part()
    return section[:start] + encode_unsigned(len(body)) + body + section[cursor.position :]


def find_body(section: bytes, position: int) -> Cursor:
    """A function's body in the code section: locals and instructions.

    Raises:
        WasmFormatError: there are fewer functions.
    """
    return _at_body(section, position).part()


def _at_body(section: bytes, position: int) -> Cursor:
    cursor = Cursor(section, 0, len(section))
    if position >= cursor.count():
        raise WasmFormatError(f"There is no function {position} in the code section.")
    for _ in range(position):
        cursor.part()
    return cursor


def data_segment(offset: int, contents: bytes) -> bytes:
    """A data section of one active segment."""
    return vector([b"\0" + i32_const(offset) + encode_unsigned(len(contents)) + contents])


def has_active_data_only(section: bytes) -> bool:
    """Whether every segment of a data section is written into memory when the module is instantiated."""
    cursor = Cursor(section, 0, len(section))
    for _ in range(cursor.count()):
        mode = cursor.u32()
        if mode == 1:
            return False
        if mode == 2:
            cursor.u32()
        read_const_expr(cursor)
        cursor.part()
    return True


def constants_module(values: Mapping[str, int]) -> bytes:
    """A module that exports immutable ``i32`` globals."""
    items = values.items()
    return join_sections(
        {
            GLOBAL: vector(b"\x7f\0" + i32_const(value) for _, value in items),
            EXPORT: vector(name(key) + b"\x03" + encode_unsigned(i) for i, (key, _) in enumerate(items)),
        }
    )
