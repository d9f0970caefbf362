"""LEB128 integers, as strict as the specification.

Source: WebAssembly core specification 3.0, section 5.2.2. An N-bit integer has at most ceil(N/7) bytes, and the bits of
its last byte beyond N must be zero (unsigned) or copies of the sign (signed).
"""

from __future__ import annotations

from offline_ci.errors import WasmFormatError


def decode_unsigned(data: bytes, position: int, end: int, bits: int) -> tuple[int, int]:
    """Read an unsigned integer.

    Args:
        data: the binary.
        position: offset of the first byte.
        end: offset behind the last byte that may be read, at most ``len(data)``.
        bits: width of the integer.

    Returns:
        The value and the offset behind it.

    Raises:
        WasmFormatError: the integer is cut off or does not fit its width.
    """
    value = shift = 0
    start = position
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if value >> bits:
                break
            return value, position
        if shift >= bits:
            break
    raise _malformed(start, position, end, bits)


def decode_signed(data: bytes, position: int, end: int, bits: int) -> tuple[int, int]:
    """Read a signed integer; arguments and errors as for ``decode_unsigned``."""
    value = shift = 0
    start = position
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if byte & 0x40:
                value -= 1 << shift
            if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
                break
            return value, position
        if shift >= bits:
            break
    raise _malformed(start, position, end, bits)


def _malformed(start: int, position: int, end: int, bits: int) -> WasmFormatError:
    reason = "is cut off" if position >= end and end - start < (bits + 6) // 7 else "does not fit"
    return WasmFormatError(f"The {bits}-bit integer at byte {start} {reason}.")


def encode_unsigned(value: int) -> bytes:
    """A non-negative integer in as few bytes as it takes."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_signed(value: int) -> bytes:
    """An integer in as few bytes as it takes, its sign in the last one's bit 6."""
    encoded = bytearray()
    while not -0x40 <= value < 0x40:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value & 0x7F)
    return bytes(encoded)
