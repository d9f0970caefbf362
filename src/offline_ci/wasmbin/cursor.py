"""A position inside a binary that cannot leave its bounds."""

from __future__ import annotations

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.leb128 import decode_signed, decode_unsigned


class Cursor:
    """Reads forward from ``position`` to ``end``; every read that would pass ``end`` raises ``WasmFormatError``.

    Args:
        data: the binary.
        position: offset of the next byte.
        end: offset behind the last byte that belongs to the part being read.
    """

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, position: int, end: int) -> None:
        if not 0 <= position <= end <= len(data):
            raise WasmFormatError(f"Bytes {position} to {end} lie outside the {len(data)} bytes of the binary.")
        self.data = data
        self.position = position
        self.end = end

    @property
    def remaining(self) -> int:
        """Bytes left."""
        return self.end - self.position

    def byte(self) -> int:
        """One byte."""
        if self.position >= self.end:
            raise WasmFormatError(f"The binary is cut off at byte {self.position}.")
        value = self.data[self.position]
        self.position += 1
        return value

    def peek(self) -> int | None:
        """The next byte, which stays unread; None at the end."""
        return self.data[self.position] if self.position < self.end else None

    def take(self, n_bytes: int) -> bytes:
        """The next ``n_bytes`` bytes."""
        start = self.position
        self._check_left(n_bytes)
        self.position = start + n_bytes
        return self.data[start : self.position]

    def u32(self) -> int:
        """An unsigned 32-bit LEB128 integer."""
        value, self.position = decode_unsigned(self.data, self.position, self.end, 32)
        return value

    def u64(self) -> int:
        """An unsigned 64-bit LEB128 integer."""
        value, self.position = decode_unsigned(self.data, self.position, self.end, 64)
        return value

    def signed(self, bits: int) -> int:
        """A signed LEB128 integer of ``bits`` bits."""
        value, self.position = decode_signed(self.data, self.position, self.end, bits)
        return value

    def count(self) -> int:
        """The length of a vector.

        Every element takes a byte at least, so a length beyond the bytes left is refused before anything is built.
        """
        start = self.position
        n = self.u32()
        if n > self.end - self.position:
            raise WasmFormatError(
                f"The vector at byte {start} claims {n} elements in {self.end - self.position} bytes."
            )
        return n

    def name(self) -> str:
        """A UTF-8 string with its length in front."""
        start = self.position
        raw = self.take(self.u32())
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise WasmFormatError(f"The name at byte {start} is not UTF-8.") from error

    def part(self) -> Cursor:
        """The next bytes as a cursor of their own, their length in front; this cursor goes behind them."""
        n = self.u32()
        start = self.position
        self._check_left(n)
        self.position = start + n
        return Cursor(self.data, start, start + n)

    def finish(self, what: str) -> None:
        """Check that nothing is left.

        Args:
            what: the part that was read, for the message.
        """
        if self.position != self.end:
            raise WasmFormatError(f"{what} has {self.end - self.position} bytes too many at byte {self.position}.")

    def _check_left(self, n_bytes: int) -> None:
        if n_bytes > self.end - self.position:
            raise WasmFormatError(
                f"{n_bytes} bytes at byte {self.position} pass the end of their part, byte {self.end}."
            )
