"""A file system to data and back.

Freezing looks only at what changed since the last time: nodes note that in the ``Journal``. Thawing makes all nodes
new, so that nothing is left of what was there; it changes the file system only when everything was found to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from offline_ci.emscripten.vfs.archivefs import ArchiveDirectory, ArchiveFile
from offline_ci.emscripten.vfs.fd_table import FdTable
from offline_ci.emscripten.vfs.frozen import (
    FrozenDevice,
    FrozenDirectory,
    FrozenFile,
    FrozenFiles,
    FrozenGrant,
    FrozenLink,
    FrozenNode,
    FrozenPipe,
    FrozenStream,
    NodeRef,
)
from offline_ci.emscripten.vfs.grantfs import GrantFile, Reader
from offline_ci.emscripten.vfs.memfs import MemDirectory, MemFile, MemSymlink
from offline_ci.emscripten.vfs.node import CharDevice, Directory, Node
from offline_ci.emscripten.vfs.pipefs import Pipe
from offline_ci.emscripten.vfs.stream import Stream

if TYPE_CHECKING:
    from offline_ci.emscripten.vfs.filesystem import FileSystem

# --- freezing


def freeze_files(fs: FileSystem, held: Iterable[Stream]) -> FrozenFiles:
    """See ``FileSystem.freeze``."""
    journal = fs.mem.journal
    fs.frozen_nodes = fs.frozen_nodes.replace(
        {ino: None if node is None else _freeze_node(node) for ino, node in journal.changed.items()}
    )
    journal.start_over()
    streams: dict[int, tuple[int, Stream]] = {}
    fds = {fd: streams.setdefault(id(stream), (len(streams), stream))[0] for fd, stream in fs.fds}
    others = tuple(streams.setdefault(id(stream), (len(streams), stream))[0] for stream in held)
    orphans: dict[int, FrozenNode] = {}
    removed: dict[int, tuple[int, str]] = {}
    for node in (fs.cwd, *(stream.node for _, stream in streams.values())):
        _freeze_orphan(node, orphans, removed)
    return FrozenFiles(
        nodes=fs.frozen_nodes,
        orphans=orphans,
        removed=removed,
        mounts={path: directory.ino for path, directory in fs.mounts.items()},
        last_ino=journal.last_ino,
        generation=fs.mem.generation,
        used_bytes=fs.quota.used_bytes,
        used_files=fs.quota.used_files,
        streams=tuple(FrozenStream(_ref(s.node), s.flags, s.position, s.listing) for _, s in streams.values()),
        fds=fds,
        cloexec=frozenset(fs.fds.cloexec),
        held=others,
        cwd=_ref(fs.cwd),
        umask=fs.umask,
        devices=tuple(FrozenDevice(rdev, d.mtime_ns, d.pending()) for rdev, d in fs.devices.items()),
    )


def _freeze_node(node: Node) -> FrozenNode:
    times = (node.atime_ns, node.mtime_ns, node.ctime_ns)
    match node:
        case MemFile():
            return FrozenFile(node.mode, times, node.generation, node.size, node.freeze_contents())
        case MemDirectory():
            children = {name: child.ino for name, child in node.children.items()}
            return FrozenDirectory(node.mode, times, node.generation, children)
        case MemSymlink():
            return FrozenLink(times, node.generation, node.target)
        case GrantFile():
            return FrozenGrant(times, node.name, node.size, node.reader)
        case Pipe():
            return FrozenPipe(node.mode, times, node.pending())
    raise TypeError(node)


def _freeze_orphan(node: Node, orphans: dict[int, FrozenNode], removed: dict[int, tuple[int, str]]) -> None:
    """Freeze a node without a name, and the removed directories that it was in."""
    while (not node.nlink or isinstance(node, Pipe)) and node.ino not in orphans:
        orphans[node.ino] = _freeze_node(node)
        if isinstance(node, Directory):
            removed[node.ino] = (node.parent.ino, node.name)
            node = node.parent


def _ref(node: Node) -> NodeRef:
    if isinstance(node, CharDevice):
        return NodeRef("device", node.rdev)
    if isinstance(node, (ArchiveDirectory, ArchiveFile)):
        return NodeRef("path", node.path())
    return NodeRef("node", node.ino)


# --- thawing


def thaw_files(fs: FileSystem, frozen: FrozenFiles, readers: Mapping[str, Reader]) -> list[Stream]:
    """See ``FileSystem.thaw``."""
    _check_fits(fs, frozen)
    nodes = _thaw_nodes(fs, frozen, readers)
    streams = [_thaw_stream(fs, stream, nodes) for stream in frozen.streams]
    fds = FdTable(fs.fds.limit)
    for fd, number in frozen.fds.items():
        fds.install_at(fd, streams[number], cloexec=fd in frozen.cloexec)
    held = [streams[number] for number in frozen.held]
    for stream in held:
        stream.acquire()
    cwd = _find(fs, frozen.cwd, nodes)
    if not isinstance(cwd, Directory):
        raise ValueError(f"the working directory {frozen.cwd.key} is no directory")  # noqa: TRY004 - of a document
    # from here on nothing fails
    _thaw_mounts(fs, frozen, nodes)
    for device in frozen.devices:
        _thaw_device(fs.devices[device.rdev], device)
    fs.fds, fs.cwd, fs.umask = fds, cwd, frozen.umask
    fs.mem.generation, fs.mem.journal.last_ino = frozen.generation, frozen.last_ino
    fs.quota.used_bytes, fs.quota.used_files = frozen.used_bytes, frozen.used_files
    fs.frozen_nodes = frozen.nodes.replace(
        {ino: _freeze_node(node) for ino, node in nodes.items() if isinstance(node, GrantFile) and node.nlink}
    )
    fs.mem.journal.start_over()
    fs.resolver.forget()
    return held


def _check_fits(fs: FileSystem, frozen: FrozenFiles) -> None:
    quota = fs.quota
    if frozen.used_bytes > quota.disk_bytes or frozen.used_files > quota.files:
        raise ValueError(
            f"{frozen.used_files} files of {frozen.used_bytes} bytes do not fit the sandbox's disk, "
            f"which holds {quota.files} of {quota.disk_bytes} bytes"
        )
    if any(fd >= fs.fds.limit for fd in frozen.fds):
        raise ValueError(f"descriptor {max(frozen.fds)} is not below the sandbox's limit, {fs.fds.limit}")
    if frozen.mounts.keys() != fs.mounts.keys():
        raise ValueError(f"the mounts are {sorted(frozen.mounts)}; this sandbox has {sorted(fs.mounts)}")
    for device in frozen.devices:
        if device.rdev not in fs.devices:
            raise ValueError(f"this sandbox has no device {device.rdev:#x}")


def _thaw_nodes(fs: FileSystem, frozen: FrozenFiles, readers: Mapping[str, Reader]) -> dict[int, Node]:
    nodes = {ino: _thaw_node(fs, ino, node, readers) for ino, node in frozen.nodes}
    for ino, orphan in frozen.orphans.items():
        nodes[ino] = _thaw_node(fs, ino, orphan, readers)
        if not isinstance(orphan, FrozenPipe):
            nodes[ino].nlink = 0
    for ino, directory in nodes.items():
        if not isinstance(directory, MemDirectory):
            continue
        if isinstance(entry := frozen.nodes.get(ino), FrozenDirectory):
            for name, child_ino in entry.children.items():
                child = directory.children[name] = nodes[child_ino]
                if isinstance(child, Directory):
                    child.parent, child.name = directory, name
    for ino, (parent_ino, name) in frozen.removed.items():
        directory, parent = nodes[ino], nodes[parent_ino]
        if isinstance(directory, Directory) and isinstance(parent, Directory):
            directory.parent, directory.name = parent, name
    return nodes


def _thaw_node(fs: FileSystem, ino: int, frozen: FrozenNode, readers: Mapping[str, Reader]) -> Node:
    node: Node
    match frozen:
        case FrozenFile():
            node = MemFile.thaw(fs.mem, ino, frozen.mode, frozen.generation)
            node.thaw_contents(frozen.size, frozen.chunks)
        case FrozenDirectory():
            node = MemDirectory.thaw(fs.mem, ino, frozen.mode, frozen.generation)
        case FrozenLink():
            node = MemSymlink.thaw(fs.mem, ino, frozen.target, frozen.generation)
        case FrozenGrant():
            reader = readers.get(frozen.name, frozen.reader)
            if reader is None:
                raise ValueError(f"the input file {frozen.name} is needed again")
            if reader.size != frozen.size:
                raise ValueError(f"the input file {frozen.name} had {frozen.size} bytes and has {reader.size} now")
            node = GrantFile(fs.grants, ino, reader, 0, frozen.name)
        case FrozenPipe():
            node = Pipe(fs.mem, ino, 0, frozen.pending)
            node.mode = frozen.mode
    node.atime_ns, node.mtime_ns, node.ctime_ns = frozen.times
    return node


def _thaw_stream(fs: FileSystem, frozen: FrozenStream, nodes: Mapping[int, Node]) -> Stream:
    stream = Stream(_find(fs, frozen.node, nodes), frozen.flags)
    stream.position, stream.listing = frozen.position, frozen.listing
    stream.node.opened(stream)
    return stream


def _find(fs: FileSystem, ref: NodeRef, nodes: Mapping[int, Node]) -> Node:
    found: Node | None = None
    match ref.key:
        case int(number):
            found = fs.devices.get(number) if ref.kind == "device" else nodes.get(number)
        case str(path):
            found = _find_in_archive(fs.root, path)
    if found is None:
        raise ValueError(f"this sandbox has no {ref.kind} {ref.key}")
    return found


def _find_in_archive(node: Node, path: str) -> Node | None:
    for name in filter(None, path.split("/")):
        child = node.find(name) if isinstance(node, ArchiveDirectory) else None
        if child is None:
            return None
        node = child
    return node if isinstance(node, (ArchiveDirectory, ArchiveFile)) else None


def _thaw_mounts(fs: FileSystem, frozen: FrozenFiles, nodes: Mapping[int, Node]) -> None:
    for path, old in fs.mounts.items():
        new = nodes[frozen.mounts[path]]
        if isinstance(new, MemDirectory):
            new.is_mount = True
            if isinstance(old.parent, ArchiveDirectory):
                new.parent, new.name = old.parent, old.name
                old.parent.children[old.name] = new
            if old is fs.data_directory:
                fs.data_directory = new
            fs.mounts[path] = new


def _thaw_device(device: CharDevice, frozen: FrozenDevice) -> None:
    device.atime_ns = device.mtime_ns = device.ctime_ns = frozen.time_ns
    device.set_pending(frozen.pending)
