"""Descriptors: open, dup, fcntl, sizes and advice of open files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Support, syscall
from offline_ci.emscripten.vfs.node import RegularFile

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_SETTABLE_FLAGS = fcntl.O_APPEND | fcntl.O_NONBLOCK
_FALLOC_KEEP_SIZE = 1
_LAST_ADVICE = 5  # POSIX_FADV_NOREUSE


@syscall("openat", "iipip", note="O_SYNC, O_DIRECT and O_NOATIME mean nothing in memory and are ignored")
def sys_openat(host: Host, dirfd: int, path_ptr: int, flags: int, varargs: int) -> int:
    """Open a file; the mode is read from ``varargs`` when the flags create one. See ``Namespace.open``."""
    fs, memory = host.fs, host.memory
    creates = flags & fcntl.O_CREAT or flags & fcntl.O_TMPFILE == fcntl.O_TMPFILE
    permissions = memory.read_u32(varargs) if creates and varargs else 0
    path = memory.read_path(path_ptr)
    return fs.open(path, flags, permissions, fs.base(dirfd, path))


@syscall("pipe", "ip", support=Support.PARTIAL, note="reading where one would wait gets EDEADLK; a write never waits")
def sys_pipe(host: Host, fds_ptr: int) -> int:
    """Two descriptors, to read from and to write to; EMFILE, EFAULT."""
    fs, memory = host.fs, host.memory
    memory.view(fds_ptr, 8)
    reader, writer = fs.open_pipe()
    memory.write_u32(fds_ptr, reader)
    memory.write_u32(fds_ptr + 4, writer)
    return 0


@syscall("dup", "ii")
def sys_dup(host: Host, fd: int) -> int:
    """A second descriptor of the same stream; EBADF, EMFILE."""
    return host.fs.fds.install(host.fs.fds.get(fd))


@syscall("dup3", "iiii")
def sys_dup3(host: Host, old: int, new: int, flags: int) -> int:
    """As dup, with a certain number; EINVAL for equal numbers or flags other than ``O_CLOEXEC``; EBADF."""
    if flags & ~fcntl.O_CLOEXEC or old == new:
        raise ErrnoError(Errno.EINVAL)
    fds = host.fs.fds
    fds.install_at(new, fds.get(old), cloexec=bool(flags))
    return new


@syscall("fcntl64", "iiip", support=Support.PARTIAL, note="locks are granted without effect: there is one process")
def sys_fcntl64(host: Host, fd: int, command: int, varargs: int) -> int:
    """Duplicate, read or change flags, lock.

    ``FD_CLOEXEC`` is kept and told, though nothing is ever executed.

    Raises:
        ErrnoError: EBADF; EINVAL, an unknown command or a bad argument; EMFILE; EFAULT.
    """
    fds, memory = host.fs.fds, host.memory
    stream = fds.get(fd)
    match command:
        case fcntl.F_DUPFD | fcntl.F_DUPFD_CLOEXEC:
            minimum = memory.read_i32(varargs)
            if not 0 <= minimum < fds.limit:
                raise ErrnoError(Errno.EINVAL)
            return fds.install(stream, minimum, cloexec=command == fcntl.F_DUPFD_CLOEXEC)
        case fcntl.F_GETFD:
            return fcntl.FD_CLOEXEC if fd in fds.cloexec else 0
        case fcntl.F_SETFD:
            if memory.read_u32(varargs) & fcntl.FD_CLOEXEC:
                fds.cloexec.add(fd)
            else:
                fds.cloexec.discard(fd)
        case fcntl.F_GETFL:
            return stream.flags
        case fcntl.F_SETFL:
            stream.flags = stream.flags & ~_SETTABLE_FLAGS | memory.read_u32(varargs) & _SETTABLE_FLAGS
        case fcntl.F_GETLK:
            memory.pack(structs.FLOCK_TYPE, memory.read_u32(varargs), fcntl.F_UNLCK)
        case fcntl.F_SETLK | fcntl.F_SETLKW:
            pass
        case _:
            raise ErrnoError(Errno.EINVAL)
    return 0


@syscall("ftruncate64", "iij")
def sys_ftruncate64(host: Host, fd: int, size: int) -> int:
    """Set an open file's size; EBADF; EINVAL, negative or not open for writing; ENOSPC, EFBIG."""
    if size < 0:  # before anything else, as Linux
        raise ErrnoError(Errno.EINVAL)
    stream = host.fs.fds.get(fd)
    if stream.flags & fcntl.O_PATH:
        raise ErrnoError(Errno.EBADF)
    if not stream.can_write or not isinstance(stream.node, RegularFile):
        raise ErrnoError(Errno.EINVAL)
    stream.node.truncate(size)
    return 0


@syscall("truncate64", "ipj")
def sys_truncate64(host: Host, path_ptr: int, size: int) -> int:
    """Set a file's size by name; see ``Namespace.truncate``."""
    fs = host.fs
    fs.truncate(fs.resolve(host.memory.read_path(path_ptr), fs.cwd), size)
    return 0


@syscall("fallocate", "iiijj", support=Support.PARTIAL, note="holes cannot be punched: files are stored without gaps")
def sys_fallocate(host: Host, fd: int, mode: int, offset: int, length: int) -> int:
    """Make a file at least ``offset + length`` long; with ``FALLOC_FL_KEEP_SIZE`` only look for room.

    Raises:
        ErrnoError: EBADF; EINVAL; ENODEV, not a regular file; ENOTSUP, other modes; ENOSPC, EFBIG.
    """
    stream = host.fs.fds.get(fd)
    if offset < 0 or length <= 0:
        raise ErrnoError(Errno.EINVAL)
    if mode & ~_FALLOC_KEEP_SIZE:
        raise ErrnoError(Errno.ENOTSUP)
    if not stream.can_write:
        raise ErrnoError(Errno.EBADF)
    node = stream.node
    if not isinstance(node, RegularFile):
        raise ErrnoError(Errno.ENODEV)
    growth = offset + length - node.size
    if growth > 0:
        if mode:
            host.fs.quota.check(growth)
        else:
            node.truncate(offset + length)
    return 0


@syscall("fadvise64", "iijji", note="advice is checked and ignored: all files are in memory")
def sys_fadvise64(host: Host, fd: int, _offset: int, _length: int, advice: int) -> int:
    """EBADF; ESPIPE, a device; EINVAL, unknown advice."""
    if not host.fs.fds.get(fd).node.seekable:
        raise ErrnoError(Errno.ESPIPE)
    if not 0 <= advice <= _LAST_ADVICE:
        raise ErrnoError(Errno.EINVAL)
    return 0


@syscall("fdatasync", "ii", note="files are in memory and always in sync")
def sys_fdatasync(host: Host, fd: int) -> int:
    """EBADF."""
    host.fs.fds.get(fd)
    return 0
