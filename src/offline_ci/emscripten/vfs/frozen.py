"""A file system at one moment, as data that never changes and that many checkpoints and file systems share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from offline_ci.emscripten.ports import Fd
from offline_ci.emscripten.vfs.contents import FrozenChunk
from offline_ci.emscripten.vfs.grantfs import Reader

Times: TypeAlias = tuple[int, int, int]
"""Of last access, of the contents' and of the node's last change, in nanoseconds since 1970."""


class FrozenFile(NamedTuple):
    """A file that the guest wrote; see ``MemFile`` and ``ChunkedFile``."""

    mode: int
    times: Times
    generation: int
    size: int
    chunks: tuple[FrozenChunk, ...]


class FrozenDirectory(NamedTuple):
    """A directory in which the guest can write; ``children`` are inode numbers by name, in the order of listings."""

    mode: int
    times: Times
    generation: int
    children: Mapping[str, int]


class FrozenLink(NamedTuple):
    """A symbolic link."""

    times: Times
    generation: int
    target: str


class FrozenGrant(NamedTuple):
    """A file of the host.

    Attributes:
        name: absolute path under which it was granted, whatever the guest calls it by now.
        reader: its bytes; None once the state was saved and loaded, since readers belong to the host.
    """

    times: Times
    name: str
    size: int
    reader: Reader | None


class FrozenPipe(NamedTuple):
    """A pipe, and the bytes that were not read yet."""

    mode: int
    times: Times
    pending: FrozenChunk


FrozenNode: TypeAlias = FrozenFile | FrozenDirectory | FrozenLink | FrozenGrant | FrozenPipe


class NodeRef(NamedTuple):
    """Which node something is about: one of the guest's by inode number, an archive's by path, a device by number."""

    kind: Literal["node", "path", "device"]
    key: int | str


class FrozenStream(NamedTuple):
    """An open file description; see ``Stream``."""

    node: NodeRef
    flags: int
    position: int
    listing: tuple[str, ...] | None


class FrozenDevice(NamedTuple):
    """A device: its number, its time stamps, and input that waits to be read."""

    rdev: int
    time_ns: int
    pending: tuple[bytes, ...]


_PAGE_BITS = 7


class NodeTable:
    """Nodes by inode number, in pages, so that a changed copy costs the pages that changed.

    Args:
        pages: by inode number without its low bits; never changed, shared between tables.
    """

    __slots__ = ("_pages",)

    def __init__(self, pages: dict[int, dict[int, FrozenNode]] | None = None) -> None:
        self._pages = pages or {}

    def replace(self, changes: Mapping[int, FrozenNode | None]) -> NodeTable:
        """A table with these nodes instead of those of the same numbers; None takes one out."""
        if not changes:
            return self
        pages, own = self._pages.copy(), set[int]()
        for ino, node in changes.items():
            number = ino >> _PAGE_BITS
            if number not in own:
                own.add(number)
                pages[number] = pages.get(number, {}).copy()
            if node is None:
                pages[number].pop(ino, None)
            else:
                pages[number][ino] = node
        for number in own:
            if not pages[number]:
                del pages[number]
        return NodeTable(pages)

    def get(self, ino: int) -> FrozenNode | None:
        """The node of a number, or None."""
        return self._pages.get(ino >> _PAGE_BITS, {}).get(ino)

    def __iter__(self) -> Iterator[tuple[int, FrozenNode]]:
        for page in self._pages.values():
            yield from page.items()

    def __len__(self) -> int:
        return sum(map(len, self._pages.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NodeTable) and self._pages == other._pages

    __hash__ = None  # type: ignore[assignment]  # compared by value, and its values have no hash


@dataclass(frozen=True, slots=True)
class FrozenFiles:
    """Everything that the guest can tell about its files, but what the sandbox was built with.

    Attributes:
        nodes: what has a name in a writable directory.
        orphans: by inode number, what has no name, or lost it, and is still in use.
        removed: of the directories in ``orphans``, the parent's inode number and the name they had.
        mounts: inode numbers of the writable mounts' roots by path.
        last_ino: highest inode number in use.
        generation: see ``FileSystem.generation``.
        used_bytes, used_files: see ``Quota``.
        streams: open file descriptions.
        fds: number of the stream in ``streams`` by descriptor.
        cloexec: descriptors with ``FD_CLOEXEC``.
        held: streams that others hold, in the order in which they were given to ``FileSystem.freeze``.
        cwd: the working directory.
        umask: file mode creation mask.
        devices: their states.
    """

    nodes: NodeTable
    orphans: Mapping[int, FrozenNode]
    removed: Mapping[int, tuple[int, str]]
    mounts: Mapping[str, int]
    last_ino: int
    generation: int
    used_bytes: int
    used_files: int
    streams: tuple[FrozenStream, ...]
    fds: Mapping[Fd, int]
    cloexec: frozenset[Fd]
    held: tuple[int, ...]
    cwd: NodeRef
    umask: int
    devices: tuple[FrozenDevice, ...]

    @property
    def grants(self) -> dict[str, int]:
        """The sizes of the host's files that ``FileSystem.thaw`` needs readers of, by name."""
        nodes = [*(node for _, node in self.nodes), *self.orphans.values()]
        return {node.name: node.size for node in nodes if isinstance(node, FrozenGrant)}
