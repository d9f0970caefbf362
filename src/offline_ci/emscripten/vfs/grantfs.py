"""Input files of the host, readable by name and by nothing else.

The host opened the file; here it is a ``Reader``, so the guest can neither name another file of the host nor write.
"""

from __future__ import annotations

from typing import Protocol

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.node import Backend, RegularFile

_CHUNK_BYTES = 4 << 20


class Reader(Protocol):
    """Random access to a file that the host has opened."""

    @property
    def size(self) -> int:
        """Bytes; it does not change."""
        ...

    def read_at(self, offset: int, n: int) -> bytes:
        """Up to ``n`` bytes; fewer only at the end.

        Raises:
            OSError: the host cannot read; the guest gets EIO.
        """
        ...


class GrantFile(RegularFile):
    """A granted file.

    Args:
        backend: a read-only one.
        ino: inode number.
        reader: its bytes.
        mtime_ns: its time stamps.
        name: absolute path under which it was granted; stays when the guest renames it.
    """

    __slots__ = ("_size", "name", "reader")

    def __init__(self, backend: Backend, ino: int, reader: Reader, mtime_ns: int, name: str) -> None:
        # Not 0444: ``shutil.copy`` copies the mode, and nobody expects a copy that cannot be written.
        super().__init__(backend, ino, fcntl.S_IFREG | 0o644, mtime_ns)
        self.reader = reader
        self.name = name
        self._size = reader.size

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    def read_into(self, target: memoryview, position: int) -> int:
        """See ``Node.read_into``; EIO when the host's file cannot be read any more."""
        n = min(len(target), self._size - position)
        done = 0
        while done < n:
            data = self._read(position + done, min(n - done, _CHUNK_BYTES))
            if not data:
                break  # the host's file became shorter
            target[done : done + len(data)] = data
            done += len(data)
        return done

    def _read(self, offset: int, n: int) -> bytes:
        try:
            data = self.reader.read_at(offset, n)
        except OSError:
            raise ErrnoError(Errno.EIO) from None
        if len(data) > n:
            raise ErrnoError(Errno.EIO)
        return data
