"""Value types and constant expressions: what globals and segment offsets are made of.

Source: WebAssembly core specification 3.0, sections 5.3 and 5.4.9 (with extended constant expressions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_ci.errors import WasmFormatError

if TYPE_CHECKING:
    from offline_ci.wasmbin.cursor import Cursor

_VALUE_TYPES = {
    0x7F: "i32",
    0x7E: "i64",
    0x7D: "f32",
    0x7C: "f64",
    0x7B: "v128",
    0x74: "nullexnref",
    0x73: "nullfuncref",
    0x72: "nullexternref",
    0x71: "nullref",
    0x70: "funcref",
    0x6F: "externref",
    0x6E: "anyref",
    0x6D: "eqref",
    0x6C: "i31ref",
    0x6B: "structref",
    0x6A: "arrayref",
    0x69: "exnref",
}
_REF, _REF_NULL = 0x64, 0x63

_END = 0x0B
_BINARY = {
    0x6A: "i32.add",
    0x6B: "i32.sub",
    0x6C: "i32.mul",
    0x7C: "i64.add",
    0x7D: "i64.sub",
    0x7E: "i64.mul",
}
_V128_CONST = 12
MAX_INSTRUCTIONS = 64
"""Longer than any constant expression of a toolchain; keeps a hostile one from growing."""


@dataclass(frozen=True, slots=True)
class ConstExpr:
    """A constant expression as (mnemonic, integer immediate or None) pairs, without the final ``end``."""

    instructions: tuple[tuple[str, int | None], ...]

    @property
    def i32_const(self) -> int | None:
        """The value if the whole expression is one ``i32.const`` (signed)."""
        return self._only("i32.const")

    @property
    def ref_func(self) -> int | None:
        """The function's index if the whole expression is one ``ref.func``."""
        return self._only("ref.func")

    def find_global_plus_constant(self) -> tuple[int, int] | None:
        """(global index, constant) of ``global.get``, alone or plus an ``i32.const``; None for anything else."""
        names = tuple(name for name, _ in self.instructions)
        values = {name: value for name, value in self.instructions if value is not None}
        if names == ("global.get",):
            return values["global.get"], 0
        if names in {("global.get", "i32.const", "i32.add"), ("i32.const", "global.get", "i32.add")}:
            return values["global.get"], values["i32.const"]
        return None

    def _only(self, mnemonic: str) -> int | None:
        return self.instructions[0][1] if len(self.instructions) == 1 and self.instructions[0][0] == mnemonic else None


def read_value_type(cursor: Cursor) -> str:
    """Read a value type; its name as in the text format.

    Raises:
        WasmFormatError: there is no such type.
    """
    byte = cursor.byte()
    if byte in {_REF, _REF_NULL}:
        return f"(ref {'null ' if byte == _REF_NULL else ''}{cursor.signed(33)})"
    name = _VALUE_TYPES.get(byte)
    if name is None:
        raise WasmFormatError(f"There is no value type {byte:#x} (byte {cursor.position - 1}).")
    return name


def read_const_expr(cursor: Cursor) -> ConstExpr:
    """Read a constant expression up to and with its ``end``.

    Raises:
        WasmFormatError: an instruction is not constant, or the expression has more than ``MAX_INSTRUCTIONS``.
    """
    instructions: list[tuple[str, int | None]] = []
    while (opcode := cursor.byte()) != _END:
        if len(instructions) == MAX_INSTRUCTIONS:
            raise WasmFormatError(f"The constant expression that reaches byte {cursor.position} does not end.")
        instructions.append(_read_instruction(opcode, cursor))
    return ConstExpr(tuple(instructions))


def _read_instruction(opcode: int, cursor: Cursor) -> tuple[str, int | None]:
    match opcode:
        case 0x41:
            return "i32.const", cursor.signed(32)
        case 0x42:
            return "i64.const", cursor.signed(64)
        case 0x43:
            return "f32.const", int.from_bytes(cursor.take(4), "little")
        case 0x44:
            return "f64.const", int.from_bytes(cursor.take(8), "little")
        case 0x23:
            return "global.get", cursor.u32()
        case 0xD0:
            return "ref.null", cursor.signed(33)
        case 0xD2:
            return "ref.func", cursor.u32()
        case 0xFD if cursor.u32() == _V128_CONST:
            return "v128.const", int.from_bytes(cursor.take(16), "little")
        case _ if opcode in _BINARY:
            return _BINARY[opcode], None
    raise WasmFormatError(f"The instruction {opcode:#x} at byte {cursor.position - 1} is not constant.")
