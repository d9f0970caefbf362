"""Open file descriptions."""

from __future__ import annotations

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.node import CharDevice, Node
from offline_ci.emscripten.vfs.pipefs import Pipe

_OPENING_FLAGS = fcntl.O_CREAT | fcntl.O_EXCL | fcntl.O_NOCTTY | fcntl.O_TRUNC | fcntl.O_CLOEXEC
MAX_POSITION = (1 << 63) - 1


class Stream:
    """An open file description: descriptors made by dup share it, and with it the position and the flags.

    Attributes:
        node: what is open.
        flags: as given to open, without those that only matter then; fcntl changes ``O_APPEND`` and ``O_NONBLOCK``.
        position: where the next read or write starts; for a directory, the next entry's number.
        refs: descriptors and mappings that use it.
        listing: a directory's names, as they were when the listing began; looked up again one by one, so that only
            names are kept.
    """

    __slots__ = ("can_read", "can_write", "flags", "listing", "node", "position", "refs")

    def __init__(self, node: Node, flags: int) -> None:
        access = flags & fcntl.ACCESS_MODE
        usable = not flags & fcntl.O_PATH
        self.node = node
        self.flags = flags & ~_OPENING_FLAGS
        self.position = 0
        self.refs = 0
        self.listing: tuple[str, ...] | None = None
        self.can_read = usable and access != fcntl.O_WRONLY
        self.can_write = usable and access != fcntl.O_RDONLY

    def read_into(self, target: memoryview) -> int:
        """Read at the position and advance it.

        Raises:
            ErrnoError: EBADF, not open for reading; EISDIR; EDEADLK, an empty pipe that the guest would wait for,
                though while it waits nobody could write; and what the node raises.
        """
        if not self.can_read:
            raise ErrnoError(Errno.EBADF)
        try:
            n = self.node.read_into(target, self.position)
        except ErrnoError as error:
            if error.errno is Errno.EAGAIN and isinstance(self.node, Pipe) and self._waits():
                raise ErrnoError(Errno.EDEADLK) from None
            raise
        self.position += n
        return n

    def write(self, data: memoryview | bytes) -> int:
        """Write at the position (``O_APPEND``: at the end) and advance it.

        Raises:
            ErrnoError: EBADF, not open for writing; and what the node raises.
        """
        if not self.can_write:
            raise ErrnoError(Errno.EBADF)
        if self.flags & fcntl.O_APPEND:
            self.position = self.node.size
        n = (
            self.node.put(data)
            if isinstance(self.node, Pipe) and self._waits()
            else self.node.write(data, self.position)
        )
        self.position += n
        return n

    def _waits(self) -> bool:
        return not self.flags & fcntl.O_NONBLOCK

    def poll(self) -> int:
        """Events that would not block, as ``POLL*`` bits."""
        return self.node.poll_writing() if isinstance(self.node, Pipe) and self.can_write else self.node.poll()

    def check_positioned(self, position: int, *, writing: bool) -> None:
        """Whether pread or pwrite may run at ``position``.

        Raises:
            ErrnoError: EINVAL, negative; EBADF, wrong access mode; ESPIPE, the node has no positions.
        """
        if position < 0:
            raise ErrnoError(Errno.EINVAL)
        if not (self.can_write if writing else self.can_read):
            raise ErrnoError(Errno.EBADF)
        if not self.node.seekable:
            raise ErrnoError(Errno.ESPIPE)

    def seek(self, offset: int, whence: int) -> int:
        """Move the position; the new one.

        Raises:
            ErrnoError: EBADF, an ``O_PATH`` stream; ESPIPE; EINVAL, unknown ``whence`` or a negative result;
                EOVERFLOW, beyond a 64-bit offset.
        """
        if self.flags & fcntl.O_PATH:
            raise ErrnoError(Errno.EBADF)
        if not self.node.seekable:
            raise ErrnoError(Errno.ESPIPE)
        if isinstance(self.node, CharDevice):
            return 0
        if whence == fcntl.SEEK_SET:
            position = offset
        elif whence == fcntl.SEEK_CUR:
            position = self.position + offset
        elif whence == fcntl.SEEK_END:
            position = self.node.size + offset
        else:
            raise ErrnoError(Errno.EINVAL)
        if position < 0:
            raise ErrnoError(Errno.EINVAL)
        if position > MAX_POSITION:
            raise ErrnoError(Errno.EOVERFLOW)
        self.position = position
        if position == 0:
            self.listing = None
        return position

    def acquire(self) -> None:
        """One more descriptor or mapping uses it."""
        self.refs += 1

    def release(self) -> None:
        """One fewer; the last one closes the node."""
        self.refs -= 1
        if not self.refs:
            self.node.closed(self)
