"""Attributes: stat, permissions, owners, time stamps, free space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Support, syscall
from offline_ci.emscripten.vfs.node import BLOCK_BYTES, Node

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_NS = 1_000_000_000
_TMPFS_MAGIC = 0x01021994
_ST_RDONLY = 1
_KEEP_OWNER = -1
_ROOT = 0


def _write_stat(host: Host, ptr: int, node: Node) -> int:
    size = node.size
    atime, mtime, ctime = node.atime_ns, node.mtime_ns, node.ctime_ns
    host.memory.pack(
        structs.STAT, ptr, node.backend.dev, node.mode, node.nlink, 0, 0, node.rdev, size, BLOCK_BYTES,
        size + 511 >> 9 & 0x7FFFFFFF, atime // _NS, atime % _NS, mtime // _NS, mtime % _NS, ctime // _NS, ctime % _NS,
        node.ino,
    )  # fmt: skip
    return 0


def _node_at(host: Host, dirfd: int, path_ptr: int, flags: int, allowed: int) -> Node:
    """The node of an ``*at`` call; EINVAL for flags that are not ``allowed``."""
    if flags & ~allowed:
        raise ErrnoError(Errno.EINVAL)
    path = host.memory.read_path(path_ptr)
    if not path and flags & fcntl.AT_EMPTY_PATH:
        return _open_node(host, dirfd)
    return host.fs.resolve(path, host.fs.base(dirfd, path), follow=not flags & fcntl.AT_SYMLINK_NOFOLLOW)


def _open_node(host: Host, dirfd: int) -> Node:
    return host.fs.cwd if dirfd == fcntl.AT_FDCWD else host.fs.fds.get(dirfd).node


@syscall("stat64", "ipp")
def sys_stat64(host: Host, path_ptr: int, buffer_ptr: int) -> int:
    """Errors of path resolution; EFAULT."""
    fs = host.fs
    return _write_stat(host, buffer_ptr, fs.resolve(host.memory.read_path(path_ptr), fs.cwd))


@syscall("lstat64", "ipp")
def sys_lstat64(host: Host, path_ptr: int, buffer_ptr: int) -> int:
    """As stat64, of a link itself."""
    fs = host.fs
    return _write_stat(host, buffer_ptr, fs.resolve(host.memory.read_path(path_ptr), fs.cwd, follow=False))


@syscall("fstat64", "iip")
def sys_fstat64(host: Host, fd: int, buffer_ptr: int) -> int:
    """EBADF, EFAULT."""
    return _write_stat(host, buffer_ptr, host.fs.fds.get(fd).node)


@syscall("newfstatat", "iippi")
def sys_newfstatat(host: Host, dirfd: int, path_ptr: int, buffer_ptr: int, flags: int) -> int:
    """EINVAL, unknown flags; EBADF, ENOTDIR, the descriptor; errors of path resolution; EFAULT."""
    allowed = fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH | fcntl.AT_NO_AUTOMOUNT
    return _write_stat(host, buffer_ptr, _node_at(host, dirfd, path_ptr, flags, allowed))


@syscall("faccessat", "iipii")
def sys_faccessat(host: Host, dirfd: int, path_ptr: int, mode: int, flags: int) -> int:
    """See ``Namespace.access``; EINVAL, unknown mode or flags. ``AT_EACCESS`` is the same: there is one user."""
    if mode & ~(fcntl.R_OK | fcntl.W_OK | fcntl.X_OK):
        raise ErrnoError(Errno.EINVAL)
    allowed = fcntl.AT_EACCESS | fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH
    host.fs.access(_node_at(host, dirfd, path_ptr, flags, allowed), mode)
    return 0


@syscall("chmod", "ipi")
def sys_chmod(host: Host, path_ptr: int, mode: int) -> int:
    """See ``Namespace.chmod``."""
    fs = host.fs
    fs.chmod(fs.resolve(host.memory.read_path(path_ptr), fs.cwd), mode)
    return 0


@syscall("fchmod", "iii")
def sys_fchmod(host: Host, fd: int, mode: int) -> int:
    """See ``Namespace.chmod``; EBADF."""
    host.fs.chmod(host.fs.fds.get(fd).node, mode)
    return 0


@syscall("fchmodat2", "iipii")
def sys_fchmodat2(host: Host, dirfd: int, path_ptr: int, mode: int, flags: int) -> int:
    """See ``Namespace.chmod``; EINVAL, unknown flags."""
    node = _node_at(host, dirfd, path_ptr, flags, fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH)
    host.fs.chmod(node, mode)
    return 0


def _chown(node: Node, owner: int, group: int) -> int:
    if owner not in {_KEEP_OWNER, _ROOT} or group not in {_KEEP_OWNER, _ROOT}:
        raise ErrnoError(Errno.EPERM)
    if node.backend.read_only:
        raise ErrnoError(Errno.EROFS)
    return 0


@syscall("fchownat", "iipiii", support=Support.PARTIAL, note="everything belongs to user and group 0")
def sys_fchownat(host: Host, dirfd: int, path_ptr: int, owner: int, group: int, flags: int) -> int:
    """EPERM, another owner; EINVAL, unknown flags; EROFS; errors of path resolution."""
    allowed = fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH
    return _chown(_node_at(host, dirfd, path_ptr, flags, allowed), owner, group)


@syscall("fchown32", "iiii", support=Support.PARTIAL, note="everything belongs to user and group 0")
def sys_fchown32(host: Host, fd: int, owner: int, group: int) -> int:
    """EPERM, another owner; EROFS; EBADF."""
    return _chown(host.fs.fds.get(fd).node, owner, group)


@syscall("utimensat", "iippi")
def sys_utimensat(host: Host, dirfd: int, path_ptr: int, times_ptr: int, flags: int) -> int:
    """Set both time stamps; a null path means the descriptor's own node, null times mean now.

    Raises:
        ErrnoError: EINVAL, unknown flags or impossible nanoseconds; EROFS; EBADF; EFAULT; errors of path resolution.
    """
    if path_ptr:
        node = _node_at(host, dirfd, path_ptr, flags, fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH)
    else:
        node = _open_node(host, dirfd)
    now = host.fs.mem.now_ns()
    times: list[int | None] = [now, now]
    if times_ptr:
        for i in range(2):
            seconds, nanoseconds = host.memory.unpack(structs.TIMESPEC, times_ptr + i * structs.TIMESPEC.size)
            if nanoseconds == fcntl.UTIME_OMIT:
                times[i] = None
            elif nanoseconds != fcntl.UTIME_NOW:
                if not 0 <= nanoseconds < _NS:
                    raise ErrnoError(Errno.EINVAL)
                times[i] = seconds * _NS + nanoseconds
    host.fs.set_times(node, *times)
    return 0


def _write_statfs(host: Host, node: Node, size: int, buffer_ptr: int) -> int:
    if size != structs.STATFS.size:
        raise ErrnoError(Errno.EINVAL)
    read_only = node.backend.read_only
    quota = host.fs.quota
    blocks = quota.disk_bytes // BLOCK_BYTES
    free = 0 if read_only else max(0, quota.disk_bytes - quota.used_bytes) // BLOCK_BYTES
    free_files = 0 if read_only else max(0, quota.files - quota.used_files)
    host.memory.pack(
        structs.STATFS, buffer_ptr, _TMPFS_MAGIC, BLOCK_BYTES, blocks, free, free, quota.files, free_files,
        node.backend.dev, fcntl.NAME_MAX, BLOCK_BYTES, _ST_RDONLY if read_only else 0,
    )  # fmt: skip
    return 0


@syscall("statfs64", "ipip")
def sys_statfs64(host: Host, path_ptr: int, size: int, buffer_ptr: int) -> int:
    """Free space is what the quota leaves, none where the guest cannot write; EFAULT, errors of path resolution."""
    fs = host.fs
    return _write_statfs(host, fs.resolve(host.memory.read_path(path_ptr), fs.cwd), size, buffer_ptr)


@syscall("fstatfs64", "iiip")
def sys_fstatfs64(host: Host, fd: int, size: int, buffer_ptr: int) -> int:
    """As statfs64; EBADF."""
    return _write_statfs(host, host.fs.fds.get(fd).node, size, buffer_ptr)
