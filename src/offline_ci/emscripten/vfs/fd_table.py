"""File descriptors."""

from __future__ import annotations

from collections.abc import Iterator

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.ports import Fd
from offline_ci.emscripten.vfs.stream import Stream


class FdTable:
    """Streams by descriptor; a new descriptor is the lowest free one, as POSIX demands.

    Args:
        limit: descriptors are below it (``RLIMIT_NOFILE``).
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.cloexec: set[Fd] = set()
        """Descriptors with ``FD_CLOEXEC``: nothing is ever executed, but programs read it back."""
        self._streams: dict[Fd, Stream] = {}
        self._lowest = 0
        """Invariant: no descriptor below it is free."""

    def get(self, fd: Fd) -> Stream:
        """The stream of a descriptor.

        Raises:
            ErrnoError: EBADF, it is not open.
        """
        try:
            return self._streams[fd]
        except KeyError:
            raise ErrnoError(Errno.EBADF) from None

    def find(self, fd: Fd) -> Stream | None:
        """The stream of a descriptor, or None."""
        return self._streams.get(fd)

    def __len__(self) -> int:
        return len(self._streams)

    def __iter__(self) -> Iterator[tuple[Fd, Stream]]:
        return iter(sorted(self._streams.items()))

    def next_free(self, minimum: Fd = 0) -> Fd:
        """The lowest free descriptor that is not below ``minimum``.

        Raises:
            ErrnoError: EMFILE, there is none below the limit.
        """
        fd = max(self._lowest, minimum)
        while fd in self._streams:
            fd += 1
        if minimum <= self._lowest:
            self._lowest = fd
        if fd >= self.limit:
            raise ErrnoError(Errno.EMFILE)
        return fd

    def install(self, stream: Stream, minimum: Fd = 0, *, cloexec: bool = False) -> Fd:
        """Give a stream the lowest free descriptor; EMFILE as ``next_free``."""
        fd = self.next_free(minimum)
        self._streams[fd] = stream
        stream.acquire()
        if cloexec:
            self.cloexec.add(fd)
        return fd

    def install_at(self, fd: Fd, stream: Stream, *, cloexec: bool = False) -> None:
        """Give a stream a certain descriptor, closing what was there.

        Raises:
            ErrnoError: EBADF, negative or not below the limit.
        """
        if not 0 <= fd < self.limit:
            raise ErrnoError(Errno.EBADF)
        stream.acquire()
        if fd in self._streams:
            self.close(fd)
        self._streams[fd] = stream
        if cloexec:
            self.cloexec.add(fd)

    def close(self, fd: Fd) -> None:
        """Close a descriptor.

        Raises:
            ErrnoError: EBADF, it is not open.
        """
        stream = self._streams.pop(fd, None)
        if stream is None:
            raise ErrnoError(Errno.EBADF)
        self.cloexec.discard(fd)
        self._lowest = min(self._lowest, fd)
        stream.release()
