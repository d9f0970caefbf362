"""Files, directories, links and devices, whatever holds their bytes.

A node belongs to a back end (its device number); a directory's children may belong to another one, which is how back
ends are mounted: the child is simply put into the parent's table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.poll import READABLE, WRITABLE

if TYPE_CHECKING:
    from offline_ci.emscripten.vfs.stream import Stream

BLOCK_BYTES = 4096


class Journal:
    """The nodes that have a name and that changed since the last checkpoint.

    Attributes:
        changed: by inode number; None for those that lost their name.
        known_ino: the highest inode number that the last checkpoint can know. Nodes that came and went since are not
            noted, so that the journal does not grow with all files that ever were.
        last_ino: the highest one in use.
    """

    def __init__(self) -> None:
        self.changed: dict[int, Node | None] = {}
        self.known_ino = self.last_ino = 0

    def next_ino(self) -> int:
        """A fresh inode number."""
        self.last_ino += 1
        return self.last_ino

    def start_over(self) -> None:
        """A checkpoint knows everything now."""
        self.changed.clear()
        self.known_ino = self.last_ino


class Backend:
    """What the nodes of one device share.

    Args:
        dev: device number, ``st_dev``.
        read_only: nothing of it can be changed; the attempt gets EROFS.
        journal: where changes are noted, for checkpoints; its own if None.
    """

    def __init__(self, dev: int, *, read_only: bool, journal: Journal | None = None) -> None:
        self.dev = dev
        self.read_only = read_only
        self.journal = journal or Journal()


class Node:
    """Anything that has an inode.

    Attributes:
        backend: where it lives.
        ino: inode number, unique in its back end.
        mode: type and permission bits.
        nlink: names it has; 0 once it is unlinked. Directories have 1, as on btrfs.
        rdev: device number of a character device.
        mtime_ns: and ``atime_ns``, ``ctime_ns``: nanoseconds since 1970.
    """

    __slots__ = ("atime_ns", "backend", "ctime_ns", "ino", "mode", "mtime_ns", "nlink", "rdev")

    dirent_type: ClassVar[int]
    seekable: ClassVar[bool] = True

    def __init__(self, backend: Backend, ino: int, mode: int, now_ns: int) -> None:
        self.backend = backend
        self.ino = ino
        self.mode = mode
        self.nlink = 1
        self.rdev = 0
        self.atime_ns = self.mtime_ns = self.ctime_ns = now_ns

    def touch(self) -> None:
        """Note that it changed; nodes without a name are looked at by every checkpoint anyway."""
        if self.nlink:
            self.backend.journal.changed[self.ino] = self

    def lose_name(self) -> None:
        """Its last name is gone."""
        self.nlink = 0
        journal = self.backend.journal
        if self.ino > journal.known_ino:
            journal.changed.pop(self.ino, None)
        else:
            journal.changed[self.ino] = None

    @property
    def size(self) -> int:
        """``st_size``; 0 where a node has no length."""
        return 0

    def read_into(self, target: memoryview, position: int) -> int:
        """Fill ``target`` with bytes from ``position`` on; how many there were, 0 at the end.

        Raises:
            ErrnoError: EINVAL, this kind of node is not read.
        """
        raise ErrnoError(Errno.EINVAL)

    def write(self, data: memoryview | bytes, position: int) -> int:
        """Write at ``position``; how many bytes were taken.

        Raises:
            ErrnoError: EINVAL, this kind of node is not written; ENOSPC, EFBIG.
        """
        raise ErrnoError(Errno.EINVAL)

    def truncate(self, size: int) -> None:
        """Set the size, with zeros where it grows.

        Raises:
            ErrnoError: EINVAL, this is not a regular file; ENOSPC, EFBIG.
        """
        raise ErrnoError(Errno.EINVAL)

    def poll(self) -> int:
        """Events that would not block, as ``POLL*`` bits; regular files never block."""
        return READABLE | WRITABLE

    def opened(self, stream: Stream) -> None:
        """A stream on it was made."""

    def closed(self, stream: Stream) -> None:
        """The last descriptor of a stream on it was closed."""


class RegularFile(Node):
    """A file; back ends implement ``size`` and ``read_into``, writable ones ``write`` and ``truncate`` too."""

    __slots__ = ()
    dirent_type = fcntl.DT_REG


class Symlink(Node):
    """A symbolic link.

    Attributes:
        target: the path it stands for, as written.
    """

    __slots__ = ("target",)
    dirent_type = fcntl.DT_LNK

    def __init__(self, backend: Backend, ino: int, target: str, now_ns: int) -> None:
        super().__init__(backend, ino, fcntl.S_IFLNK | 0o777, now_ns)
        self.target = target

    @property
    def size(self) -> int:
        """Bytes of the target."""
        return len(self.target.encode("utf-8", "surrogateescape"))


class CharDevice(Node):
    """A character device: a stream of bytes without positions."""

    __slots__ = ()
    dirent_type = fcntl.DT_CHR
    seekable = False
    is_tty: ClassVar[bool] = False

    def __init__(self, backend: Backend, ino: int, rdev: int, now_ns: int, permissions: int = 0o666) -> None:
        super().__init__(backend, ino, fcntl.S_IFCHR | permissions, now_ns)
        self.rdev = rdev

    def pending(self) -> tuple[bytes, ...]:
        """Input that the guest has not read yet, in the pieces in which it will."""
        return ()

    def set_pending(self, pieces: tuple[bytes, ...]) -> None:
        """Have this input waiting, and none else."""

    def truncate(self, size: int) -> None:
        """``open(…, O_TRUNC)`` and ftruncate do nothing to a device."""


class Directory(Node):
    """A directory.

    Attributes:
        children: nodes by name; a back end that makes nodes on demand may lack some, so ask ``find``.
        parent: the directory it is in, itself for the root.
        name: its name there.
        is_mount: it is the root of a mount, which cannot be removed or renamed.
    """

    __slots__ = ("children", "is_mount", "name", "parent")
    dirent_type = fcntl.DT_DIR

    def __init__(self, backend: Backend, ino: int, mode: int, now_ns: int, parent: Directory | None, name: str) -> None:
        super().__init__(backend, ino, mode, now_ns)
        self.children: dict[str, Node] = {}
        self.parent = self if parent is None else parent
        self.name = name
        self.is_mount = False

    @property
    def size(self) -> int:
        """Always one block."""
        return BLOCK_BYTES

    def read_into(self, target: memoryview, position: int) -> int:
        """EISDIR."""
        raise ErrnoError(Errno.EISDIR)

    def find(self, name: str) -> Node | None:
        """The child of that name, or None."""
        return self.children.get(name)

    def names(self) -> list[str]:
        """The children's names."""
        return list(self.children)

    def is_empty(self) -> bool:
        """Whether it has no children."""
        return not self.children

    def is_ancestor_of(self, other: Directory) -> bool:
        """Whether ``other`` is this directory or below it."""
        while other is not self:
            if other.parent is other:
                return False
            other = other.parent
        return True

    def path(self) -> str:
        """Its absolute path."""
        parts: list[str] = []
        directory = self
        while directory.parent is not directory:
            parts.append(directory.name)
            directory = directory.parent
        return "/" + "/".join(reversed(parts))
