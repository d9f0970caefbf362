"""The same file operations on our file system, through the guest's own system calls, and on the machine's.

Paths are relative to an empty directory. Failures are ``FsError`` with the error's name, which is the same on both
sides though the numbers are not.
"""

import errno
import fcntl as machine_fcntl
import os
import select
import stat
import struct
import termios
from typing import NamedTuple

from offline_ci.emscripten.abi import fcntl, ioctl, poll, structs
from offline_ci.emscripten.abi.errno import Errno
from offline_ci.emscripten.registry import Convention
from support.guest_memory import GuestSide, make_host

FLAGS = ("RDONLY", "WRONLY", "RDWR", "CREAT", "EXCL", "TRUNC", "APPEND", "DIRECTORY", "NOFOLLOW", "PATH", "TMPFILE")
_SYNONYMS = {"EOPNOTSUPP": "ENOTSUP", "EWOULDBLOCK": "EAGAIN"}


class FsError(Exception):
    """An operation failed."""

    def __init__(self, name):
        super().__init__(_SYNONYMS.get(name, name))


class Info(NamedTuple):
    """What stat tells that is the same everywhere."""

    kind: str
    mode: int
    size: int | None


def _kind(mode):
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link", stat.S_IFIFO: "pipe"}
    return kinds.get(stat.S_IFMT(mode), "other")


def _info(mode, size):
    kind = _kind(mode)
    return Info(kind, stat.S_IMODE(mode), None if kind == "dir" else size)


def _event_names(events):
    return {name for name in ("IN", "OUT", "ERR", "HUP") if events & getattr(poll, "POLL" + name)}


def flag_names(flags):
    """``"WRONLY|CREAT"`` as a list."""
    names = flags.split("|")
    assert set(names) <= set(FLAGS), flags
    return names


class RealFiles:
    """The machine's own file system below a directory: the oracle."""

    def __init__(self, root):
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        self._fds = set()
        self._umask = os.umask(0o022)

    def close_all(self):
        """Close what a test left open."""
        for fd in self._fds:
            os.close(fd)
        os.close(self._root)
        os.umask(self._umask)

    def _do(self, function, *args, **kwargs):
        try:
            return function(*args, **kwargs)
        except OSError as exc:
            raise FsError(errno.errorcode[exc.errno]) from exc

    def open(self, path, flags, mode=0o666, dirfd=None):
        value = 0
        for name in flag_names(flags):
            value |= getattr(os, "O_" + name)
        fd = self._do(os.open, path, value, mode, dir_fd=self._root if dirfd is None else dirfd)
        self._fds.add(fd)
        return fd

    def close(self, fd):
        self._do(os.close, fd)
        self._fds.discard(fd)

    def dup(self, fd):
        new = self._do(os.dup, fd)
        self._fds.add(new)
        return new

    def pipe(self, *, blocking=False):
        ends = self._do(os.pipe)
        self._fds.update(ends)
        for fd in ends:
            os.set_blocking(fd, blocking)
        return ends

    def flags(self, fd):
        return machine_fcntl.fcntl(fd, machine_fcntl.F_GETFL) & (os.O_ACCMODE | os.O_NONBLOCK)

    def poll(self, fd):
        # The numbers of these four are the same everywhere.
        poller = select.poll()
        poller.register(fd, select.POLLIN | select.POLLOUT)
        return _event_names(dict(poller.poll(0)).get(fd, 0))

    def unread(self, fd):
        return struct.unpack("i", machine_fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]

    def ino(self, fd):
        return os.fstat(fd).st_ino

    def read(self, fd, n):
        return self._do(os.read, fd, n)

    def pread(self, fd, n, offset):
        return self._do(os.pread, fd, n, offset)

    def write(self, fd, data):
        return self._do(os.write, fd, data)

    def pwrite(self, fd, data, offset):
        return self._do(os.pwrite, fd, data, offset)

    def lseek(self, fd, offset, whence):
        return self._do(os.lseek, fd, offset, whence)

    def ftruncate(self, fd, size):
        self._do(os.ftruncate, fd, size)

    def fallocate(self, fd, offset, length):
        self._do(os.posix_fallocate, fd, offset, length)

    def mkdir(self, path, mode=0o777):
        self._do(os.mkdir, path, mode, dir_fd=self._root)

    def rmdir(self, path):
        self._do(os.rmdir, path, dir_fd=self._root)

    def unlink(self, path):
        self._do(os.unlink, path, dir_fd=self._root)

    def rename(self, old, new):
        self._do(os.rename, old, new, src_dir_fd=self._root, dst_dir_fd=self._root)

    def symlink(self, target, path):
        self._do(os.symlink, target, path, dir_fd=self._root)

    def readlink(self, path):
        return self._do(os.readlink, path, dir_fd=self._root)

    def stat(self, path, *, follow=True, dirfd=None):
        base = self._root if dirfd is None else dirfd
        result = self._do(os.stat, path, dir_fd=base, follow_symlinks=follow)
        return _info(result.st_mode, result.st_size)

    def fstat(self, fd):
        result = self._do(os.fstat, fd)
        return _info(result.st_mode, result.st_size)

    def chmod(self, path, mode):
        self._do(os.chmod, path, mode, dir_fd=self._root)

    def utime(self, path, atime_ns, mtime_ns):
        self._do(os.utime, path, ns=(atime_ns, mtime_ns), dir_fd=self._root)

    def times(self, path):
        result = self._do(os.stat, path, dir_fd=self._root)
        return result.st_atime_ns, result.st_mtime_ns

    def access(self, path):
        return os.access(path, os.F_OK, dir_fd=self._root)

    def list_open(self, fd):
        return sorted(self._do(os.listdir, fd))

    def listdir(self, path):
        fd = self.open(path, "RDONLY|DIRECTORY")
        try:
            return self.list_open(fd)
        finally:
            self.close(fd)


