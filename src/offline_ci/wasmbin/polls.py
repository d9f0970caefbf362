"""Places where a running module can be stopped: a load at the start of every function and of every loop.

The load's result is dropped; what counts is that it faults once its page is taken away. It is an atomic load since an
optimiser may leave out a plain one that repeats an earlier one, which in a loop without stores is each but the first.

Source: WebAssembly core specification 3.0, section 5.4 (instructions), and the threads proposal (``0xFE``).
"""

from __future__ import annotations

import re
from typing import Final

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.cursor import Cursor
from offline_ci.wasmbin.leb128 import encode_unsigned
from offline_ci.wasmbin.rewrite import CODE, i32_const, join_sections, split_sections

_LOOP: Final = b"\x03"
_CATCHES_WITH_TAG: Final = frozenset({0, 1})
_CATCH_KINDS: Final = 4
_REFERENCE_TYPES: Final = frozenset({0x63, 0x64})

_LEB = rb"[\x80-\xff]*+[\x00-\x7f]"
_TYPE = rb"(?:[\x63\x64]" + _LEB + rb"|" + _LEB + rb")"
_MEMARG = rb"[\x00-\x3f]" + _LEB
_VECTOR = (
    rb"[\x00-\x0b\x5c\x5d]" + _MEMARG + rb"|[\x54-\x5b]" + _MEMARG + rb"."
    rb"|[\x0c\x0d].{16}|[\x15-\x22].|[\x0e-\x14\x23-\x53\x5e-\x7f]|[\x80-\xff][\x01\x02]"
)
_STRUCTURED = (
    rb"[\x00\x01\x06\x07\x0b-\x0e\x10\x14-\x17]" + _LEB + rb"|[\x02-\x05\x08-\x0a\x11-\x13]" + _LEB + _LEB + rb""
    rb"|[\x18\x19][\x00-\x03]" + _LEB + _LEB + _LEB + rb"|[\x0f\x1a-\x1e]"
)
_STRAIGHT: Final = re.compile(
    rb"(?:[\x00\x01\x05\x0a\x0b\x0f\x19-\x1b\x45-\xc4\xd1]"
    rb"|[\x07-\x09\x0c\x0d\x10\x12\x14\x15\x18\x20-\x26\x3f-\x42\xd0\xd2]" + _LEB + rb"|[\x28-\x3e]" + _MEMARG + rb""
    rb"|[\x02\x04\x06]" + _TYPE + rb"|[\x11\x13]" + _LEB + _LEB + rb"|\x43.{4}|\x44.{8}|\x1c\x01" + _TYPE + rb""
    rb"|\xfc(?:[\x00-\x07]|[\x09\x0b\x0d\x0f-\x11]" + _LEB + rb"|[\x08\x0a\x0c\x0e]" + _LEB + _LEB + rb")"
    rb"|\xfb(?:"
    + _STRUCTURED
    + rb")|\xfd(?:"
    + _VECTOR
    + rb")|\xfe(?:\x03\x00|[\x00-\x02\x10-\x4e]"
    + _MEMARG
    + rb"))*+",
    re.DOTALL,
)
"""As many instructions as follow each other, save those that the code below reads itself."""


def insert_polls(wasm: bytes, address: int) -> bytes:
    """The module with a poll wherever it could begin to run for long; custom sections are left out.

    Args:
        wasm: a module; valid, or else what comes of it is refused by whoever compiles it.
        address: what is loaded, one byte of the first memory. Without a memory the result is not valid.

    Raises:
        WasmFormatError: the bytes are no module, or have instructions of an unknown form.
    """
    sections = split_sections(wasm)
    if CODE not in sections:
        return join_sections(sections)
    # i32.const address, i32.atomic.load8_u, drop
    poll = i32_const(address)[:-1] + b"\xfe\x12\x00\x00" + b"\x1a"
    code = Cursor(sections[CODE], 0, len(sections[CODE]))
    parts = [encode_unsigned(count := code.count())]
    for _ in range(count):
        body = code.part()
        pieces = _polled_pieces(sections[CODE], body, poll)
        parts += [encode_unsigned(sum(map(len, pieces))), *pieces]
    sections[CODE] = b"".join(parts)
    return join_sections(sections)


def _polled_pieces(code: bytes, body: Cursor, poll: bytes) -> list[bytes]:
    start, end = body.position, body.end
    for _ in range(body.count()):
        body.u32()
        _skip_type(body)
    pieces = [code[start : body.position], poll]
    start = body.position
    if code.find(_LOOP, start, end) < 0:
        return [*pieces, code[start:end]]
    while True:
        matched = _STRAIGHT.match(code, body.position, end)
        assert matched is not None  # noqa: S101 - it matches the empty string
        body.position = matched.end()
        if not body.remaining:
            return [*pieces, code[start:end]]
        match body.byte():
            case 0x03:  # loop
                _skip_type(body)
                pieces += [code[start : body.position], poll]
                start = body.position
            case 0x0E:  # br_table
                for _ in range(body.count() + 1):
                    body.u32()
            case 0x1F:  # try_table
                _skip_type(body)
                _skip_catches(body)
            case opcode:
                raise WasmFormatError(f"The instruction {opcode:#x} before byte {body.position} is not known.")


def _skip_type(body: Cursor) -> None:
    """A value's or a block's type: a byte, an index, or a reference with what it refers to."""
    if body.peek() in _REFERENCE_TYPES:
        body.byte()
    body.signed(33)


def _skip_catches(body: Cursor) -> None:
    for _ in range(body.count()):
        kind = body.byte()
        if kind >= _CATCH_KINDS:
            raise WasmFormatError(f"The catch clause {kind} before byte {body.position} is not known.")
        if kind in _CATCHES_WITH_TAG:
            body.u32()
        body.u32()
