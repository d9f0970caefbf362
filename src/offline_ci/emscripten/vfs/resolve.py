"""From a path to a node: the sole place where guest paths are interpreted.

Invariants: every step goes through a node's own children, so nothing outside the tree can be named; ``..`` of the root
is the root; at most ``SYMLOOP_MAX`` links are followed. Behaviour and order of errors are Linux's (path_resolution(7)).
"""

from __future__ import annotations

from typing import NamedTuple

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.fcntl import NAME_MAX, OWNER_EXECUTE, SYMLOOP_MAX
from offline_ci.emscripten.vfs.node import Directory, Node, Symlink

_CACHE_ENTRIES = 4096
_DOTS = frozenset({".", ".."})


class Location(NamedTuple):
    """Where the last component of a path is, or would be.

    Attributes:
        directory: the directory of the last component.
        name: the last component; ``.``, ``..`` or ``/`` where the path ends so.
        node: what is there, or None.
        slash: the path demands a directory by a trailing slash.
    """

    directory: Directory
    name: str
    node: Node | None
    slash: bool

    @property
    def is_special(self) -> bool:
        """Whether the path ends in ``.``, ``..`` or is the root: such a name cannot be made, renamed or removed."""
        return self.name in {".", "..", "/"}


class Resolver:
    """Resolution below one root.

    Absolute paths of directories are remembered as they were spelled: a program asks for many files of few directories.
    Invariant: only directories that can be searched are remembered, and ``forget`` is called whenever a directory or
    link is removed, renamed, covered by a mount, or changes its mode; new names cannot make an entry wrong.

    Args:
        root: where ``/`` is.
        heeds_rights: directories that the guest may not search stop it; without, nothing is remembered either.
    """

    def __init__(self, root: Directory, *, heeds_rights: bool = True) -> None:
        self.root = root
        self._heeds_rights = heeds_rights
        self._directories: dict[str, Directory] = {"": root}

    def forget(self) -> None:
        """Drop what is remembered."""
        self._directories = {"": self.root}

    def resolve(self, path: str, base: Directory, *, follow: bool = True) -> Node:
        """The node of a path.

        Args:
            path: absolute, or relative to ``base``.
            base: a directory.
            follow: whether a link at the end is followed.

        Raises:
            ErrnoError: ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG; EACCES, a directory on the way cannot be searched.
        """
        location = self.locate(path, base, follow=follow)
        if location.node is None:
            raise ErrnoError(Errno.ENOENT)
        return location.node

    def locate(self, path: str, base: Directory, *, follow: bool, slash_follows: bool = True) -> Location:
        """The place of a path's last component, which need not exist; the directories on the way must.

        Args:
            path: see ``resolve``.
            base: see ``resolve``.
            follow: see ``resolve``.
            slash_follows: whether a trailing slash makes a link at the end be followed and anything but a directory an
                error; not for calls that make or remove names.

        Raises:
            ErrnoError: as ``resolve``; a last component that does not exist is no error.
        """
        head, separator, name = path.rpartition("/")
        directory = self._directories.get(head) if separator else base
        if directory is not None and name and name not in _DOTS and (separator or base.mode & OWNER_EXECUTE):
            node = directory.children.get(name) or directory.find(name)
            if node is None:
                check_name(name)
            if not (follow and isinstance(node, Symlink)):
                return Location(directory, name, node, slash=False)
        return self._walk(path, base, follow=follow, slash_follows=slash_follows)

    def _walk(self, path: str, base: Directory, *, follow: bool, slash_follows: bool) -> Location:
        if not path:
            raise ErrnoError(Errno.ENOENT)
        slash = path[-1] == "/"
        todo = [part for part in reversed(path.split("/")) if part]
        directory = self.root if path[0] == "/" else base
        links = 0
        while todo:
            name = todo.pop()
            if self._heeds_rights and not directory.mode & OWNER_EXECUTE:
                raise ErrnoError(Errno.EACCES)
            if name in _DOTS:
                target = directory.parent if name == ".." else directory
                if not todo:
                    return Location(directory, name, target, slash)
                directory = target
                continue
            node = directory.find(name)
            if isinstance(node, Symlink) and (todo or follow or (slash and slash_follows)):
                links += 1
                if links > SYMLOOP_MAX:
                    raise ErrnoError(Errno.ELOOP)
                slash = slash or (not todo and node.target[-1] == "/")
                todo += [part for part in reversed(node.target.split("/")) if part]
                if node.target[0] == "/":
                    directory = self.root
                continue
            if not todo:
                if node is None:
                    check_name(name)
                elif slash and slash_follows and not isinstance(node, Directory):
                    raise ErrnoError(Errno.ENOTDIR)
                if path[0] == "/" and not slash and not links and self._heeds_rights:
                    self._remember(path.rpartition("/")[0], directory)
                return Location(directory, name, node, slash)
            if node is None:
                check_name(name)
                raise ErrnoError(Errno.ENOENT)
            if not isinstance(node, Directory):
                raise ErrnoError(Errno.ENOTDIR)
            directory = node
        return Location(self.root, "/", self.root, slash)

    def _remember(self, spelling: str, directory: Directory) -> None:
        if len(self._directories) >= _CACHE_ENTRIES:
            self.forget()
        self._directories[spelling] = directory


def check_name(name: str) -> None:
    """Whether a name is short enough for a component; ENAMETOOLONG."""
    if len(name) > NAME_MAX // 4 and len(name.encode("utf-8", "surrogateescape")) > NAME_MAX:
        raise ErrnoError(Errno.ENAMETOOLONG)
