"""Bytes of checkpoints in anonymous files, in slots of one page.

A slot is written once and then read and mapped by many. It is free again when no run that is still needed names it:
``sweep`` finds that out by asking for all of them, now and then, instead of counting at each change.
"""

from __future__ import annotations

import heapq
import os
import re
import weakref
from collections.abc import Iterable, Iterator, Sequence
from errno import ENOMEM, ENOSPC
from typing import NamedTuple

from offline_ci.errors import SandboxError
from offline_ci.snapshot import pages_libc
from offline_ci.snapshot.pages import CHUNK_BYTES, PAGE_BYTES, Span

_VIEW_BYTES = 1 << 36
"""Address space of a log, of which only what is written costs anything."""
_IOV_MAX = 1024
_WORTH_PUNCHING = 16
"""Slots; a smaller hole costs a system call and is used again soon."""
_FREE = re.compile(rb"\0+")


class Run(NamedTuple):
    """Neighbouring pages of memory that lie in neighbouring slots.

    Attributes:
        first: page of memory.
        n: how many.
        slot: of the first page.
        log: where.
    """

    first: int
    n: int
    slot: int
    log: Log

    @property
    def end(self) -> int:
        """The page after the last."""
        return self.first + self.n

    @property
    def address(self) -> int:
        """Where its bytes can be read in this process."""
        return self.log.address + self.slot * PAGE_BYTES

    def part(self, first: int, end: int) -> Run:
        """Some of its pages."""
        return Run(first, end - first, self.slot + first - self.first, self.log)

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """Its bytes, see ``pages.Chunk``."""
        for done in range(0, self.n * PAGE_BYTES, CHUNK_BYTES):
            size = min(CHUNK_BYTES, self.n * PAGE_BYTES - done)
            yield self.first * PAGE_BYTES + done, os.pread(self.log.fd, size, self.slot * PAGE_BYTES + done)


class Log:
    """One anonymous file. Not for two threads at once, except for reading.

    Args:
        spare: so many free slots keep their memory: writing them again costs a third of writing new ones.

    Attributes:
        fd: its descriptor.
        address: where the file is mapped, read-only.
    """

    def __init__(self, spare: int) -> None:
        self._spare = spare
        self.fd = os.memfd_create("offline-ci-pages", os.MFD_CLOEXEC)
        self.address = pages_libc.map_view(self.fd, _VIEW_BYTES)
        self._end = 0
        self._free: list[tuple[int, int]] = []  # heap of (-size, slot)
        self._taken = 0
        self._sweep_at = spare
        weakref.finalize(self, _close, self.fd, self.address).atexit = False

    @property
    def wants_sweep(self) -> bool:
        """As much was written since the last sweep as was in use then."""
        return self._taken >= self._sweep_at

    def write(self, memory: memoryview, spans: Sequence[Span]) -> list[Run]:
        """Store pieces of memory.

        Raises:
            SandboxError: there is no memory left; nothing that is in use was changed.
        """
        runs = [Run(first, end - first, slot, self) for first, end, slot in self._place(spans)]
        for batch in _batches(runs):
            pieces = [memory[run.first * PAGE_BYTES : run.end * PAGE_BYTES] for run in batch]
            _write_all(self.fd, pieces, batch[0].slot * PAGE_BYTES)
        return runs

    def append(self, first: int, data: bytes) -> Run:
        """Store bytes of whole pages behind everything else; zeros take no memory.

        Raises:
            SandboxError: there is no memory left.
        """
        run = Run(first, len(data) // PAGE_BYTES, self._end, self)
        self._end += run.n
        if data == bytes(len(data)):
            os.ftruncate(self.fd, self._end * PAGE_BYTES)
        else:
            _write_all(self.fd, [memoryview(data)], run.slot * PAGE_BYTES)
        return run

    def _place(self, spans: Sequence[Span]) -> Iterator[tuple[int, int, int]]:
        """Each span with its slot, neighbours in neighbouring slots where that can be: one system call writes them."""
        left = sum(end - first for first, end in spans)
        slot = room = 0
        for first, end in spans:
            n = end - first
            if room < n:
                self._put_back(slot, room)
                slot, room = self._take(n, left)
            yield first, end, slot
            slot, room, left = slot + n, room - n, left - n
        self._put_back(slot, room)

    def _take(self, least: int, most: int) -> tuple[int, int]:
        """The largest free piece if it has ``least`` slots, else ``most`` slots at the end: first slot, size."""
        if self._free and -self._free[0][0] >= least:
            size, slot = heapq.heappop(self._free)
            self._taken -= size
            return slot, -size
        slot = self._end
        if (slot + most) * PAGE_BYTES > _VIEW_BYTES:
            raise SandboxError(
                "The checkpoints of this session are larger than 64 GiB.", hint="Keep fewer of them, or start afresh."
            )
        self._end += most
        self._taken += most
        return slot, most

    def _put_back(self, slot: int, n: int) -> None:
        if n:
            heapq.heappush(self._free, (-n, slot))
            self._taken -= n

    def sweep(self, needed: Iterable[Run]) -> None:
        """Make slots free that no needed run names, and give back memory beyond a reserve."""
        flags = bytearray(self._end)
        for run in needed:
            if run.log is self:
                flags[run.slot : run.slot + run.n] = b"\1" * run.n
        self._free = [(start - end, start) for start, end in (match.span() for match in _FREE.finditer(flags))]
        heapq.heapify(self._free)
        reserve = self._spare
        for size, slot in self._free:
            if reserve < -size and -size >= _WORTH_PUNCHING:
                first = slot + reserve
                pages_libc.punch_hole(self.fd, first * PAGE_BYTES, (slot - size - first) * PAGE_BYTES)
            reserve = max(0, reserve + size)
        self._taken = 0
        self._sweep_at = max(self._spare, flags.count(1))


def _batches(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs that one system call can write, since their slots are neighbours."""
    batch: list[Run] = []
    for run in runs:
        if batch and (len(batch) == _IOV_MAX or batch[-1].slot + batch[-1].n != run.slot):
            yield batch
            batch = []
        batch.append(run)
    if batch:
        yield batch


def _write_all(fd: int, buffers: list[memoryview], offset: int) -> None:
    """Write everything, also where the kernel takes less at a time.

    Raises:
        SandboxError: there is no memory left.
    """
    try:
        while buffers:
            written = os.pwritev(fd, buffers, offset)
            offset += written
            while buffers and written >= len(buffers[0]):
                written -= len(buffers.pop(0))
            if buffers:
                buffers[0] = buffers[0][written:]
    except OSError as error:
        if error.errno in {ENOMEM, ENOSPC}:
            raise SandboxError(
                "This machine has no memory left for a checkpoint of the sandbox.",
                hint="Close other programs or sandboxes, or hold less data in the session.",
            ) from error
        raise


def _close(fd: int, address: int) -> None:
    pages_libc.unmap(address, _VIEW_BYTES)
    os.close(fd)
