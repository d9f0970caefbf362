"""Devices: null, zero, full, random, the standard streams, and a channel to the host."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.poll import READABLE, WRITABLE
from offline_ci.emscripten.vfs.node import Backend, CharDevice

CHUNK_BYTES = 1 << 20
"""Devices copy guest memory in pieces of this, however much the guest hands over at once."""
_ZEROS = bytes(CHUNK_BYTES)


def makedev(major: int, minor: int) -> int:
    """A small ``dev_t``."""
    return major << 8 | minor


class NullDevice(CharDevice):
    """/dev/null. As on Linux it can be read and written at any position, and is always at the first."""

    __slots__ = ()
    seekable = True

    def read_into(self, target: memoryview, position: int) -> int:
        """End of file."""
        return 0

    def write(self, data: memoryview | bytes, position: int) -> int:
        """Taken and forgotten."""
        return len(data)


class ZeroDevice(NullDevice):
    """/dev/zero."""

    __slots__ = ()

    def read_into(self, target: memoryview, position: int) -> int:
        """Zeros; at most ``CHUNK_BYTES`` at a time, as a short read."""
        n = min(len(target), CHUNK_BYTES)
        target[:n] = _ZEROS[:n]
        return n


class FullDevice(ZeroDevice):
    """/dev/full."""

    __slots__ = ()

    def write(self, data: memoryview | bytes, position: int) -> int:
        """ENOSPC."""
        raise ErrnoError(Errno.ENOSPC)


class RandomDevice(NullDevice):
    """/dev/random and /dev/urandom.

    Args:
        backend, ino, rdev, now_ns: see ``CharDevice``.
        entropy: random bytes, as many as asked for.
    """

    __slots__ = ("_entropy",)

    def __init__(self, backend: Backend, ino: int, rdev: int, now_ns: int, entropy: Callable[[int], bytes]) -> None:
        super().__init__(backend, ino, rdev, now_ns)
        self._entropy = entropy

    def read_into(self, target: memoryview, position: int) -> int:
        """Random bytes; at most ``CHUNK_BYTES`` at a time, as a short read."""
        n = min(len(target), CHUNK_BYTES)
        target[:n] = self._entropy(n)
        return n


class ConsoleDevice(CharDevice):
    """A standard stream.

    Args:
        backend, ino, rdev, now_ns: see ``CharDevice``.
        on_write: gets what the guest writes, as it comes.
        read_line: the next line of input with its newline, empty at the end; None where there is no input.
    """

    __slots__ = ("_on_write", "_pending", "_read_line")

    def __init__(
        self,
        backend: Backend,
        ino: int,
        rdev: int,
        now_ns: int,
        *,
        on_write: Callable[[bytes], None] | None = None,
        read_line: Callable[[], bytes] | None = None,
    ) -> None:
        super().__init__(backend, ino, rdev, now_ns, permissions=0o620)
        self._on_write = on_write
        self._read_line = read_line
        self._pending = memoryview(b"")

    def pending(self) -> tuple[bytes, ...]:
        """What is left of the last line."""
        return (bytes(self._pending),) if self._pending else ()

    def set_pending(self, pieces: tuple[bytes, ...]) -> None:
        """See ``CharDevice.set_pending``."""
        self._pending = memoryview(b"".join(pieces))

    def read_into(self, target: memoryview, position: int) -> int:
        """What is left of the last line, or the next one."""
        if not self._pending and self._read_line is not None:
            self._pending = memoryview(self._read_line())
        chunk, self._pending = self._pending[: len(target)], self._pending[len(target) :]
        target[: len(chunk)] = chunk
        return len(chunk)

    def write(self, data: memoryview | bytes, position: int) -> int:
        """Hand over to the host, in pieces of ``CHUNK_BYTES``."""
        if self._on_write is not None:
            for start in range(0, len(data), CHUNK_BYTES):
                self._on_write(bytes(data[start : start + CHUNK_BYTES]))
        return len(data)


class ConsoleTty(ConsoleDevice):
    """A standard stream that is a terminal."""

    __slots__ = ()
    is_tty = True


class ChannelDevice(CharDevice):
    """A message stream between the guest and the host; it has no name, only a descriptor.

    Args:
        backend, ino, now_ns: see ``CharDevice``.
        on_write: gets what the guest writes, as it comes; a large write comes in several pieces.
    """

    __slots__ = ("_on_write", "_queue")

    def __init__(self, backend: Backend, ino: int, now_ns: int, on_write: Callable[[bytes], None]) -> None:
        super().__init__(backend, ino, makedev(10, 1), now_ns, permissions=0o600)
        self._on_write = on_write
        self._queue: deque[memoryview] = deque()

    def push(self, data: bytes) -> None:
        """Queue bytes for the guest to read."""
        if data:
            self._queue.append(memoryview(data))

    def pending(self) -> tuple[bytes, ...]:
        """The queue."""
        return tuple(map(bytes, self._queue))

    def set_pending(self, pieces: tuple[bytes, ...]) -> None:
        """See ``CharDevice.set_pending``."""
        self._queue = deque(memoryview(piece) for piece in pieces)

    def read_into(self, target: memoryview, position: int) -> int:
        """As much of the first piece as fits; EAGAIN where none is queued, since waiting could never end."""
        if not self._queue:
            raise ErrnoError(Errno.EAGAIN)
        piece = self._queue.popleft()
        n = min(len(target), len(piece))
        target[:n] = piece[:n]
        if n < len(piece):
            self._queue.appendleft(piece[n:])
        return n

    def write(self, data: memoryview | bytes, position: int) -> int:
        """Hand over to the host; at most ``CHUNK_BYTES`` at a time, as a short write."""
        piece = bytes(data[:CHUNK_BYTES])
        self._on_write(piece)
        return len(piece)

    def poll(self) -> int:
        """Readable while something is queued."""
        return WRITABLE | (READABLE if self._queue else 0)
