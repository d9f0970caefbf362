"""``FrozenFiles`` as a JSON object and blobs, and back.

A blob is a chunk of a file, or a piece of a device's input. What is read may be damaged or hostile: it is taken only if
some file system could have been in that state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.strict_json import MAX_INT, check, fields, integer, integers, typed, unique
from offline_ci.emscripten.vfs.contents import CHUNK_BYTES, FrozenChunk
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
    NodeTable,
    Times,
)
from offline_ci.emscripten.vfs.frozen_check import check_name, check_path, check_streams, check_target, check_tree

_TIMES = ("atime_ns", "mtime_ns", "ctime_ns")
_MAX_TIME_NS = (MAX_INT + 1) * 1_000_000_000
_MAX_I32 = 0x7FFFFFFF

# --- writing


class BlobWriter:
    """Collects blobs; what is the same object is stored once.

    Attributes:
        blobs: those collected so far.
    """

    def __init__(self) -> None:
        self.blobs: list[FrozenChunk] = []
        self._numbers: dict[int, int] = {}

    def add(self, blob: FrozenChunk) -> int:
        """The blob's number."""
        number = self._numbers.setdefault(id(blob), len(self.blobs))
        if number == len(self.blobs):
            self.blobs.append(blob)
        return number


def files_to_json(frozen: FrozenFiles, blobs: BlobWriter) -> dict[str, Any]:
    """As a JSON object; names that are not UTF-8 have lone surrogates in it."""
    return {
        "nodes": [_node_to_json(ino, node, blobs) for ino, node in frozen.nodes],
        "orphans": [_node_to_json(ino, node, blobs) for ino, node in frozen.orphans.items()],
        "removed": [{"ino": i, "parent": parent, "name": name} for i, (parent, name) in frozen.removed.items()],
        "mounts": dict(frozen.mounts),
        "last_ino": frozen.last_ino,
        "generation": frozen.generation,
        "streams": [stream._asdict() | {"node": stream.node._asdict()} for stream in frozen.streams],
        "fds": [{"fd": fd, "stream": number} for fd, number in frozen.fds.items()],
        "cloexec": sorted(frozen.cloexec),
        "held": list(frozen.held),
        "cwd": frozen.cwd._asdict(),
        "umask": frozen.umask,
        "devices": [d._asdict() | {"pending": [blobs.add(piece) for piece in d.pending]} for d in frozen.devices],
    }


def _node_to_json(ino: int, node: FrozenNode, blobs: BlobWriter) -> dict[str, Any]:
    document = {"ino": ino} | node._asdict() | dict(zip(_TIMES, node.times, strict=True))
    del document["times"]
    match node:
        case FrozenFile():
            return document | {"kind": "file", "chunks": [blobs.add(chunk) for chunk in node.chunks]}
        case FrozenDirectory():
            return document | {"kind": "directory", "children": dict(node.children)}
        case FrozenLink():
            return document | {"kind": "link"}
        case FrozenGrant():
            del document["reader"]
            return document | {"kind": "grant"}
        case FrozenPipe():
            return document | {"kind": "pipe", "pending": blobs.add(node.pending)}


# --- reading


class BlobReader:
    """Gives blobs by number and knows which were asked for.

    Args:
        blobs: bytes that nobody changes.
    """

    def __init__(self, blobs: Sequence[FrozenChunk]) -> None:
        self._blobs = blobs
        self._used: set[int] = set()

    def get(self, number: int) -> FrozenChunk:
        """The blob of a number; ValueError."""
        check(number < len(self._blobs), f"there is no blob {number}")
        self._used.add(number)
        return self._blobs[number]

    def check_all_used(self) -> None:
        """ValueError where a blob belongs to nothing."""
        check(len(self._used) == len(self._blobs), "a blob belongs to nothing")


_FIELDS = (
    "nodes", "orphans", "removed", "mounts", "last_ino", "generation", "streams", "fds", "cloexec", "held", "cwd",
    "umask", "devices",
)  # fmt: skip


def files_from_json(document: object, blobs: BlobReader) -> FrozenFiles:
    """Read what ``files_to_json`` gave.

    Raises:
        ValueError: it is something else; says what is wrong.
    """
    d = fields(document, "the file system", _FIELDS)
    last_ino, generation = integer(d["last_ino"], "last_ino"), integer(d["generation"], "generation")
    nodes = [_read_node(item, blobs, last_ino, generation) for item in typed(d["nodes"], list, "the list of nodes")]
    orphans = [_read_node(item, blobs, last_ino, generation) for item in typed(d["orphans"], list, "the orphans")]
    unique([ino for ino, _ in nodes + orphans], "an inode number")
    mounts = typed(d["mounts"], dict, "the mounts")
    for path in mounts:
        check_path(path, "a mount")
    frozen = FrozenFiles(
        nodes=NodeTable().replace(dict(nodes)),
        orphans=dict(orphans),
        removed=_read_removed(d["removed"]),
        mounts={path: integer(ino, f"the mount {path}") for path, ino in mounts.items()},
        last_ino=last_ino,
        generation=generation,
        used_bytes=sum(_stored_bytes(node) for _, node in nodes) + sum(_open_bytes(node) for _, node in orphans),
        used_files=sum(not isinstance(node, FrozenGrant) for _, node in nodes)
        + sum(isinstance(node, FrozenFile) for _, node in orphans),
        streams=tuple(_read_stream(item) for item in typed(d["streams"], list, "the list of streams")),
        fds=_read_fds(d["fds"]),
        cloexec=frozenset(integers(d["cloexec"], "cloexec")),
        held=tuple(integers(d["held"], "held")),
        cwd=_read_ref(d["cwd"], "the working directory"),
        umask=integer(d["umask"], "the umask", 0, 0o777),
        devices=_read_devices(d["devices"], blobs),
    )
    check_tree(frozen)
    check_streams(frozen)
    return frozen


