"""Names: directories, links, renaming, the working directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Support, syscall
from offline_ci.emscripten.vfs.node import Directory, Node, Symlink

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host


def path_at(host: Host, dirfd: int, path_ptr: int) -> tuple[str, Directory]:
    """The path argument of an ``*at`` call and the directory it starts from."""
    path = host.memory.read_path(path_ptr)
    return path, host.fs.base(dirfd, path)


@syscall("mkdirat", "iipi")
def sys_mkdirat(host: Host, dirfd: int, path_ptr: int, mode: int) -> int:
    """See ``Namespace.mkdir``."""
    path, base = path_at(host, dirfd, path_ptr)
    host.fs.mkdir(path, mode, base)
    return 0


@syscall("mknodat", "iipii", support=Support.PARTIAL, note="regular files only: devices and pipes get EPERM")
def sys_mknodat(host: Host, dirfd: int, path_ptr: int, mode: int, _dev: int) -> int:
    """See ``Namespace.create_file``; EPERM for other types."""
    path, base = path_at(host, dirfd, path_ptr)
    if mode & fcntl.S_IFMT not in {0, fcntl.S_IFREG}:
        raise ErrnoError(Errno.EPERM)
    host.fs.create_file(path, mode, base)
    return 0


@syscall("unlinkat", "iipi")
def sys_unlinkat(host: Host, dirfd: int, path_ptr: int, flags: int) -> int:
    """See ``Namespace.unlink`` and, with ``AT_REMOVEDIR``, ``Namespace.rmdir``; EINVAL for other flags."""
    if flags & ~fcntl.AT_REMOVEDIR:
        raise ErrnoError(Errno.EINVAL)
    path, base = path_at(host, dirfd, path_ptr)
    (host.fs.rmdir if flags else host.fs.unlink)(path, base)
    return 0


@syscall("rmdir", "ip")
def sys_rmdir(host: Host, path_ptr: int) -> int:
    """See ``Namespace.rmdir``."""
    host.fs.rmdir(*path_at(host, fcntl.AT_FDCWD, path_ptr))
    return 0


@syscall("renameat", "iipip")
def sys_renameat(host: Host, old_dirfd: int, old_ptr: int, new_dirfd: int, new_ptr: int) -> int:
    """See ``Namespace.rename``."""
    old, new = path_at(host, old_dirfd, old_ptr), path_at(host, new_dirfd, new_ptr)
    host.fs.rename(*old, *new)
    return 0


@syscall("symlinkat", "ipip")
def sys_symlinkat(host: Host, target_ptr: int, dirfd: int, path_ptr: int) -> int:
    """See ``Namespace.symlink``."""
    target = host.memory.read_path(target_ptr)
    path, base = path_at(host, dirfd, path_ptr)
    host.fs.symlink(target, path, base)
    return 0


@syscall("readlinkat", "iippi")
def sys_readlinkat(host: Host, dirfd: int, path_ptr: int, buffer_ptr: int, size: int) -> int:
    """A link's target, cut to ``size`` bytes and without a NUL; EINVAL, not a link or no room; EFAULT."""
    path, base = path_at(host, dirfd, path_ptr)
    if size <= 0:
        raise ErrnoError(Errno.EINVAL)
    node = host.fs.resolve(path, base, follow=False)
    if not isinstance(node, Symlink):
        raise ErrnoError(Errno.EINVAL)
    target = node.target.encode("utf-8", "surrogateescape")[:size]
    host.memory.write_bytes(buffer_ptr, target)
    return len(target)


@syscall("chdir", "ip")
def sys_chdir(host: Host, path_ptr: int) -> int:
    """Change the working directory; ENOTDIR, EACCES, and those of path resolution."""
    fs = host.fs
    fs.chdir(fs.resolve(host.memory.read_path(path_ptr), fs.cwd))
    return 0


@syscall("fchdir", "ii")
def sys_fchdir(host: Host, fd: int) -> int:
    """As chdir, to an open directory; EBADF, ENOTDIR, EACCES."""
    host.fs.chdir(host.fs.fds.get(fd).node)
    return 0


@syscall("getcwd", "ipp")
def sys_getcwd(host: Host, buffer_ptr: int, size: int) -> int:
    """The working directory's path; EINVAL, no room at all; ERANGE, too little; ENOENT, it was removed; EFAULT."""
    if not size:
        raise ErrnoError(Errno.EINVAL)
    if not host.fs.cwd.nlink:
        raise ErrnoError(Errno.ENOENT)
    path = host.fs.cwd.path().encode("utf-8", "surrogateescape") + b"\0"
    if len(path) > size:
        raise ErrnoError(Errno.ERANGE)
    host.memory.write_bytes(buffer_ptr, path)
    return len(path)


def _entry(directory: Directory, name: str) -> Node | None:
    if name == ".":
        return directory
    return directory.parent if name == ".." else directory.find(name)


@syscall("getdents64", "iipp")
def sys_getdents64(host: Host, fd: int, buffer_ptr: int, n_bytes: int) -> int:
    """Directory entries in records of one size, names as they were at the first call; 0 at the end.

    Raises:
        ErrnoError: EBADF; ENOTDIR; EINVAL, no room for one record; EFAULT.
    """
    stream = host.fs.fds.get(fd)
    directory = stream.node
    if not stream.can_read:
        raise ErrnoError(Errno.EBADF)
    if not isinstance(directory, Directory):
        raise ErrnoError(Errno.ENOTDIR)
    if n_bytes < structs.DIRENT_BYTES:
        raise ErrnoError(Errno.EINVAL)
    if stream.listing is None:
        stream.listing = (".", "..", *directory.names())
    names, index, used = stream.listing, stream.position, 0
    wanted = min(n_bytes // structs.DIRENT_BYTES, max(0, len(names) - index))
    buffer = host.memory.view(buffer_ptr, wanted * structs.DIRENT_BYTES)
    while used < len(buffer) and index < len(names):
        name = names[index]
        index += 1
        node = _entry(directory, name)
        if node is None:  # removed since
            continue
        structs.DIRENT_HEADER.pack_into(buffer, used, node.ino, index, structs.DIRENT_BYTES, node.dirent_type)
        encoded = name.encode("utf-8", "surrogateescape") + b"\0"
        start = used + structs.DIRENT_HEADER.size
        buffer[start : start + len(encoded)] = encoded
        used += structs.DIRENT_BYTES
    stream.position = index
    return used
