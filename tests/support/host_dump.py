"""A host with everything in it, and everything that can be told about it, to compare two of them."""

from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.random import SeededEntropy
from offline_ci.emscripten.vfs.archivefs import file_entry, mount_archive
from offline_ci.emscripten.vfs.devfs import ChannelDevice
from offline_ci.emscripten.vfs.node import CharDevice, Directory, RegularFile, Symlink
from offline_ci.emscripten.vfs.pipefs import Pipe
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import EPOCH_NS, FakeInstance

PAYLOAD = b"first|second|"
INDEX = {"lib": {"a.py": file_entry(0, 6), "b.py": file_entry(6, 7), "sub": {"c.py": file_entry(0, 13)}}}
CHANNEL_FD = 3


class BytesReader:
    """A host's file in memory."""

    def __init__(self, data):
        self.size = len(data)
        self._data = data

    def read_at(self, offset, n):
        return self._data[offset : offset + n]


def make_full_host(*, disk_bytes=1 << 30, files=100_000, seed=1, epoch_ns=EPOCH_NS):
    """A host with a clock and random numbers of its own, an archive, a channel, and a console that gives a line."""
    clock, entropy = Clock(epoch_ns), SeededEntropy(seed)
    fs = standard_filesystem(
        clock.realtime_ns,
        entropy,
        quota=Quota(disk_bytes=disk_bytes, files=files, open_files=30),
        root=mount_archive(INDEX, memoryview(PAYLOAD), dev=1),
        read_line=lambda: b"a line\n",
    )
    fs.attach(CHANNEL_FD, ChannelDevice(fs.root.backend, 1, clock.realtime_ns(), lambda _: None), 2)
    host = Host(fs=fs, clock=clock, entropy=entropy, sleep=lambda _: None)
    host.attach(FakeInstance())
    return host


def dump_host(host):
    """Whatever the guest, or the host's own next question, can tell."""
    fs = host.fs
    streams = {id(stream): stream for stream in (*(s for _, s in fs.fds), *(m.stream for m in host.mappings.values()))}
    numbers = {key: number for number, key in enumerate(streams)}
    return {
        "root": dump_node(fs.root),
        "streams": [_dump_stream(stream) for stream in streams.values()],
        "fds": [(fd, numbers[id(stream)]) for fd, stream in fs.fds],
        "lowest": fs.fds.next_free(),
        "cloexec": sorted(fs.fds.cloexec),
        "cwd": dump_node(fs.cwd),
        "data": dump_node(fs.data_directory),
        "umask": fs.umask,
        "quota": (fs.quota.used_bytes, fs.quota.used_files),
        "counters": (fs.generation, fs.mem.journal.last_ino),
        "mappings": [(a, numbers[id(m.stream)], m.offset, m.length, m.writes_back) for a, m in host.mappings.items()],
        "listed": [(info, generation) for info, generation in fs._walk("/")],
        "clock": host.clock.save().fixed_ns,
        "entropy": host.entropy.save(),
    }


def dump_node(node):
    """A node and what is in it, with the places of directories."""
    found = {
        "type": type(node).__name__,
        "ino": (node.backend.dev, node.ino),
        "mode": node.mode,
        "nlink": node.nlink,
        "times": (node.atime_ns, node.mtime_ns, node.ctime_ns),
        "size": node.size,
        "generation": getattr(node, "generation", None),
        "open": getattr(node, "open_count", None),
    }
    if isinstance(node, Directory):
        found["place"] = (node.path(), node.parent.ino, node.parent.nlink, node.is_mount)
        found["children"] = [(name, dump_node(node.find(name))) for name in node.names()]
    elif isinstance(node, RegularFile):
        buffer = bytearray(node.size + 1)
        found["bytes"] = bytes(buffer[: node.read_into(memoryview(buffer), 0)])
    elif isinstance(node, Symlink):
        found["target"] = node.target
    elif isinstance(node, Pipe):
        found["pending"] = (node.pending(), node.n_readers, node.n_writers)
    elif isinstance(node, CharDevice):
        found["pending"] = (node.rdev, node.pending())
    return found


def _dump_stream(stream):
    access = (stream.flags, stream.can_read, stream.can_write)
    return dump_node(stream.node), access, stream.position, stream.listing, stream.refs
