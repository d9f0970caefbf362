"""Files in the host's memory, charged against a quota before a byte is allocated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.contents import ChunkedFile
from offline_ci.emscripten.vfs.node import Backend, Directory, Node, Symlink
from offline_ci.emscripten.vfs.quota import MAX_FILE_BYTES, Quota

if TYPE_CHECKING:
    from offline_ci.emscripten.vfs.stream import Stream

_NS_PER_US = 1000


class MemBackend(Backend):
    """The one writable back end of a file system.

    Args:
        dev: device number.
        quota: what it may use.
        now_ns: the guest's time of day.
    """

    def __init__(self, dev: int, quota: Quota, now_ns: Callable[[], int]) -> None:
        super().__init__(dev, read_only=False)
        self.next_ino = self.journal.next_ino
        self.quota = quota
        self._now_ns = now_ns
        self.generation = 0
        """Rises with every change; a node remembers the value of its own last one."""

    def now_ns(self) -> int:
        """The time for a stamp, in whole microseconds.

        That is all that the guest's ``os.utime`` can set, since Pyodide's CPython has no ``utimensat``. A copy that is
        to keep a finer stamp, of ``shutil.copy2`` or of an archive, would have another one.
        """
        return self._now_ns() // _NS_PER_US * _NS_PER_US

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


class MemFile(ChunkedFile):
    """A file; gaps are stored as zeros and charged."""

    __slots__ = ("generation", "open_count")

    backend: MemBackend

    def __init__(self, backend: MemBackend, mode: int) -> None:
        super().__init__(backend, backend.next_ino(), mode, backend.now_ns())
        self.generation = backend.next_generation()
        self.open_count = 0

    @classmethod
    def thaw(cls, backend: MemBackend, ino: int, mode: int, generation: int) -> MemFile:
        """An empty file as it was in a checkpoint; times and contents are still to come."""
        node = cls.__new__(cls)
        ChunkedFile.__init__(node, backend, ino, mode, 0)
        node.generation, node.open_count = generation, 0
        return node

    def _changed(self, size_before: int) -> None:
        """Note a change of the contents, also of a part of what was asked, and charge what they grew by."""
        backend = self.backend
        backend.quota.used_bytes += self._size - size_before
        backend.generation = self.generation = backend.generation + 1
        self.mtime_ns = self.ctime_ns = backend.now_ns()
        if self.nlink:  # as ``touch``: each small write comes by here
            backend.journal.changed[self.ino] = self

    def write(self, data: memoryview | bytes, position: int) -> int:
        """See ``Node.write``; a write that does not fit is taken as far as it does, as POSIX has it."""
        n = len(data)
        if not n:
            return 0
        before = self._size
        growth = position + n - before
        if growth > 0:
            if position >= MAX_FILE_BYTES:
                raise ErrnoError(Errno.EFBIG)
            shortfall = growth - self.backend.quota.grant(growth)
            if shortfall >= n:
                raise ErrnoError(Errno.ENOSPC)
            if shortfall:
                n -= shortfall
                data = data[:n]
        try:
            self.write_contents(data, position)
        except MemoryError:
            raise ErrnoError(Errno.ENOSPC) from None
        finally:
            self._changed(before)
        return n

    def truncate(self, size: int) -> None:
        """See ``Node.truncate``."""
        before = self._size
        if size > before:
            if size > MAX_FILE_BYTES:
                raise ErrnoError(Errno.EFBIG)
            self.backend.quota.check(size - before)
        try:
            self.resize_contents(size)
        except MemoryError:
            raise ErrnoError(Errno.ENOSPC) from None
        finally:
            self._changed(before)

    def opened(self, stream: Stream) -> None:
        """An open file outlives its last name."""
        self.open_count += 1

    def closed(self, stream: Stream) -> None:
        """See ``unlinked``."""
        self.open_count -= 1
        self._free_if_unused()

    def unlinked(self) -> None:
        """Its last name is gone; the bytes go with the last stream."""
        self.lose_name()
        self.ctime_ns = self.backend.now_ns()
        self._free_if_unused()

    def _free_if_unused(self) -> None:
        if not self.nlink and not self.open_count:
            self.backend.quota.release(self._size)
            self.backend.quota.release_file()
            self.thaw_contents(0, ())


class MemDirectory(Directory):
    """A directory whose children are all in its table."""

    __slots__ = ("generation",)

    backend: MemBackend

    def __init__(self, backend: MemBackend, mode: int, parent: Directory | None, name: str) -> None:
        super().__init__(backend, backend.next_ino(), mode, backend.now_ns(), parent, name)
        self.generation = backend.next_generation()

    @classmethod
    def thaw(cls, backend: MemBackend, ino: int, mode: int, generation: int) -> MemDirectory:
        """An empty directory as it was in a checkpoint; times, children and parent are still to come."""
        node = cls.__new__(cls)
        Directory.__init__(node, backend, ino, mode, 0, None, "")
        node.generation = generation
        return node

    def add(self, name: str, node: Node) -> None:
        """Give a node its name, in the place of what had it."""
        self.children[name] = node
        self._changed()
        node.touch()

    def discard(self, name: str) -> None:
        """Take a name away; what it means for the node is the caller's."""
        del self.children[name]
        self._changed()

    def _changed(self) -> None:
        self.mtime_ns = self.ctime_ns = self.backend.now_ns()
        self.touch()


class MemSymlink(Symlink):
    """A symbolic link made by the guest."""

    __slots__ = ("generation",)

    backend: MemBackend

    def __init__(self, backend: MemBackend, target: str) -> None:
        super().__init__(backend, backend.next_ino(), target, backend.now_ns())
        self.generation = backend.next_generation()

    @classmethod
    def thaw(cls, backend: MemBackend, ino: int, target: str, generation: int) -> MemSymlink:
        """A link as it was in a checkpoint; times are still to come."""
        node = cls.__new__(cls)
        Symlink.__init__(node, backend, ino, target, 0)
        node.generation = generation
        return node
