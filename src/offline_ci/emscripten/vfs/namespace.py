"""What a guest does with names: open, create, remove, rename, link.

Each operation takes its path and the directory that relative paths start from. Behaviour and order of errors are
Linux's, for the unprivileged owner of everything: the owner's permission bits count, others' do not.
"""

from __future__ import annotations

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.ports import Fd
from offline_ci.emscripten.vfs.fd_table import FdTable
from offline_ci.emscripten.vfs.memfs import MemBackend, MemDirectory, MemFile, MemSymlink
from offline_ci.emscripten.vfs.node import Directory, Node, RegularFile, Symlink
from offline_ci.emscripten.vfs.pipefs import Pipe
from offline_ci.emscripten.vfs.resolve import Location, Resolver
from offline_ci.emscripten.vfs.stream import Stream

_NO_FOLLOW_CREATE = fcntl.O_CREAT | fcntl.O_EXCL


class Namespace:
    """The tree of names, the working directory, the descriptors.

    Args:
        root: the root directory.
        mem: the back end of everything that the guest creates.
    """

    def __init__(self, root: Directory, mem: MemBackend) -> None:
        self.root = root
        self.mem = mem
        self.quota = mem.quota
        self.cwd = root
        self.umask = 0o022
        self.fds = FdTable(mem.quota.open_files)
        self.resolver = Resolver(root)
        self.resolve = self.resolver.resolve
        self.locate = self.resolver.locate

    def base(self, dirfd: Fd, path: str) -> Directory:
        """Where the path of an ``*at`` call starts: the descriptor counts only if the path is relative.

        Raises:
            ErrnoError: ENOENT, the path is empty; EBADF; ENOTDIR, the descriptor is not a directory's.
        """
        if dirfd == fcntl.AT_FDCWD:
            return self.cwd
        if path[:1] == "/":
            return self.root
        if not path:
            raise ErrnoError(Errno.ENOENT)
        node = self.fds.get(dirfd).node
        if not isinstance(node, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        return node

    def chdir(self, node: Node) -> None:
        """Change the working directory; ENOTDIR, EACCES."""
        if not isinstance(node, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        _check_permission(node, fcntl.OWNER_EXECUTE)
        self.cwd = node

    # --- opening

    def open(self, path: str, flags: int, permissions: int, base: Directory) -> Fd:
        """Open, or create and open: a new descriptor.

        Unknown flags are ignored, as Linux does it; so are ``O_NOCTTY``, ``O_LARGEFILE``, ``O_SYNC`` and ``O_DIRECT``,
        which mean nothing in memory.

        Raises:
            ErrnoError: EMFILE; EINVAL, flags that exclude each other; EEXIST; EISDIR; ENOTDIR; ELOOP; EACCES;
                EROFS; ENOSPC; and those of path resolution.
        """
        fd = self.fds.next_free()
        if flags & fcntl.O_PATH:
            flags &= fcntl.O_PATH | fcntl.O_DIRECTORY | fcntl.O_NOFOLLOW | fcntl.O_CLOEXEC
        elif flags & fcntl.ACCESS_MODE == fcntl.ACCESS_MODE:
            raise ErrnoError(Errno.EINVAL)
        if flags & fcntl.O_TMPFILE == fcntl.O_TMPFILE:
            stream = Stream(self._new_unnamed(path, flags, permissions, base), flags)
        else:
            stream = self._open_named(path, flags, permissions, base)
        stream.node.opened(stream)
        self.fds.install_at(fd, stream, cloexec=bool(flags & fcntl.O_CLOEXEC))
        return fd

    def open_pipe(self) -> tuple[Fd, Fd]:
        """A pipe: descriptors to read from and to write to; EMFILE."""
        node = Pipe(self.mem, self.mem.next_ino(), self.mem.now_ns())
        reader, writer = Stream(node, fcntl.O_RDONLY), Stream(node, fcntl.O_WRONLY)
        # CPython asks for descriptors that are not inherited, which libc's set_inheritable here does not pass on.
        fd = self.fds.install(reader, cloexec=True)
        node.opened(reader)
        try:
            pair = fd, self.fds.install(writer, cloexec=True)
        except ErrnoError:
            self.fds.close(fd)
            raise
        node.opened(writer)
        return pair

    def _open_named(self, path: str, flags: int, permissions: int, base: Directory) -> Stream:
        # What is to be made is no directory: Linux says so without a look at what is there.
        demands_directory = flags & fcntl.O_CREAT and path.endswith("/")
        follow = not (flags & fcntl.O_NOFOLLOW or flags & _NO_FOLLOW_CREATE == _NO_FOLLOW_CREATE or demands_directory)
        location = self.locate(path, base, follow=follow, slash_follows=not flags & fcntl.O_CREAT)
        node = location.node
        if flags & fcntl.O_CREAT:
            if flags & fcntl.O_DIRECTORY:
                raise ErrnoError(Errno.EINVAL)
            if location.slash:
                raise ErrnoError(Errno.EISDIR)
            if node is not None and flags & fcntl.O_EXCL:
                raise ErrnoError(Errno.EEXIST)
        if node is None:
            if not flags & fcntl.O_CREAT:
                raise ErrnoError(Errno.ENOENT)
            directory = _writable(location.directory)
            node = self.mem.new_file(permissions & ~self.umask & fcntl.PERMISSION_BITS)
            directory.add(location.name, node)
        else:
            _check_open(node, flags)
            if flags & fcntl.O_TRUNC and isinstance(node, RegularFile):
                node.truncate(0)
        return Stream(node, flags)

    def _new_unnamed(self, path: str, flags: int, permissions: int, base: Directory) -> MemFile:
        if flags & fcntl.ACCESS_MODE == fcntl.O_RDONLY:
            raise ErrnoError(Errno.EINVAL)
        directory = self.resolve(path, base)
        if not isinstance(directory, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        _writable(directory)
        node = self.mem.new_file(permissions & ~self.umask & fcntl.PERMISSION_BITS)
        node.nlink = 0
        return node

    # --- making names

    def mkdir(self, path: str, permissions: int, base: Directory) -> None:
        """Make a directory; EEXIST, EROFS, EACCES, ENOSPC, and those of path resolution."""
        location = self._place(path, base)
        directory = _writable(location.directory)
        bits = permissions & ~self.umask & 0o1777
        directory.add(location.name, self.mem.new_directory(bits, directory, location.name))

    def create_file(self, path: str, permissions: int, base: Directory) -> None:
        """Make an empty file without opening it; errors as ``mkdir``."""
        location = self._place(path, base)
        if location.slash:
            raise ErrnoError(Errno.ENOENT)
        directory = _writable(location.directory)
        directory.add(location.name, self.mem.new_file(permissions & ~self.umask & fcntl.PERMISSION_BITS))

    def symlink(self, target: str, path: str, base: Directory) -> None:
        """Make a symbolic link; ENOENT for an empty target, and errors as ``mkdir``."""
        if not target:
            raise ErrnoError(Errno.ENOENT)
        location = self._place(path, base)
        if location.slash:
            raise ErrnoError(Errno.ENOENT)
        directory = _writable(location.directory)
        directory.add(location.name, self.mem.new_symlink(target))

    def _place(self, path: str, base: Directory) -> Location:
        location = self.locate(path, base, follow=False, slash_follows=False)
        if location.node is not None:
            raise ErrnoError(Errno.EEXIST)
        return location

    # --- removing names

    def unlink(self, path: str, base: Directory) -> None:
        """Remove a name that is not a directory's; an open file stays readable.

        Raises:
            ErrnoError: EISDIR; ENOENT; EROFS; EACCES; and those of path resolution.
        """
        location = self.locate(path, base, follow=False, slash_follows=False)
        node = location.node
        if location.is_special or isinstance(node, Directory):
            raise ErrnoError(Errno.EISDIR)
        if node is None:
            raise ErrnoError(Errno.ENOENT)
        if location.slash:
            raise ErrnoError(Errno.ENOTDIR)
        directory = _writable(location.directory)
        directory.discard(location.name)
        self._dropped(node)

    def rmdir(self, path: str, base: Directory) -> None:
        """Remove an empty directory.

        Raises:
            ErrnoError: EINVAL, the path ends in ``.``; ENOTEMPTY, it has entries or the path ends in ``..``; EBUSY, a
                mount or the root; ENOENT; ENOTDIR; EROFS; EACCES; and those of path resolution.
        """
        location = self.locate(path, base, follow=False, slash_follows=False)
        if location.is_special:
            raise ErrnoError(_RMDIR_SPECIAL[location.name])
        node = location.node
        if node is None:
            raise ErrnoError(Errno.ENOENT)
        if isinstance(node, Directory) and node.is_mount:
            raise ErrnoError(Errno.EBUSY)
        directory = _writable(location.directory)
        if not isinstance(node, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        if not node.is_empty():
            raise ErrnoError(Errno.ENOTEMPTY)
        directory.discard(location.name)
        self._dropped(node)

    def _dropped(self, node: Node) -> None:
        """A name of ``node`` is gone."""
        if isinstance(node, MemFile):
            node.unlinked()
            return
        node.lose_name()
        if isinstance(node, MemSymlink):
            self.quota.release(node.size)
            self.quota.release_file()
        elif isinstance(node, MemDirectory):
            self.quota.release_file()
        if isinstance(node, (Directory, Symlink)):
            self.resolver.forget()

    # --- renaming

    def rename(self, old_path: str, old_base: Directory, new_path: str, new_base: Directory) -> None:
        """Move a name, replacing what has the new one.

        Raises:
            ErrnoError: EXDEV, between devices; EBUSY, the root, ``.``, ``..`` or a mount; EINVAL, into its own subtree;
                ENOTEMPTY; EISDIR; ENOTDIR; ENOENT; EROFS; EACCES; and those of path resolution.
        """
        old = self.locate(old_path, old_base, follow=False, slash_follows=False)
        new = self.locate(new_path, new_base, follow=False, slash_follows=False)
        if old.directory.backend is not new.directory.backend:
            raise ErrnoError(Errno.EXDEV)
        if old.is_special or new.is_special:
            raise ErrnoError(Errno.EBUSY)
        node, replaced = old.node, new.node
        if node is None:
            raise ErrnoError(Errno.ENOENT if isinstance(old.directory, MemDirectory) else Errno.EROFS)
        if not isinstance(node, Directory) and (old.slash or new.slash):
            raise ErrnoError(Errno.ENOTDIR)
        if isinstance(node, Directory) and node.is_ancestor_of(new.directory):
            raise ErrnoError(Errno.EINVAL)
        if isinstance(replaced, Directory) and replaced.is_ancestor_of(old.directory):
            raise ErrnoError(Errno.ENOTEMPTY)
        source, target = _writable(old.directory), _writable(new.directory)
        if node is replaced:
            return
        if any(isinstance(n, Directory) and n.is_mount for n in (node, replaced)):
            raise ErrnoError(Errno.EBUSY)
        if replaced is not None:
            _check_replace(node, replaced)
        self._move(node, source, old.name, target, new.name)
        if replaced is not None:
            self._dropped(replaced)

    def _move(self, node: Node, source: MemDirectory, old_name: str, target: MemDirectory, new_name: str) -> None:
        source.discard(old_name)
        target.add(new_name, node)
        node.ctime_ns = self.mem.now_ns()
        if isinstance(node, (MemFile, MemDirectory, MemSymlink)):
            node.generation = self.mem.next_generation()
        if isinstance(node, Directory):
            node.parent, node.name = target, new_name
        if isinstance(node, (Directory, Symlink)):
            self.resolver.forget()

    # --- attributes

    def access(self, node: Node, mode: int) -> None:
        """Whether the owner may use a node so (``R_OK``, ``W_OK``, ``X_OK``).

        Raises:
            ErrnoError: EROFS, writing to something read-only; EACCES.
        """
        if mode & fcntl.W_OK and node.backend.read_only and isinstance(node, (RegularFile, Directory)):
            raise ErrnoError(Errno.EROFS)
        _check_permission(node, mode << 6)

    def chmod(self, node: Node, permissions: int) -> None:
        """Change the permission bits; EROFS; ENOTSUP for a link, which has no permissions of its own."""
        if isinstance(node, Symlink):
            raise ErrnoError(Errno.ENOTSUP)
        _check_changeable(node)
        node.mode = node.mode & fcntl.S_IFMT | permissions & fcntl.PERMISSION_BITS
        node.ctime_ns = self.mem.now_ns()
        node.touch()
        if isinstance(node, Directory):
            self.resolver.forget()

    def set_times(self, node: Node, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Change the time stamps; None leaves a time as it is. EROFS."""
        _check_changeable(node)
        if atime_ns is not None:
            node.atime_ns = atime_ns
        if mtime_ns is not None:
            node.mtime_ns = mtime_ns
        node.ctime_ns = self.mem.now_ns()
        node.touch()

    def truncate(self, node: Node, size: int) -> None:
        """Set a file's size by name.

        Raises:
            ErrnoError: EINVAL, negative, or not a regular file; EISDIR; EROFS; EACCES; ENOSPC; EFBIG.
        """
        if isinstance(node, Directory):
            raise ErrnoError(Errno.EISDIR)
        if size < 0 or not isinstance(node, RegularFile):
            raise ErrnoError(Errno.EINVAL)
        _check_changeable(node)
        _check_permission(node, fcntl.OWNER_WRITE)
        node.truncate(size)


_RMDIR_SPECIAL = {".": Errno.EINVAL, "..": Errno.ENOTEMPTY, "/": Errno.EBUSY}


def _writable(directory: Directory) -> MemDirectory:
    """The directory, if names in it can be changed; ENOENT where it was removed itself."""
    if not isinstance(directory, MemDirectory):
        raise ErrnoError(Errno.EROFS)
    if not directory.nlink:
        raise ErrnoError(Errno.ENOENT)
    _check_permission(directory, fcntl.OWNER_WRITE | fcntl.OWNER_EXECUTE)
    return directory


def _check_permission(node: Node, bits: int) -> None:
    if node.mode & bits != bits:
        raise ErrnoError(Errno.EACCES)


def _check_changeable(node: Node) -> None:
    if node.backend.read_only:
        raise ErrnoError(Errno.EROFS)


def _check_open(node: Node, flags: int) -> None:
    """Whether an existing node can be opened so."""
    if isinstance(node, Directory):
        if flags & (fcntl.O_CREAT | fcntl.O_TRUNC) or flags & fcntl.ACCESS_MODE != fcntl.O_RDONLY:
            raise ErrnoError(Errno.EISDIR)
    elif flags & fcntl.O_DIRECTORY:
        raise ErrnoError(Errno.ENOTDIR)
    if flags & fcntl.O_PATH:
        return
    if isinstance(node, Symlink):
        raise ErrnoError(Errno.ELOOP)
    access = flags & fcntl.ACCESS_MODE
    writing = access != fcntl.O_RDONLY or flags & fcntl.O_TRUNC
    if writing and node.backend.read_only and isinstance(node, RegularFile):
        raise ErrnoError(Errno.EROFS)
    bits = fcntl.OWNER_WRITE if writing else 0
    if access != fcntl.O_WRONLY:
        bits |= fcntl.OWNER_READ
    _check_permission(node, bits)


def _check_replace(node: Node, replaced: Node) -> None:
    """Whether rename may put ``node`` in the place of ``replaced``."""
    if isinstance(node, Directory):
        if not isinstance(replaced, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        if not replaced.is_empty():
            raise ErrnoError(Errno.ENOTEMPTY)
    elif isinstance(replaced, Directory):
        raise ErrnoError(Errno.EISDIR)