class GuestFiles:
    """Our file system, below ``/mnt/data``, through the system calls that libc in the guest makes."""

    def __init__(self, **options):
        self.host = make_host(**options)
        self.guest = GuestSide(self.host)

    def close_all(self):
        """Nothing outlives the host."""

    def _call(self, name, *args):
        """The call's result; strings and bytes are put into guest memory first."""
        args = [self.guest.string(a) if isinstance(a, str) else a for a in args]
        result = self.guest(name, *args)
        self.guest.reset()
        failed = self.host.functions.find(name).convention
        if (failed is Convention.SYSCALL and result < 0) or (failed is Convention.WASI and result):
            raise FsError(Errno(abs(result)).name)
        return result

    def _transfer(self, name, fd, data, *position):
        buffer, iovec, count = self.guest.alloc(0, data), self.guest.alloc(8), self.guest.alloc(4)
        self.host.memory.pack(structs.IOVEC, iovec, buffer, len(data))
        self._call(name, fd, iovec, 1, *position, count)
        n = self.host.memory.read_u32(count)
        return n, self.host.memory.read_bytes(buffer, n)

    def open(self, path, flags, mode=0o666, dirfd=None):
        value = 0
        for name in flag_names(flags):
            value |= getattr(fcntl, "O_" + name)
        varargs = self.guest.alloc(4, mode.to_bytes(4, "little"))
        return self._call("__syscall_openat", fcntl.AT_FDCWD if dirfd is None else dirfd, path, value, varargs)

    def close(self, fd):
        self._call("fd_close", fd)

    def dup(self, fd):
        return self._call("__syscall_dup", fd)

    def pipe(self, *, blocking=False):
        place = self.guest.alloc(8)
        self._call("__syscall_pipe", place)
        ends = self.host.memory.read_u32(place), self.host.memory.read_u32(place + 4)
        for fd in () if blocking else ends:
            varargs = self.guest.alloc(4, fcntl.O_NONBLOCK.to_bytes(4, "little"))
            self._call("__syscall_fcntl64", fd, fcntl.F_SETFL, varargs)
        return ends

    def flags(self, fd):
        return self._call("__syscall_fcntl64", fd, fcntl.F_GETFL, 0)

    def poll(self, fd):
        fds = self.guest.alloc(0, structs.POLLFD.pack(fd, poll.POLLIN | poll.POLLOUT, 0))
        self._call("__syscall_poll", fds, 1, 0)
        return _event_names(self.host.memory.unpack(structs.POLLFD, fds)[2])

    def unread(self, fd):
        place = self.guest.alloc(4)
        self._call("__syscall_ioctl", fd, ioctl.FIONREAD, self.guest.alloc(4, place.to_bytes(4, "little")))
        return self.host.memory.read_u32(place)

    def ino(self, fd):
        return self._stat("__syscall_fstat64", fd)[-1]

    def read(self, fd, n):
        return self._transfer("fd_read", fd, bytes(n))[1]

    def pread(self, fd, n, offset):
        return self._transfer("fd_pread", fd, bytes(n), offset)[1]

    def write(self, fd, data):
        return self._transfer("fd_write", fd, data)[0]

    def pwrite(self, fd, data, offset):
        return self._transfer("fd_pwrite", fd, data, offset)[0]

    def lseek(self, fd, offset, whence):
        place = self.guest.alloc(8)
        self._call("fd_seek", fd, offset, whence, place)
        return self.host.memory.read_u64(place)

    def ftruncate(self, fd, size):
        self._call("__syscall_ftruncate64", fd, size)

    def fallocate(self, fd, offset, length):
        self._call("__syscall_fallocate", fd, 0, offset, length)

    def mkdir(self, path, mode=0o777):
        self._call("__syscall_mkdirat", fcntl.AT_FDCWD, path, mode)

    def rmdir(self, path):
        self._call("__syscall_unlinkat", fcntl.AT_FDCWD, path, fcntl.AT_REMOVEDIR)

    def unlink(self, path):
        self._call("__syscall_unlinkat", fcntl.AT_FDCWD, path, 0)

    def rename(self, old, new):
        self._call("__syscall_renameat", fcntl.AT_FDCWD, old, fcntl.AT_FDCWD, new)

    def symlink(self, target, path):
        self._call("__syscall_symlinkat", target, fcntl.AT_FDCWD, path)

    def readlink(self, path):
        buffer = self.guest.alloc(4096)
        n = self._call("__syscall_readlinkat", fcntl.AT_FDCWD, path, buffer, 4096)
        return self.host.memory.read_bytes(buffer, n).decode("utf-8", "surrogateescape")

    def _stat(self, name, *args, flags=()):
        buffer = self.guest.alloc(structs.STAT.size)
        self._call(name, *args, buffer, *flags)
        return self.host.memory.unpack(structs.STAT, buffer)

    def stat(self, path, *, follow=True, dirfd=None):
        base = fcntl.AT_FDCWD if dirfd is None else dirfd
        flags = 0 if follow else fcntl.AT_SYMLINK_NOFOLLOW
        fields = self._stat("__syscall_newfstatat", base, path, flags=(flags,))
        return _info(fields[1], fields[6])

    def fstat(self, fd):
        fields = self._stat("__syscall_fstat64", fd)
        return _info(fields[1], fields[6])

    def chmod(self, path, mode):
        self._call("__syscall_fchmodat2", fcntl.AT_FDCWD, path, mode, 0)

    def utime(self, path, atime_ns, mtime_ns):
        times = b"".join(structs.TIMESPEC.pack(*divmod(ns, 10**9)) for ns in (atime_ns, mtime_ns))
        self._call("__syscall_utimensat", fcntl.AT_FDCWD, path, self.guest.alloc(0, times), 0)

    def times(self, path):
        fields = self._stat("__syscall_stat64", path)
        return fields[9] * 10**9 + fields[10], fields[11] * 10**9 + fields[12]

    def access(self, path):
        try:
            return self._call("__syscall_faccessat", fcntl.AT_FDCWD, path, fcntl.F_OK, 0) == 0
        except FsError:
            return False

    def list_open(self, fd):
        buffer, names = self.guest.alloc(2048), []
        while n := self._call("__syscall_getdents64", fd, buffer, 2048):
            for record in range(buffer, buffer + n, structs.DIRENT_BYTES):
                name = self.host.memory.read_cstr(record + structs.DIRENT_HEADER.size)
                names.append(name.decode("utf-8", "surrogateescape"))
        return sorted(set(names) - {".", ".."})

    def listdir(self, path):
        fd = self.open(path, "RDONLY|DIRECTORY")
        names = self.list_open(fd)
        self.close(fd)
        return names
