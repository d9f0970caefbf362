"""WASI preview 1, the part of it that Emscripten's libc uses. Source: emscripten 5.0.3 ``src/lib/libwasi.js``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi import wasi as abi
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Support, wasi
from offline_ci.emscripten.unwind import GuestExit
from offline_ci.emscripten.vfs.node import CharDevice, Directory, RegularFile

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_CLOCK_RESOLUTION_NS = 1
_ENTROPY_CHUNK_BYTES = 1 << 20

# --- reading and writing


def _transfer(
    host: Host, iovecs_ptr: int, n_iovecs: int, count_ptr: int, move: Callable[[memoryview, int], int]
) -> None:
    """Move each piece with ``move(view, bytes so far)`` and tell the guest how many bytes were moved.

    An error after some bytes were moved is not told: the count is, and the next call meets the error again.
    """
    memory, total = host.memory, 0
    try:
        for ptr, n in memory.iovecs(iovecs_ptr, n_iovecs):
            moved = move(memory.view(ptr, n), total)
            total += moved
            if moved < n:
                break
    except ErrnoError:
        if not total:
            raise
    memory.write_u32(count_ptr, total)


@wasi("fd_read", "iippp")
def fd_read(host: Host, fd: int, iovecs_ptr: int, n_iovecs: int, count_ptr: int) -> None:
    """Read at the stream's position.

    Raises:
        ErrnoError: EBADF; EISDIR; EINVAL, too many pieces; EAGAIN, EIO, of devices and granted files; EFAULT.
    """
    stream = host.fs.fds.get(fd)
    _transfer(host, iovecs_ptr, n_iovecs, count_ptr, lambda view, _done: stream.read_into(view))


@wasi("fd_pread", "iippjp")
def fd_pread(host: Host, fd: int, iovecs_ptr: int, n_iovecs: int, offset: int, count_ptr: int) -> None:
    """Read at ``offset``; ESPIPE for devices, EINVAL for a negative offset, else as fd_read."""
    stream = host.fs.fds.get(fd)
    stream.check_positioned(offset, writing=False)
    _transfer(host, iovecs_ptr, n_iovecs, count_ptr, lambda view, done: stream.node.read_into(view, offset + done))


@wasi("fd_write", "iippp")
def fd_write(host: Host, fd: int, iovecs_ptr: int, n_iovecs: int, count_ptr: int) -> None:
    """Write at the stream's position, or at the end with ``O_APPEND``.

    Raises:
        ErrnoError: EBADF; ENOSPC, the quota; EFBIG; EINVAL, too many pieces; EFAULT.
    """
    stream = host.fs.fds.get(fd)
    if not stream.can_write:
        raise ErrnoError(Errno.EBADF)
    _transfer(host, iovecs_ptr, n_iovecs, count_ptr, lambda view, _done: stream.write(view))


@wasi("fd_pwrite", "iippjp")
def fd_pwrite(host: Host, fd: int, iovecs_ptr: int, n_iovecs: int, offset: int, count_ptr: int) -> None:
    """Write at ``offset``, as POSIX says and Linux does not even with ``O_APPEND``; errors as fd_pread and fd_write."""
    stream = host.fs.fds.get(fd)
    stream.check_positioned(offset, writing=True)
    _transfer(host, iovecs_ptr, n_iovecs, count_ptr, lambda view, done: stream.node.write(view, offset + done))


@wasi("fd_seek", "iijip")
def fd_seek(host: Host, fd: int, offset: int, whence: int, position_ptr: int) -> None:
    """Move the stream's position; see ``Stream.seek``. EBADF, EFAULT."""
    host.memory.write_u64(position_ptr, host.fs.fds.get(fd).seek(offset, whence))


# --- descriptors


@wasi("fd_close", "ii")
def fd_close(host: Host, fd: int) -> None:
    """EBADF."""
    host.fs.fds.close(fd)