def _stored_bytes(node: FrozenNode) -> int:
    """What a node with a name is charged with."""
    return len(node.target.encode("utf-8", "surrogateescape")) if isinstance(node, FrozenLink) else _open_bytes(node)


def _open_bytes(node: FrozenNode) -> int:
    """What a node without a name is charged with."""
    if isinstance(node, FrozenPipe):
        return len(node.pending)
    return node.size if isinstance(node, FrozenFile) else 0


_NODE_FIELDS = {
    "file": ("mode", "generation", "size", "chunks"),
    "directory": ("mode", "generation", "children"),
    "link": ("generation", "target"),
    "grant": ("name", "size"),
    "pipe": ("mode", "pending"),
}


def _read_node(item: object, blobs: BlobReader, last_ino: int, generation: int) -> tuple[int, FrozenNode]:
    kind = typed(typed(item, dict, "a node").get("kind"), str, "the kind of a node")
    check(kind in _NODE_FIELDS, f"a node is of the unknown kind {kind}")
    d = fields(item, f"a {kind}", ("kind", "ino", *_TIMES, *_NODE_FIELDS[kind]))
    ino = integer(d["ino"], "an inode number", 1, last_ino)
    where = f"{kind} {ino}"
    access, contents, change = (integer(d[t], f"{t} of {where}", -_MAX_TIME_NS, _MAX_TIME_NS - 1) for t in _TIMES)
    times: Times = (access, contents, change)
    if kind == "grant":
        check_path(d["name"], where)
        return ino, FrozenGrant(times, d["name"], integer(d["size"], f"the size of {where}"), None)
    if kind == "pipe":
        mode = integer(d["mode"], f"the mode of {where}", fcntl.S_IFIFO, fcntl.S_IFIFO | fcntl.PERMISSION_BITS)
        return ino, FrozenPipe(mode, times, blobs.get(integer(d["pending"], f"the bytes in {where}")))
    born = integer(d["generation"], f"the generation of {where}", 0, generation)
    if kind == "link":
        check_target(d["target"], where)
        return ino, FrozenLink(times, born, d["target"])
    file_type = fcntl.S_IFREG if kind == "file" else fcntl.S_IFDIR
    mode = integer(d["mode"], f"the mode of {where}", file_type, file_type | fcntl.PERMISSION_BITS)
    if kind == "file":
        return ino, FrozenFile(mode, times, born, d["size"], _read_chunks(d["size"], d["chunks"], blobs, where))
    children = typed(d["children"], dict, f"the children of {where}")
    for name, child in children.items():
        check_name(name, where)
        integer(child, f"a child of {where}")
    return ino, FrozenDirectory(mode, times, born, children.copy())


def _read_chunks(size: object, numbers: object, blobs: BlobReader, where: str) -> tuple[FrozenChunk, ...]:
    left = integer(size, f"the size of {where}")
    chunks = tuple(blobs.get(number) for number in integers(numbers, f"the chunks of {where}"))
    for chunk in chunks:
        check(len(chunk) == min(left, CHUNK_BYTES) > 0, f"a chunk of {where} has a wrong size")
        left -= len(chunk)
    check(not left, f"{where} is not as long as its chunks")
    return chunks


def _read_removed(value: object) -> dict[int, tuple[int, str]]:
    places = [
        fields(item, "a removed directory", ("ino", "parent", "name"))
        for item in typed(value, list, "the removed ones")
    ]
    for place in places:
        integer(place["ino"], "a removed directory")
        integer(place["parent"], "the parent of a removed directory")
        check_name(place["name"], "a removed directory")
    unique([place["ino"] for place in places], "a removed directory")
    return {place["ino"]: (place["parent"], place["name"]) for place in places}


def _read_ref(value: object, where: str) -> NodeRef:
    d = fields(value, where, NodeRef._fields)
    match d["kind"]:
        case "path":
            check_path(d["key"], where)
        case "node" | "device":
            integer(d["key"], where)
        case _:
            raise ValueError(f"{where} is of an unknown kind")
    return NodeRef(d["kind"], d["key"])


def _read_stream(value: object) -> FrozenStream:
    d = fields(value, "a stream", FrozenStream._fields)
    listing = d["listing"]
    if listing is not None:
        listing = tuple(typed(name, str, "a name in a listing") for name in typed(listing, list, "a listing"))
    return FrozenStream(
        _read_ref(d["node"], "a stream"),
        integer(d["flags"], "the flags of a stream", 0, _MAX_I32),
        integer(d["position"], "the position of a stream"),
        listing,
    )


def _read_fds(value: object) -> dict[int, int]:
    items = [fields(item, "a descriptor", ("fd", "stream")) for item in typed(value, list, "the list of descriptors")]
    fds = {integer(d["fd"], "a descriptor", 0, _MAX_I32): integer(d["stream"], "a stream's number") for d in items}
    check(len(fds) == len(items), "a descriptor comes twice")
    return fds


def _read_devices(value: object, blobs: BlobReader) -> tuple[FrozenDevice, ...]:
    items = [fields(item, "a device", FrozenDevice._fields) for item in typed(value, list, "the list of devices")]
    devices = tuple(
        FrozenDevice(
            integer(d["rdev"], "a device", 0, _MAX_I32),
            integer(d["time_ns"], "a device's time", -_MAX_TIME_NS, _MAX_TIME_NS - 1),
            tuple(bytes(blobs.get(number)) for number in integers(d["pending"], "a device's input")),
        )
        for d in items
    )
    unique([device.rdev for device in devices], "a device")
    return devices
