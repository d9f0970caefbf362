"""poll, and with it select."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.poll import POLLERR, POLLHUP, POLLNVAL
from offline_ci.emscripten.registry import syscall

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_SLICE_S = 0.02  # how soon a signal ends the waiting


@syscall("poll", "ipii", note="files and devices are always ready; waiting for a pipe ends with the time-out")
def sys_poll(host: Host, fds_ptr: int, n: int, timeout_ms: int) -> int:
    """How many descriptors are ready, waiting up to ``timeout_ms`` (negative: without end) until one is.

    Nobody can make a descriptor ready while the guest waits, except a signal, so this is a sleep.

    Raises:
        ErrnoError: EINVAL, more descriptors than can be open; EINTR, a signal came; EFAULT.
    """
    if not 0 <= n <= host.fs.fds.limit:
        raise ErrnoError(Errno.EINVAL)
    ready = _scan(host, fds_ptr, n)
    if ready or not timeout_ms:
        return ready
    deadline = time.monotonic() + timeout_ms / 1000.0 if timeout_ms > 0 else None
    while True:
        left = _SLICE_S if deadline is None else deadline - time.monotonic()
        if left <= 0:
            return 0
        host.sleep(min(left, _SLICE_S))
        if host.has_signal():
            raise ErrnoError(Errno.EINTR)


def _scan(host: Host, fds_ptr: int, n: int) -> int:
    memory, size, ready = host.memory, structs.POLLFD.size, 0
    memory.view(fds_ptr, n * size)
    for ptr in range(fds_ptr, fds_ptr + n * size, size):
        fd, events, _ = memory.unpack(structs.POLLFD, ptr)
        found = 0
        if fd >= 0:
            stream = host.fs.fds.find(fd)
            found = POLLNVAL if stream is None else stream.poll() & (events | POLLERR | POLLHUP)
        ready += found != 0
        memory.pack(structs.POLLFD, ptr, fd, events, found)
    return ready
