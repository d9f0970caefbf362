"""Pipes: bytes on their way from one descriptor of the guest to another one of the same guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.poll import POLLERR, POLLHUP, READABLE, WRITABLE
from offline_ci.emscripten.vfs.memfs import MemBackend
from offline_ci.emscripten.vfs.node import Node

if TYPE_CHECKING:
    from offline_ci.emscripten.vfs.stream import Stream

# Source: Linux, pipe(7).
CAPACITY_BYTES = 1 << 16
ATOMIC_BYTES = 4096
"""PIPE_BUF: so much is written as a whole or not at all."""


class Pipe(Node):
    """What both ends of a pipe are open on; it has no name, and is gone with its last descriptor.

    Args:
        backend, ino, now_ns: see ``Node``; the bytes in the pipe are charged to its quota.
        pending: bytes that were written, charged, and not read yet.

    Attributes:
        n_readers: open streams that read; 0 means that whoever writes gets EPIPE.
        n_writers: open streams that write; 0 means that whoever reads gets the end of the file.
    """

    __slots__ = ("_pending", "n_readers", "n_writers")
    backend: MemBackend
    dirent_type = fcntl.DT_FIFO
    seekable = False

    def __init__(self, backend: MemBackend, ino: int, now_ns: int, pending: bytes | memoryview = b"") -> None:
        super().__init__(backend, ino, fcntl.S_IFIFO | 0o600, now_ns)
        self._pending = bytearray(pending)
        self.n_readers = self.n_writers = 0

    def touch(self) -> None:
        """Nothing: it is in no directory, so every checkpoint looks at it."""

    def pending(self) -> bytes:
        """What was written and not read yet."""
        return bytes(self._pending)

    def opened(self, stream: Stream) -> None:
        """One more end."""
        self.n_readers += stream.can_read
        self.n_writers += stream.can_write

    def closed(self, stream: Stream) -> None:
        """One end fewer."""
        self.n_readers -= stream.can_read
        self.n_writers -= stream.can_write
        if not self.n_readers and not self.n_writers:
            self.backend.quota.release(len(self._pending))
            self._pending.clear()

    def read_into(self, target: memoryview, position: int) -> int:
        """What there is; EAGAIN where nothing is there and somebody could still write."""
        n = min(len(target), len(self._pending))
        if not n and len(target) and self.n_writers:
            raise ErrnoError(Errno.EAGAIN)
        target[:n] = self._pending[:n]
        del self._pending[:n]
        self.backend.quota.release(n)
        return n

    def write(self, data: memoryview | bytes, position: int) -> int:
        """As much as there is room for; EAGAIN, no room, or not for all of a small piece; and as ``put``."""
        room = max(0, CAPACITY_BYTES - len(self._pending))
        if len(data) and self.n_readers and (not room or room < len(data) <= ATOMIC_BYTES):
            raise ErrnoError(Errno.EAGAIN)
        return self.put(data[:room])

    def put(self, data: memoryview | bytes) -> int:
        """As much as the quota has room for, beyond a pipe's capacity: nobody could empty it while the guest waits.

        Raises:
            ErrnoError: EPIPE, nobody reads; ENOSPC, the quota.
        """
        if not len(data):
            return 0
        if not self.n_readers:
            raise ErrnoError(Errno.EPIPE)
        quota = self.backend.quota
        n = quota.grant(len(data))
        if not n:
            raise ErrnoError(Errno.ENOSPC)
        try:
            self._pending += data[:n]
        except MemoryError:
            raise ErrnoError(Errno.ENOSPC) from None
        quota.charge(n)
        return n

    def poll(self) -> int:
        """Of the end that reads."""
        return (READABLE if self._pending else 0) | (0 if self.n_writers else POLLHUP)

    def poll_writing(self) -> int:
        """Of the end that writes."""
        has_room = CAPACITY_BYTES - len(self._pending) >= ATOMIC_BYTES
        return (WRITABLE if has_room else 0) | (0 if self.n_readers else POLLERR)
