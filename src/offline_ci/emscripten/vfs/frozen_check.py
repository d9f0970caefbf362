"""Whether a ``FrozenFiles`` whose parts are sound can be a file system as a whole.

Every node with a name is in exactly one directory, and all of them hang together from the mounts; every node without a
name is in use; every number leads somewhere. Each check raises ``ValueError`` and says what is wrong.
"""

from __future__ import annotations

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.strict_json import check, typed
from offline_ci.emscripten.vfs.frozen import FrozenDirectory, FrozenFiles, FrozenNode, FrozenPipe, NodeRef

_DOTS = frozenset({".", ".."})


def _check_string(value: object, where: str, max_bytes: int) -> str:
    """A string that C can have, of 1 to ``max_bytes``."""
    text = typed(value, str, f"a name of {where}")
    try:
        encoded = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise ValueError(f"{where} has the name {text!r}, which no bytes stand for") from None
    check(0 < len(encoded) <= max_bytes and b"\0" not in encoded, f"{where} has the impossible name {text!r}")
    return text


def check_name(value: object, where: str) -> None:
    """The name of a directory entry."""
    name = _check_string(value, where, fcntl.NAME_MAX)
    check("/" not in name and name not in _DOTS, f"{where} has the impossible name {name!r}")


def check_target(value: object, where: str) -> None:
    """The target of a symbolic link."""
    _check_string(value, where, fcntl.PATH_MAX - 1)


def check_path(value: object, where: str) -> None:
    """An absolute path without links, ``.`` and ``..``."""
    path = _check_string(value, where, 1 << 20)
    check(path[0] == "/", f"{where} has the path {path!r}, which is not absolute")
    for name in path[1:].split("/") if path != "/" else ():
        check_name(name, where)


def check_tree(frozen: FrozenFiles) -> None:
    """The directories and what is in them."""
    named = dict(frozen.nodes)
    parents: set[int] = set()
    for ino, node in named.items():
        check(not isinstance(node, FrozenPipe), f"the pipe {ino} has a name")
        for name, child in node.children.items() if isinstance(node, FrozenDirectory) else ():
            check(child in named, f"{name!r} in directory {ino} is node {child}, which does not exist")
            check(child not in parents, f"node {child} has two names")
            parents.add(child)
    roots = frozen.mounts.values()
    check(len(set(roots)) == len(roots), "two mounts are the same directory")
    for path, ino in frozen.mounts.items():
        check(isinstance(named.get(ino), FrozenDirectory), f"the mount {path} is node {ino}, which is no directory")
    # each node has one name at most: a walk from nodes that have none meets no node twice, and never enters a circle
    todo = [ino for ino in roots if ino not in parents]
    n_reached = 0
    while todo:
        n_reached += 1
        node = named[todo.pop()]
        if isinstance(node, FrozenDirectory):
            todo += node.children.values()
    check(n_reached == len(named), "a node is in no directory below a mount")
    _check_orphans(frozen, named)


def _check_orphans(frozen: FrozenFiles, named: dict[int, FrozenNode]) -> None:
    directories = {ino: node for ino, node in frozen.orphans.items() if isinstance(node, FrozenDirectory)}
    check(frozen.removed.keys() == directories.keys(), "the removed directories are not those without a name")
    for ino, node in directories.items():
        check(not node.children, f"the removed directory {ino} is not empty")
    used: set[int] = set()
    for ref in (frozen.cwd, *(stream.node for stream in frozen.streams)):
        ino = _ino_of(ref)
        while ino in frozen.orphans and ino not in used:
            used.add(ino)
            if ino not in directories:
                break
            ino = frozen.removed[ino][0]
            check(
                ino in directories or isinstance(named.get(ino), FrozenDirectory),
                f"a removed directory was in node {ino}, which is no directory",
            )
    check(used == frozen.orphans.keys(), "a node without a name is not in use")
    done: set[int] = set()
    for start in directories:
        ino, trail = start, set[int]()
        while ino in directories and ino not in done:
            check(ino not in trail, "removed directories are in each other")
            trail.add(ino)
            ino = frozen.removed[ino][0]
        done |= trail


def _ino_of(ref: NodeRef) -> int:
    return ref.key if ref.kind == "node" and isinstance(ref.key, int) else 0


def check_streams(frozen: FrozenFiles) -> None:
    """The descriptors and what is open."""
    numbers = {*frozen.fds.values(), *frozen.held}
    check(numbers == set(range(len(frozen.streams))), "the descriptors are not of the streams that are there")
    check(frozen.cloexec <= frozen.fds.keys(), "cloexec names a descriptor that is not open")
    for ref in (frozen.cwd, *(stream.node for stream in frozen.streams)):
        if ref.kind == "node":
            ino = _ino_of(ref)
            check(ino in frozen.orphans or frozen.nodes.get(ino), f"node {ino} is open, and does not exist")
    for stream in frozen.streams:
        if isinstance(frozen.orphans.get(_ino_of(stream.node)), FrozenPipe):
            one_way = stream.flags & (fcntl.ACCESS_MODE | fcntl.O_PATH) in {fcntl.O_RDONLY, fcntl.O_WRONLY}
            check(one_way, "a pipe is not open in one direction")
    cwd = _ino_of(frozen.cwd)
    check(
        frozen.cwd.kind == "path" or isinstance(frozen.orphans.get(cwd) or frozen.nodes.get(cwd), FrozenDirectory),
        "the working directory is no directory",
    )
