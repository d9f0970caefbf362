"""Values drawn from bytes, so that whoever changes the bytes changes the values: as libFuzzer's data provider."""

import struct

_LONG_LONG = struct.Struct("<q")
_DOUBLE = struct.Struct("<d")


class Source:
    """Draws from ``data``; zeros when it is used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        """Whether bytes are left."""
        return self._at < len(self._data)

    def take(self, n: int) -> bytes:
        part = self._data[self._at : self._at + n]
        self._at += n
        return part

    def byte(self) -> int:
        if self._at < len(self._data):
            value = self._data[self._at]
            self._at += 1
            return value
        return 0

    def below(self, n: int) -> int:
        """An integer from 0 to n - 1."""
        return int.from_bytes(self.take(1 if n <= 256 else 2 if n <= 65536 else 4), "little") % n

    def pick(self, items):
        return items[self.below(len(items))]

    def i64(self) -> int:
        return _LONG_LONG.unpack(self.take(8).ljust(8, b"\0"))[0]

    def f64(self) -> float:
        return _DOUBLE.unpack(self.take(8).ljust(8, b"\0"))[0]

    def blob(self) -> bytes:
        """Up to 255 bytes, their number in front."""
        return self.take(self.byte())

    def text(self) -> str:
        """As many names of files come: what is no UTF-8 is a lone surrogate."""
        return self.blob().decode("utf-8", "surrogateescape")

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)
