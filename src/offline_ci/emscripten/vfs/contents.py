"""Files whose bytes are in chunks that checkpoints share.

A chunk is a ``bytearray`` while one file alone has it. ``freeze_contents`` hands out read-only views instead, and
keeps those: whoever writes next copies the one chunk that he writes to. So a checkpoint copies nothing, and after it a
line at the end of a large file costs one chunk.

Invariant: every chunk but the last has ``CHUNK_BYTES``; the last is not empty.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, TypeAlias

from offline_ci.emscripten.vfs.node import Backend, RegularFile

_CHUNK_BITS: Final = 18
CHUNK_BYTES: Final = 1 << _CHUNK_BITS
"""Copying one takes 20 µs; whole files are read and written as fast as if they were in one piece."""
_MASK: Final = CHUNK_BYTES - 1
_ZEROS: Final = bytes(CHUNK_BYTES)

FrozenChunk: TypeAlias = bytes | memoryview
"""Bytes that nobody changes."""


class ChunkedFile(RegularFile):
    """An empty file in memory; who may write how much is up to the subclass.

    Args:
        backend, ino, mode, now_ns: see ``Node``.
    """

    __slots__ = ("_chunks", "_size")

    def __init__(self, backend: Backend, ino: int, mode: int, now_ns: int) -> None:
        super().__init__(backend, ino, mode, now_ns)
        self._size = 0
        self._chunks: list[FrozenChunk | bytearray] = []

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    def freeze_contents(self) -> tuple[FrozenChunk, ...]:
        """The chunks as they are now, whatever is written later; nothing is copied."""
        frozen = tuple(memoryview(c).toreadonly() if isinstance(c, bytearray) else c for c in self._chunks)
        self._chunks = list(frozen)
        return frozen

    def thaw_contents(self, size: int, chunks: tuple[FrozenChunk, ...]) -> None:
        """Have these bytes, which ``freeze_contents`` gave, and none else."""
        self._size = size
        self._chunks = list(chunks)

    def read_into(self, target: memoryview, position: int) -> int:
        """See ``Node.read_into``."""
        n = min(len(target), self._size - position)
        if n <= 0:
            return 0
        start = position & _MASK
        if start + n <= CHUNK_BYTES:
            # a memoryview saves a copy, and is gone before anybody can resize the bytearray under it
            target[:n] = memoryview(self._chunks[position >> _CHUNK_BITS])[start : start + n]
            return n
        for done, step in _pieces(n, start):
            first = position + done & _MASK
            target[done : done + step] = memoryview(self._chunks[position + done >> _CHUNK_BITS])[first : first + step]
        return n

    def write_contents(self, data: memoryview | bytes, position: int) -> None:
        """Write all of ``data``, after zeros where ``position`` is beyond the end.

        Raises:
            MemoryError: a part may have been written; ``size`` is right.
        """
        n, start = len(data), position & _MASK
        if position >= self._size:
            if position > self._size:
                self._add_zeros(position - self._size)
            if start and start + n <= CHUNK_BYTES and isinstance(last := self._chunks[-1], bytearray):
                # as ``_put``: most writes are small and at the end
                last += data
                self._size += n
                return
        if start + n <= CHUNK_BYTES:
            self._put(position >> _CHUNK_BITS, start, data)
            return
        for done, step in _pieces(n, start):
            self._put(position + done >> _CHUNK_BITS, position + done & _MASK, data[done : done + step])

    def resize_contents(self, size: int) -> None:
        """Cut off the end, or add zeros; ``MemoryError`` as ``write_contents``."""
        if size >= self._size:
            self._add_zeros(size - self._size)
            return
        del self._chunks[-(-size >> _CHUNK_BITS) :]
        self._size = size
        if rest := size & _MASK:
            last = self._chunks[-1]
            if isinstance(last, bytearray):
                del last[rest:]
            else:
                self._chunks[-1] = last[:rest]

    def _put(self, index: int, start: int, piece: memoryview | bytes) -> None:
        """Write a piece that is not empty within one chunk, or as a new one."""
        chunks, end = self._chunks, start + len(piece)
        if index == len(chunks):
            chunks.append(bytearray(piece))
            self._size += end
            return
        chunk = chunks[index]
        growth = end - len(chunk)
        if not isinstance(chunk, bytearray):
            if not start and growth >= 0:
                chunks[index] = bytearray(piece)
                self._size += growth
                return
            chunk = chunks[index] = bytearray(chunk)
        if growth <= 0:
            # assigning to a slice of the bytearray itself would copy the piece once more
            memoryview(chunk)[start:end] = piece
            return
        overlap = len(piece) - growth
        if overlap > 0:
            memoryview(chunk)[start:] = piece[:overlap]
            piece = piece[overlap:]
        chunk += piece
        self._size += growth

    def _add_zeros(self, n: int) -> None:
        """Add zeros at the end; whole chunks of them are all the same one."""
        if room := min(n, -self._size & _MASK):
            self._put(self._size >> _CHUNK_BITS, self._size & _MASK, _ZEROS[:room])
        for start in range(room, n, CHUNK_BYTES):
            piece = _ZEROS[: n - start]
            self._chunks.append(piece)
            self._size += len(piece)


def _pieces(n: int, start: int) -> list[tuple[int, int]]:
    """``(done before, length)`` of the pieces, one a chunk, of ``n`` bytes from ``start`` in a chunk on."""
    cuts = [0, *range(CHUNK_BYTES - start, n, CHUNK_BYTES), n]
    return [(a, b - a) for a, b in pairwise(cuts)]
