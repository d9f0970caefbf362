"""Hand-made WebAssembly for the tests, byte by byte."""

from __future__ import annotations

MAGIC = b"\0asm\x01\0\0\0"


def u(value: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        if not value:
            return bytes([*out, byte])
        out.append(byte | 0x80)


def s(value: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        if (value, byte & 0x40) in {(0, 0), (-1, 0x40)}:
            return bytes([*out, byte])
        out.append(byte | 0x80)


def name(text: str) -> bytes:
    raw = text.encode()
    return u(len(raw)) + raw


def vec(*items: bytes) -> bytes:
    return u(len(items)) + b"".join(items)


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + u(len(body)) + body


def custom(title: str, body: bytes) -> bytes:
    return section(0, name(title) + body)


def module(*sections: bytes) -> bytes:
    return MAGIC + b"".join(sections)


def i32_const(value: int) -> bytes:
    return b"\x41" + s(value) + b"\x0b"


def import_func(source: str, title: str) -> bytes:
    return name(source) + name(title) + b"\x00\x00"


def import_global(source: str, title: str, *, mutable: bool = False) -> bytes:
    return name(source) + name(title) + b"\x03\x7f" + bytes([mutable])
