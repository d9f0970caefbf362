"""Bounded, sequential reads at the start of a GGUF file: nothing is allocated on the file's word."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from offline_ci.errors import ModelLoadError

_BLOCK: Final = 4 << 20
_MAX_HEADER_BYTES: Final = 128 << 20
_MAX_STRING_BYTES: Final = 16 << 20


class Header:
    """A position in a file's first bytes.

    Args:
        file: open for reading, at its start.
        path: of the file, for messages.
        size: of the file, in bytes.

    Attributes:
        position: of the next read.
    """

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self._file = file
        self._path = path
        self._size = size
        self._buffer = bytearray()
        self.position = 0

    def refuse(self, reason: str) -> NoReturn:
        """Raise ModelLoadError: the file is not usable, because of ``reason``."""
        raise ModelLoadError(
            f"{self._path} is not a usable GGUF model: {reason}.",
            hint="Download or copy it again, or choose another with `offline-ci models list`.",
        )

    def _need(self, count: int) -> int:
        """Make ``count`` more bytes available and step over them; returns where they begin."""
        start, end = self.position, self.position + count
        if end > len(self._buffer):
            if end > self._size:
                self.refuse(f"it ends inside its header (at byte {self._size:,})")
            if end > _MAX_HEADER_BYTES:
                self.refuse(f"its header is larger than {_MAX_HEADER_BYTES >> 20} MiB")
            while len(self._buffer) < end:
                block = self._file.read(_BLOCK)
                if not block:
                    self.refuse("it became shorter while it was read")
                self._buffer += block
        self.position = end
        return start

    def scalar(self, layout: str) -> int | float | bool:
        """One value in a format of ``struct``."""
        start = self._need(struct.calcsize(layout))
        value: int | float | bool = struct.unpack_from(layout, self._buffer, start)[0]
        return value

    def u32(self) -> int:
        """An unsigned number of four bytes."""
        return int(self.scalar("<I"))

    def count(self, limit: int, what: str) -> int:
        """An unsigned number of eight bytes, refused where it is above ``limit``."""
        value = int(self.scalar("<Q"))
        if value > limit:
            self.refuse(f"it claims {value:,} {what} (at most {limit:,} are plausible)")
        return value

    def string(self, limit: int = _MAX_STRING_BYTES) -> str:
        """A text; what is not UTF-8 is replaced."""
        length = self.count(limit, "bytes in one string")
        start = self._need(length)
        return self._buffer[start : start + length].decode("utf-8", errors="replace")

    def skip_strings(self, count: int) -> None:
        """Step over so many texts."""
        # A vocabulary has 300,000 of them: no call of ours and no attribute for each.
        unpack = struct.Struct("<Q").unpack_from
        buffer, position = self._buffer, self.position
        last = len(buffer) - 8
        for _ in range(count):
            if position > last:
                self.position = position
                self._need(8)
                last = len(buffer) - 8
            length = unpack(buffer, position)[0]
            if length > _MAX_STRING_BYTES:
                self.refuse(f"it claims {length:,} bytes in one string")
            position += 8 + length
        self.position = position
        self._need(0)

    def skip(self, count: int) -> None:
        """Step over so many bytes."""
        self._need(count)
