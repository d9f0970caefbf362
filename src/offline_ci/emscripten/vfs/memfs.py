"""Files in the host's memory, charged against a quota before a byte is allocated."""

from __future__ import annotations

from collections.abc import Callable

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.node import Backend, Directory, RegularFile, Symlink
from offline_ci.emscripten.vfs.quota import MAX_FILE_BYTES, Quota

_ZEROS = bytes(1 << 20)


class MemBackend(Backend):
    """The one writable back end of a file system.

    Args:
        dev: device number.
        quota: what it may use.
        now_ns: the guest's time of day.
    """

    def __init__(self, dev: int, quota: Quota, now_ns: Callable[[], int]) -> None:
        super().__init__(dev, read_only=False)
        self.quota = quota
        self.now_ns = now_ns
        self.generation = 0
        """Rises with every change; a node remembers the value of its own last one."""
        self._last_ino = 0

    def next_ino(self) -> int:
        """A fresh inode number."""
        self._last_ino += 1
        return self._last_ino

    def next_generation(self) -> int:
        """Count a change."""
        self.generation += 1
        return self.generation

    def new_file(self, permissions: int) -> MemFile:
        """An empty file without a name; ENOSPC when there are too many."""
        self.quota.charge_file()
        return MemFile(self, fcntl.S_IFREG | permissions)

    def new_directory(self, permissions: int, parent: Directory | None, name: str) -> MemDirectory:
        """An empty directory, not yet in its parent; ENOSPC when there are too many."""
        self.quota.charge_file()
        return MemDirectory(self, fcntl.S_IFDIR | permissions, parent, name)

    def new_symlink(self, target: str) -> MemSymlink:
        """A link without a name; its target counts as contents. ENOSPC."""
        n_bytes = len(target.encode("utf-8", "surrogateescape"))
        self.quota.charge(n_bytes)
        try:
            self.quota.charge_file()
        except ErrnoError:
            self.quota.release(n_bytes)
            raise
        return MemSymlink(self, target)


class MemFile(RegularFile):
    """A file whose bytes are a ``bytearray``; gaps are stored as zeros and charged."""

    __slots__ = ("data", "generation", "open_count")

    backend: MemBackend

    def __init__(self, backend: MemBackend, mode: int) -> None:
        super().__init__(backend, backend.next_ino(), mode, backend.now_ns())
        self.data = bytearray()
        self.generation = backend.next_generation()
        self.open_count = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    def _changed(self) -> None:
        self.generation = self.backend.next_generation()
        self.mtime_ns = self.ctime_ns = self.backend.now_ns()

    def read_into(self, target: memoryview, position: int) -> int:
        """See ``Node.read_into``."""
        n = min(len(target), len(self.data) - position)
        if n <= 0:
            return 0
        # a memoryview saves a copy, and is gone before anybody can resize the bytearray under it
        target[:n] = memoryview(self.data)[position : position + n]
        return n

    def write(self, data: memoryview | bytes, position: int) -> int:
        """See ``Node.write``; a write that does not fit is taken as far as it does, as POSIX has it."""
        n = len(data)
        if not n:
            return 0
        size = len(self.data)
        growth = position + n - size
        if growth > 0:
            if position >= MAX_FILE_BYTES:
                raise ErrnoError(Errno.EFBIG)
            shortfall = growth - self.backend.quota.grant(growth)
            if shortfall >= n:
                raise ErrnoError(Errno.ENOSPC)
            if shortfall:
                n -= shortfall
                data = data[:n]
        buffer = self.data
        if position < size:
            overlap = min(n, size - position)
            memoryview(buffer)[position : position + overlap] = data[:overlap]
            if overlap < n:
                self._append(buffer, data[overlap:])
        else:
            self._extend(buffer, position - size)
            self._append(buffer, data)
        self._changed()
        return n

    def truncate(self, size: int) -> None:
        """See ``Node.truncate``."""
        old = len(self.data)
        if size > old:
            if size > MAX_FILE_BYTES:
                raise ErrnoError(Errno.EFBIG)
            self.backend.quota.check(size - old)
            self._extend(self.data, size - old)
        elif size < old:
            del self.data[size:]
            self.backend.quota.release(old - size)
        self._changed()

    def _append(self, buffer: bytearray, data: memoryview | bytes) -> None:
        try:
            buffer += data
        except MemoryError:
            raise ErrnoError(Errno.ENOSPC) from None
        self.backend.quota.charge(len(data))

    def _extend(self, buffer: bytearray, n_zeros: int) -> None:
        while n_zeros:
            step = min(n_zeros, len(_ZEROS))
            self._append(buffer, _ZEROS[:step])
            n_zeros -= step

    def opened(self) -> None:
        """An open file outlives its last name."""
        self.open_count += 1

    def closed(self) -> None:
        """See ``unlinked``."""
        self.open_count -= 1
        self._free_if_unused()

    def unlinked(self) -> None:
        """Its last name is gone; the bytes go with the last stream."""
        self.nlink = 0
        self.ctime_ns = self.backend.now_ns()
        self._free_if_unused()

    def _free_if_unused(self) -> None:
        if not self.nlink and not self.open_count:
            self.backend.quota.release(len(self.data))
            self.backend.quota.release_file()
            self.data = bytearray()


class MemDirectory(Directory):
    """A directory whose children are all in its table."""

    __slots__ = ("generation",)

    backend: MemBackend

    def __init__(self, backend: MemBackend, mode: int, parent: Directory | None, name: str) -> None:
        super().__init__(backend, backend.next_ino(), mode, backend.now_ns(), parent, name)
        self.generation = backend.next_generation()

    def changed(self) -> None:
        """A name was added or removed."""
        self.mtime_ns = self.ctime_ns = self.backend.now_ns()


class MemSymlink(Symlink):
    """A symbolic link made by the guest."""

    __slots__ = ("generation",)

    backend: MemBackend

    def __init__(self, backend: MemBackend, target: str) -> None:
        super().__init__(backend, backend.next_ino(), target, backend.now_ns())
        self.generation = backend.next_generation()