@wasi("fd_sync", "ii", note="files are in memory and always in sync")
def fd_sync(host: Host, fd: int) -> None:
    """EBADF."""
    host.fs.fds.get(fd)


@wasi("fd_fdstat_get", "iip", support=Support.PARTIAL, note="rights are told as all: nothing in libc reads them")
def fd_fdstat_get(host: Host, fd: int, buffer_ptr: int) -> None:
    """What a descriptor is.

    Emscripten's isatty takes every character device for a terminal, so only terminals are told as one. EBADF, EFAULT.
    """
    stream = host.fs.fds.get(fd)
    node = stream.node
    filetype = abi.FILETYPE_UNKNOWN
    if isinstance(node, RegularFile):
        filetype = abi.FILETYPE_REGULAR_FILE
    elif isinstance(node, Directory):
        filetype = abi.FILETYPE_DIRECTORY
    elif isinstance(node, CharDevice) and node.is_tty:
        filetype = abi.FILETYPE_CHARACTER_DEVICE
    flags = abi.FDFLAGS_APPEND if stream.flags & fcntl.O_APPEND else 0
    flags |= abi.FDFLAGS_NONBLOCK if stream.flags & fcntl.O_NONBLOCK else 0
    host.memory.pack(structs.FDSTAT, buffer_ptr, filetype, flags, abi.ALL_RIGHTS, abi.ALL_RIGHTS)


# --- clocks and random numbers


@wasi("clock_time_get", "iijp", note="the processor clocks count the host process's time since the guest started")
def clock_time_get(host: Host, clock_id: int, _precision_ns: int, time_ptr: int) -> None:
    """Nanoseconds of a clock; EINVAL, no such clock; EFAULT."""
    host.sleeper.restart()
    if clock_id == abi.CLOCK_REALTIME:
        now = host.clock.realtime_ns()
    elif clock_id == abi.CLOCK_MONOTONIC:
        now = host.clock.monotonic_ns()
    elif clock_id in {abi.CLOCK_PROCESS_CPUTIME, abi.CLOCK_THREAD_CPUTIME}:
        now = host.clock.cpu_ns()
    else:
        raise ErrnoError(Errno.EINVAL)
    host.memory.write_u64(time_ptr, now)


@wasi("clock_res_get", "iip")
def clock_res_get(host: Host, clock_id: int, resolution_ptr: int) -> None:
    """EINVAL, no such clock; EFAULT."""
    if not abi.CLOCK_REALTIME <= clock_id <= abi.CLOCK_THREAD_CPUTIME:
        raise ErrnoError(Errno.EINVAL)
    host.memory.write_u64(resolution_ptr, _CLOCK_RESOLUTION_NS)


@wasi("random_get", "ipp")
def random_get(host: Host, buffer_ptr: int, n: int) -> None:
    """Fill a buffer with random bytes; EFAULT."""
    buffer = host.memory.view(buffer_ptr, n)
    for start in range(0, n, _ENTROPY_CHUNK_BYTES):
        end = min(start + _ENTROPY_CHUNK_BYTES, n)
        buffer[start:end] = host.entropy(end - start)


# --- process


@wasi("environ_sizes_get", "ipp")
def environ_sizes_get(host: Host, count_ptr: int, size_ptr: int) -> None:
    """How many environment variables there are, and their bytes; EFAULT."""
    host.memory.write_u32(count_ptr, len(host.environ))
    host.memory.write_u32(size_ptr, sum(map(len, host.environ)))


@wasi("environ_get", "ipp")
def environ_get(host: Host, pointers_ptr: int, strings_ptr: int) -> None:
    """The environment: an array of pointers, and the strings they point to; EFAULT."""
    for i, string in enumerate(host.environ):
        host.memory.write_u32(pointers_ptr + 4 * i, strings_ptr)
        host.memory.write_bytes(strings_ptr, string)
        strings_ptr += len(string)


@wasi("proc_exit", "vi")
def proc_exit(host: Host, status: int) -> NoReturn:
    """End the guest."""
    raise GuestExit(status)
