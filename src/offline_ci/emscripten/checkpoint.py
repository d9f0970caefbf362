"""All of a host's state but memory and what is linked: files, descriptors, mappings, clocks, random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from offline_ci.emscripten.abi.fcntl import ACCESS_MODE, O_RDWR
from offline_ci.emscripten.clock import ClockState
from offline_ci.emscripten.ports import GuestPtr
from offline_ci.emscripten.random import BLOCK_BYTES, KEY_BYTES, EntropyState, SeededEntropy
from offline_ci.emscripten.strict_json import check, fields, integer, typed, unique
from offline_ci.emscripten.syscalls.mmap import MemoryMapping
from offline_ci.emscripten.vfs.contents import FrozenChunk
from offline_ci.emscripten.vfs.frozen import FrozenFiles, FrozenPipe, FrozenStream
from offline_ci.emscripten.vfs.frozen_json import BlobReader, BlobWriter, files_from_json, files_to_json

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host
    from offline_ci.emscripten.vfs.grantfs import Reader

_ADDRESS_END = 1 << 32


class FrozenMapping(NamedTuple):
    """A file mapped into memory; see ``MemoryMapping``. The stream is in ``FrozenFiles.held``, at the same place."""

    address: GuestPtr
    offset: int
    length: int
    writes_back: bool


@dataclass(frozen=True, slots=True)
class HostState:
    """A host at one moment; nothing in it ever changes, so checkpoints and hosts share it.

    Attributes:
        files: files and descriptors; its ``held`` streams are the mappings'.
        mappings: files mapped into memory.
        clock: see ``Clock.restore``.
        entropy: where a seeded host's random numbers were; None without a seed.
    """

    files: FrozenFiles
    mappings: tuple[FrozenMapping, ...]
    clock: ClockState
    entropy: EntropyState | None

    def to_json(self) -> tuple[dict[str, Any], list[FrozenChunk]]:
        """As a JSON object and the blobs that it speaks of by number.

        Names that are not UTF-8 hold lone surrogates: write the object as ASCII, as ``json`` does by default.
        """
        blobs = BlobWriter()
        document = {
            "files": files_to_json(self.files, blobs),
            "mappings": [mapping._asdict() for mapping in self.mappings],
            "clock": self.clock._asdict(),
            "entropy": None
            if self.entropy is None
            else self.entropy._asdict() | {"key": self.entropy.key.hex(), "rest": self.entropy.rest.hex()},
        }
        return document, blobs.blobs

    @classmethod
    def from_json(cls, document: object, blobs: Sequence[FrozenChunk]) -> HostState:
        """Read what ``to_json`` gave.

        Args:
            document: the object.
            blobs: the blobs; they are kept and must never change.

        Raises:
            ValueError: it is something else; says what is wrong.
        """
        d = fields(document, "the host's state", cls.__slots__)
        reader = BlobReader(blobs)
        files = files_from_json(d["files"], reader)
        reader.check_all_used()
        mappings = tuple(_read_mapping(item) for item in typed(d["mappings"], list, "the list of mappings"))
        check(len(mappings) == len(files.held), "the mappings are not those of the streams that are held")
        for mapping, number in zip(mappings, files.held, strict=True):
            _check_mapped(mapping, files.streams[number], files)
        unique([mapping.address for mapping in mappings], "a mapping")
        return cls(files, mappings, _read_clock(d["clock"]), _read_entropy(d["entropy"]))


def capture_host(host: Host) -> HostState:
    """The state of a host between two calls of its guest."""
    entropy = host.entropy.save() if isinstance(host.entropy, SeededEntropy) else None
    mappings = host.mappings.items()
    return HostState(
        files=host.fs.freeze(mapping.stream for _, mapping in mappings),
        mappings=tuple(FrozenMapping(address, m.offset, m.length, m.writes_back) for address, m in mappings),
        clock=host.clock.save(),
        entropy=entropy,
    )


def restore_host(host: Host, state: HostState, readers: Mapping[str, Reader] | None = None) -> None:
    """Make a host go on from a state, its own or that of another one that was built the same way.

    Whether random numbers and the time of day are the guest's own is this host's choice: with a seed it goes on in the
    state's stream, if that had one; without, its numbers are fresh.

    Args:
        host: its memory is not looked at.
        state: the state.
        readers: granted files by name; needed where the state was loaded, see ``FrozenFiles.grants``.

    Raises:
        ValueError: the state does not fit; it says why, and nothing has changed.
    """
    streams = host.fs.thaw(state.files, readers)
    host.mappings = {
        mapping.address: MemoryMapping(stream, mapping.offset, mapping.length, mapping.writes_back)
        for mapping, stream in zip(state.mappings, streams, strict=True)
    }
    host.clock.restore(state.clock)
    if state.entropy is not None and isinstance(host.entropy, SeededEntropy):
        host.entropy.restore(state.entropy)


def _read_mapping(value: object) -> FrozenMapping:
    d = fields(value, "a mapping", FrozenMapping._fields)
    address = integer(d["address"], "the address of a mapping", 1, _ADDRESS_END - 1)
    length = integer(d["length"], "the length of a mapping", 1, _ADDRESS_END - address)
    offset = integer(d["offset"], "the offset of a mapping")
    return FrozenMapping(address, offset, length, typed(d["writes_back"], bool, "writes_back"))


def _check_mapped(mapping: FrozenMapping, stream: FrozenStream, files: FrozenFiles) -> None:
    where = f"the mapping at {mapping.address:#x}"
    check(stream.node.kind != "device", f"{where} is of a device")
    is_pipe = stream.node.kind == "node" and isinstance(files.orphans.get(int(stream.node.key)), FrozenPipe)
    check(not is_pipe, f"{where} is of a pipe")
    check(not mapping.writes_back or stream.flags & ACCESS_MODE == O_RDWR, f"{where} is of a file that is only read")


def _read_clock(value: object) -> ClockState:
    d = fields(value, "the clock", ClockState._fields)
    fixed = d["fixed_ns"]
    return ClockState(
        None if fixed is None else integer(fixed, "the time of day"),
        integer(d["monotonic_ns"], "the monotonic time"),
        integer(d["cpu_ns"], "the processor time"),
    )


def _read_entropy(value: object) -> EntropyState | None:
    if value is None:
        return None
    d = fields(value, "the random numbers", EntropyState._fields)
    key, rest = (bytes.fromhex(typed(d[name], str, f"the {name} of random numbers")) for name in ("key", "rest"))
    check(len(key) == KEY_BYTES and len(rest) < BLOCK_BYTES, "the random numbers have a wrong key")
    return EntropyState(key, integer(d["counter"], "the counter of random numbers", 0, (1 << 64) - 1), rest)
