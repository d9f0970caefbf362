"""A guest's file system as the host uses it: mount, exchange files, see what changed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.ports import Fd
from offline_ci.emscripten.vfs.archivefs import ArchiveDirectory, mount_archive
from offline_ci.emscripten.vfs.freezing import freeze_files, thaw_files
from offline_ci.emscripten.vfs.frozen import FrozenFiles, NodeTable
from offline_ci.emscripten.vfs.grantfs import GrantFile, Reader
from offline_ci.emscripten.vfs.memfs import MemBackend, MemDirectory, MemFile
from offline_ci.emscripten.vfs.namespace import Namespace
from offline_ci.emscripten.vfs.node import Backend, CharDevice, Directory, Node, RegularFile
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.resolve import Location, Resolver
from offline_ci.emscripten.vfs.stream import Stream

ROOT_DEV = 1
MEM_DEV = 2
GRANT_DEV = 3
DEV_DEV = 4
FIRST_FREE_DEV = 5
"""Device numbers (``st_dev``) of the back ends; further mounts count on from ``FIRST_FREE_DEV``."""


class FileInfo(NamedTuple):
    """A regular file.

    Attributes:
        path: absolute guest path.
        size: bytes.
        mtime_ns: time stamp.
        is_input: it was granted or came with an archive; the guest did not write it.
    """

    path: str
    size: int
    mtime_ns: int
    is_input: bool


class FileSystem(Namespace):
    """One guest's file system; nothing is shared with another's but an archive's bytes.

    The methods of this class are the host's. They take guest paths, relative ones from the data directory, and do not
    heed permission bits. They raise ``ErrnoError`` as the guest's calls do.

    Args:
        now_ns: the guest's time of day, for time stamps.
        quota: what the guest may use; ``Quota()`` if None.
        root: the root directory, usually a mounted archive; an empty read-only one if None.
    """

    def __init__(self, now_ns: Callable[[], int], *, quota: Quota | None = None, root: Directory | None = None) -> None:
        if root is None:
            root = mount_archive({}, memoryview(b""), dev=ROOT_DEV)
        super().__init__(root, MemBackend(MEM_DEV, quota or Quota(), now_ns))
        self._reach = Resolver(root, heeds_rights=False)
        self.data_directory: Directory = root
        """Where the host's relative paths start; ``standard_filesystem`` makes it ``/mnt/data``."""
        self.grants = Backend(GRANT_DEV, read_only=True, journal=self.mem.journal)
        """The back end of granted files."""
        self.mounts: dict[str, MemDirectory] = {}
        """The writable mounts by path."""
        self.devices: dict[int, CharDevice] = {}
        """All devices that can be open, by number."""
        self.frozen_nodes = NodeTable()
        """The nodes as the last checkpoint knows them."""

    @property
    def generation(self) -> int:
        """Rises with every change of the guest's files; remember it, and ask ``changed_since`` later."""
        return self.mem.generation

    # --- mounts and descriptors

    def mount(self, path: str, directory: Directory) -> None:
        """Put a directory at an absolute path, over what is there; missing directories on the way are made.

        Raises:
            ErrnoError: ENOTDIR, a file is in the way; EROFS, an archive in a writable directory, whose checkpoints
                could not hold it.
        """
        parent = self._make_directories(posixpath.dirname(path), mounting=True)
        name = posixpath.basename(path)
        if isinstance(parent, MemDirectory):
            if not isinstance(directory, MemDirectory):
                raise ErrnoError(Errno.EROFS)
            parent.touch()
        directory.parent, directory.name, directory.is_mount = parent, name, True
        parent.children[name] = directory
        self.resolver.forget()

    def mount_writable(self, path: str, permissions: int = 0o755) -> MemDirectory:
        """A new empty directory at an absolute path in which the guest may write.

        All of them are one device, so that files can be renamed from one to the other.
        """
        directory = self.mem.new_directory(permissions, None, "")
        self.mount(path, directory)
        directory.touch()
        self.mounts[path] = directory
        return directory

    def attach(self, fd: Fd, node: CharDevice, flags: int) -> None:
        """Open a device as a certain descriptor, closing what was there.

        Checkpoints know devices by their numbers: a later one takes an earlier one's place.
        """
        self.devices[node.rdev] = node
        self.fds.install_at(fd, Stream(node, flags))

    def _make_directories(self, path: str, *, mounting: bool = False) -> Directory:
        """The directory at an absolute path; where it is missing, made: by the guest's rules, or for a mount."""
        node: Node = self.root
        for name in filter(None, path.split("/")):
            if not isinstance(node, Directory):
                break
            if node.find(name) is not None:
                node = self._reach.resolve(name, node)
            elif isinstance(node, MemDirectory):
                child = self.mem.new_directory(0o755, node, name)
                node.add(name, child)
                node = child
            elif mounting and isinstance(node, ArchiveDirectory):
                node = node.add_mount_point(name)
            else:
                raise ErrnoError(Errno.EROFS)
        if not isinstance(node, Directory):
            raise ErrnoError(Errno.ENOTDIR)
        return node

    def _absolute(self, path: str) -> str:
        # normpath would keep two slashes at the start
        return "/" + posixpath.normpath(posixpath.join(self.data_directory.path(), path)).lstrip("/")

    # --- checkpoints

    def freeze(self, held: Iterable[Stream] = ()) -> FrozenFiles:
        """The state of everything in here, as data; the time it takes depends on what changed since the last time.

        Args:
            held: open streams of others than the descriptors, such as mappings.
        """
        return freeze_files(self, held)

    def thaw(self, frozen: FrozenFiles, readers: Mapping[str, Reader] | None = None) -> list[Stream]:
        """Be in a state that this file system or one that was built the same way was in.

        Nodes, streams and mounted directories that somebody got from here before are no longer part of it.

        Args:
            frozen: the state.
            readers: granted files by ``FrozenGrant.name``; needed where the state was loaded, otherwise it has them.

        Returns:
            what ``held`` was.

        Raises:
            ValueError: the state does not fit; it says why, and nothing has changed.
        """
        return thaw_files(self, frozen, readers or {})

    # --- files

    def mount_grant(self, path: str, reader: Reader) -> None:
        """Let the guest read a file of the host under this name, in place of a file or a link that had it before.

        Raises:
            ErrnoError: EISDIR, a directory has the name; and as ``write_file``.
        """
        name = self._absolute(path)
        self._put(
            path, GrantFile(self.grants, self.mem.journal.next_ino(), reader, self.mem.now_ns(), name), follow=False
        )

    def write_file(self, path: str, data: bytes | bytearray | memoryview) -> None:
        """Create or replace a file; missing directories are made.

        Raises:
            ErrnoError: ENOSPC, the quota; EROFS, not in a writable place; EISDIR, ENOTDIR; ENAMETOOLONG.
        """
        node = self.mem.new_file(0o644)
        try:
            self.quota.check(len(data))
            node.write(memoryview(data), 0)
            self._put(path, node)
        except ErrnoError:
            node.unlinked()
            raise

    def _put(self, path: str, node: Node, *, follow: bool = True) -> None:
        head, name = posixpath.split(self._absolute(path))
        if not name or path.endswith("/"):
            raise ErrnoError(Errno.EISDIR)
        location = self._reach.locate(name, self._make_directories(head), follow=follow)
        if isinstance(location.node, Directory):
            raise ErrnoError(Errno.EISDIR)
        if not isinstance(location.directory, MemDirectory):
            raise ErrnoError(Errno.EROFS)
        location.directory.add(location.name, node)
        if location.node is not None:
            self._dropped(location.node)

    def read_file(self, path: str) -> bytes:
        """The contents of a regular file.

        Raises:
            ErrnoError: ENOENT, EISDIR; EINVAL, a device; EIO, a granted file cannot be read.
        """
        node = self._reach.resolve(path, self.data_directory)
        if isinstance(node, Directory):
            raise ErrnoError(Errno.EISDIR)
        if not isinstance(node, RegularFile):
            raise ErrnoError(Errno.EINVAL)
        buffer = bytearray(node.size)
        n = node.read_into(memoryview(buffer), 0)
        return bytes(memoryview(buffer)[:n])

    def remove(self, path: str) -> None:
        """Remove a file, or a directory with everything in it.

        Raises:
            ErrnoError: ENOENT; EROFS, not in a writable place; EBUSY, a mount.
        """
        location = self._reach.locate(path, self.data_directory, follow=False)
        node = location.node
        if node is None:
            raise ErrnoError(Errno.ENOENT)
        if location.is_special or (isinstance(node, Directory) and node.is_mount):
            raise ErrnoError(Errno.EBUSY)
        if not isinstance(location.directory, MemDirectory):
            raise ErrnoError(Errno.EROFS)
        location.directory.discard(location.name)
        self._drop_tree(node)

    def _drop_tree(self, node: Node) -> None:
        todo = [node]
        while todo:
            node = todo.pop()
            if isinstance(node, MemDirectory):
                todo += node.children.values()
                node.children.clear()
            self._dropped(node)

    # --- questions

    def exists(self, path: str) -> bool:
        """Whether the path leads to something."""
        try:
            self._reach.resolve(path, self.data_directory)
        except ErrnoError:
            return False
        return True

    def resolve_path(self, path: str) -> str:
        """The absolute path without links, ``.`` and ``..``; for what does not exist, without dots only.

        Relative paths start from the guest's working directory here.
        """
        try:
            return _path_of(self.locate(path, self.cwd, follow=True))
        except ErrnoError:
            return posixpath.normpath(posixpath.join(self.cwd.path(), path))

    def list_tree(self, path: str = ".") -> list[FileInfo]:
        """All regular files below a directory, or the one file, sorted by path; links are not followed.

        Raises:
            ErrnoError: ENOENT, ENOTDIR on the way.
        """
        return sorted(info for info, _ in self._walk(path))

    def changed_since(self, generation: int, path: str = ".") -> list[FileInfo]:
        """The files below a directory that the guest created, changed or moved after ``generation``."""
        return sorted(info for info, changed in self._walk(path) if changed > generation)

    def _walk(self, path: str) -> Iterator[tuple[FileInfo, int]]:
        """Files with the generation of their last change or move; 0 for the host's."""
        start = self._reach.locate(path, self.data_directory, follow=True)
        if start.node is None:
            raise ErrnoError(Errno.ENOENT)
        todo: list[tuple[str, Node, int]] = [(_path_of(start), start.node, 0)]
        while todo:
            name, node, moved = todo.pop()
            if isinstance(node, Directory):
                # a directory's generation is that of its own making or moving, which moves everything in it
                moved = max(moved, node.generation) if isinstance(node, MemDirectory) else moved
                prefix = name.rstrip("/") + "/"
                todo += [(prefix + child, n, moved) for child in node.names() if (n := node.find(child)) is not None]
            elif isinstance(node, MemFile):
                yield FileInfo(name, node.size, node.mtime_ns, is_input=False), max(moved, node.generation)
            elif isinstance(node, RegularFile):
                yield FileInfo(name, node.size, node.mtime_ns, is_input=True), 0


def _path_of(location: Location) -> str:
    if isinstance(location.node, Directory):
        return location.node.path()
    return posixpath.join(location.directory.path(), location.name)
