"""Page maps anywhere: what changed is found by comparing, kept as ordinary bytes, and copied back.

Some 10 ms a checkpoint for 100 MB of memory, and a copy of the base in each process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from offline_ci.errors import HostInvariantError
from offline_ci.snapshot import pages_libc
from offline_ci.snapshot.pages import Chunk, PageMap, check_restore

_BLOCK_BYTES = 65536
_ZEROS = bytes(_BLOCK_BYTES)


@dataclass(frozen=True, slots=True, eq=False)
class PortablePageMap:
    """See ``PageMap``.

    Attributes:
        memory_bytes: the size of memory.
        pieces: what differs from the base.
    """

    memory_bytes: int
    pieces: tuple[Chunk, ...] = ()

    @property
    def stored_bytes(self) -> int:
        """See ``PageMap.stored_bytes``."""
        return sum(len(data) for _, data in self.pieces)


class PortableStore:
    """Implements ``PageStore``."""

    def __init__(self) -> None:
        self._base: list[bytes] | None = None

    def track(self, address: int, memory_bytes: int) -> PortablePages:
        """See ``PageStore.track``."""
        if self._base is None:
            self._base = [_read(address, i, _ZEROS) for i in range(memory_bytes // _BLOCK_BYTES)]
        return PortablePages(self._base, address, memory_bytes)

    def part(self) -> None:
        """See ``PageStore.part``; bytes in ordinary memory are the new process's own."""

    def contents(self, page_map: PageMap) -> Iterator[Chunk]:
        """See ``PageStore.contents``."""
        return iter(_own(page_map).pieces)

    def load(self, memory_bytes: int, chunks: Iterable[Chunk]) -> PortablePageMap:
        """See ``PageStore.load``."""
        return PortablePageMap(memory_bytes, tuple(chunks))


class PortablePages:
    """Implements ``GuestPages``."""

    def __init__(self, base: list[bytes], address: int, memory_bytes: int) -> None:
        self._base = base
        self._blocks = list(base)
        self._address = address
        self.page_map = PortablePageMap(memory_bytes)
        self._is_fresh = True

    def restore(self, page_map: PageMap, memory_bytes: int) -> None:
        """See ``GuestPages.restore``."""
        page_map = _own(page_map)
        check_restore(page_map, memory_bytes, is_fresh=self._is_fresh)
        self._is_fresh = False
        self._grow(memory_bytes)
        for offset, data in page_map.pieces:
            self._patch(offset, data)
        for index, block in enumerate(self._blocks):
            if not pages_libc.is_equal(self._address + index * _BLOCK_BYTES, block, _BLOCK_BYTES):
                ctypes.memmove(self._address + index * _BLOCK_BYTES, block, _BLOCK_BYTES)
        self.page_map = page_map

    def checkpoint(self, memory_bytes: int) -> PortablePageMap:
        """See ``GuestPages.checkpoint``."""
        self._is_fresh = False
        self._grow(memory_bytes)
        is_changed = memory_bytes != self.page_map.memory_bytes
        for index, block in enumerate(self._blocks):
            now = _read(self._address, index, block)
            if now is not block:
                self._blocks[index] = now
                is_changed = True
        if is_changed:
            self.page_map = PortablePageMap(memory_bytes, tuple(self._differing()))
        return self.page_map

    def _grow(self, memory_bytes: int) -> None:
        self._blocks += [_ZEROS] * (memory_bytes // _BLOCK_BYTES - len(self._blocks))

    def _patch(self, offset: int, data: bytes) -> None:
        """Chunks of a session file begin and end at pages, not at blocks."""
        at = 0
        while at < len(data):
            index, start = divmod(offset + at, _BLOCK_BYTES)
            part = data[at : at + _BLOCK_BYTES - start]
            block = self._blocks[index]
            self._blocks[index] = block[:start] + part + block[start + len(part) :]
            at += len(part)

    def _differing(self) -> Iterator[Chunk]:
        for index, block in enumerate(self._blocks):
            if block is not (self._base[index] if index < len(self._base) else _ZEROS):
                yield index * _BLOCK_BYTES, block


def _own(page_map: PageMap) -> PortablePageMap:
    if not isinstance(page_map, PortablePageMap):
        raise HostInvariantError("A page map was given to a store of another kind.")
    return page_map


def _read(address: int, index: int, expected: bytes) -> bytes:
    """A block of memory; ``expected`` itself where it is the same."""
    start = address + index * _BLOCK_BYTES
    return expected if pages_libc.is_equal(start, expected, _BLOCK_BYTES) else ctypes.string_at(start, _BLOCK_BYTES)
