"""Random system calls with checkpoints in between: a host that is put back is what it was, and twins are strangers."""

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conformance.fs_adapters import FsError, GuestFiles
from conformance.test_fs_stateful import DATA, FLAGS, OFFSETS, TARGETS
from offline_ci.emscripten.abi import fcntl, ioctl
from offline_ci.emscripten.abi.errno import ErrnoError
from offline_ci.emscripten.checkpoint import HostState, capture_host, restore_host
from offline_ci.emscripten.vfs.contents import CHUNK_BYTES
from offline_ci.emscripten.vfs.frozen import NodeTable
from support.guest_memory import GuestSide
from support.host_dump import CHANNEL_FD, BytesReader, dump_host, make_full_host

PATHS = st.sampled_from(
    ["a", "b", "c", "a/b", "a/c", "a/b", "d", "a", "b", "..", ".", "/tmp/a", "/tmp", "/lib/a.py", "/lib", "/dev/tty"]
)
FDS = st.integers(0, 6)
READERS = {f"/mnt/data/{name}": BytesReader(name.encode() * 3) for name in ("a", "b", "c", "a/b")}


class Adapter(GuestFiles):
    """System calls of a host that exists already."""

    def __init__(self, host):
        self.host = host
        self.guest = GuestSide(host)

    def call(self, name, *args):
        return self._call(name, *args)


def as_loaded(state):
    document, blobs = state.to_json()
    return HostState.from_json(json.loads(json.dumps(document)), [bytes(blob) for blob in blobs])


class Checkpoints(RuleBasedStateMachine):
    """Each rule is one call of the guest's or the host's, but those that make or restore a checkpoint."""

    def __init__(self):
        super().__init__()
        self.files = Adapter(make_full_host())
        self.saved = []
        fs = self.host.fs
        fs.write_file("a/b", b"line\n")
        fs.write_file("c", bytes(CHUNK_BYTES) + b"end")
        fs.symlink("a/b", "d", fs.cwd)
        for path, flags in (("c", "RDWR"), ("a/b", "RDWR|APPEND"), ("a", "RDONLY"), ("/lib/a.py", "RDONLY")):
            self.files.open(path, flags)

    @property
    def host(self):
        return self.files.host

    def attempt(self, function, *args):
        try:
            return function(*args)
        except (FsError, ErrnoError):
            return None
        finally:
            self.files.guest.reset()

    def fd(self, which):
        """A descriptor that is open, those that the guest opened itself first."""
        fds = [fd for fd, _ in self.host.fs.fds] or [0]
        fds = fds[CHANNEL_FD + 1 :] + fds[: CHANNEL_FD + 1]
        return fds[which % len(fds)]

    # --- the guest

    @rule(path=PATHS, flags=FLAGS)
    def open(self, path, flags):
        self.attempt(self.files.open, path, flags)

    @rule(path=st.sampled_from([".", "/tmp", "a"]))
    def open_unnamed(self, path):
        self.attempt(self.files.open, path, "RDWR|TMPFILE")

    @rule(path=PATHS)
    def open_directory(self, path):
        self.attempt(self.files.open, path, "RDONLY|DIRECTORY")

    @rule()
    def pipe(self):
        self.attempt(self.files.pipe)

    @rule(fd=FDS)
    def close(self, fd):
        self.attempt(self.files.close, self.fd(fd))

    @rule(old=FDS, new=st.integers(4, 20), cloexec=st.booleans())
    def dup(self, old, new, cloexec):
        self.attempt(self.files.call, "__syscall_dup3", self.fd(old), new, fcntl.O_CLOEXEC if cloexec else 0)

    @rule(fd=FDS, data=DATA)
    def write(self, fd, data):
        self.attempt(self.files.write, self.fd(fd), data)

    @rule(fd=FDS, n=st.integers(0, 30))
    def read(self, fd, n):
        self.attempt(self.files.read, self.fd(fd), n)

    @rule(fd=FDS, data=DATA, chunk=st.integers(0, 2), offset=OFFSETS)
    def pwrite(self, fd, data, chunk, offset):
        self.attempt(self.files.pwrite, self.fd(fd), data, chunk * CHUNK_BYTES + offset)

    @rule(fd=FDS, chunk=st.integers(0, 2), offset=OFFSETS)
    def ftruncate(self, fd, chunk, offset):
        self.attempt(self.files.ftruncate, self.fd(fd), chunk * CHUNK_BYTES + offset)

    @rule(fd=FDS, offset=OFFSETS)
    def lseek(self, fd, offset):
        self.attempt(self.files.lseek, self.fd(fd), offset, fcntl.SEEK_SET)

    @rule(fd=FDS, flags=st.sampled_from([0, fcntl.O_APPEND, fcntl.O_NONBLOCK]))
    def set_flags(self, fd, flags):
        varargs = self.files.guest.alloc(4, flags.to_bytes(4, "little"))
        self.attempt(self.files.call, "__syscall_fcntl64", self.fd(fd), fcntl.F_SETFL, varargs)

    @rule(fd=FDS)
    def list_some(self, fd):
        self.attempt(self.files.call, "__syscall_getdents64", self.fd(fd), self.files.guest.alloc(560), 560)

    @rule(path=PATHS)
    def mkdir(self, path):
        self.attempt(self.files.mkdir, path)

    @rule(path=PATHS)
    def rmdir(self, path):
        self.attempt(self.files.rmdir, path)

    @rule(path=PATHS)
    def unlink(self, path):
        self.attempt(self.files.unlink, path)

    @rule(old=PATHS, new=PATHS)
    def rename(self, old, new):
        self.attempt(self.files.rename, old, new)

    @rule(points_to=TARGETS, path=PATHS)
    def symlink(self, points_to, path):
        self.attempt(self.files.symlink, points_to, path)

    @rule(path=PATHS, mode=st.sampled_from([0o755, 0o700, 0o600, 0o1777]))
    def chmod(self, path, mode):
        self.attempt(self.files.chmod, path, mode)

    @rule(path=PATHS, ns=st.integers(-(10**12), 10**19))
    def utime(self, path, ns):
        self.attempt(self.files.utime, path, ns, ns + 1)

    @rule(path=PATHS)
    def chdir(self, path):
        self.attempt(self.files.call, "__syscall_chdir", path)

    @rule(fd=FDS)
    def fchdir(self, fd):
        self.attempt(self.files.call, "__syscall_fchdir", self.fd(fd))

    @rule(mask=st.integers(0, 0o777))
    def umask(self, mask):
        self.files.call("__syscall_umask_js", mask & 0o077)

    @rule(fd=FDS, shared=st.booleans())
    def mmap(self, fd, shared):
        place = self.files.guest.alloc(8)
        flags = 1 if shared else ioctl.MAP_PRIVATE
        self.attempt(self.files.call, "_mmap_js", 10, 1 | ioctl.PROT_WRITE, flags, self.fd(fd), 0, place, place + 4)

    @rule(which=st.integers(0, 3), data=st.binary(min_size=10, max_size=10))
    def munmap(self, which, data):
        addresses = list(self.host.mappings)
        if which < len(addresses):
            self.host.memory.write_bytes(addresses[which], data)
            self.attempt(self.files.call, "_munmap_js", addresses[which], 10, 0, 0, 0, 0)

    @rule(n=st.integers(0, 100))
    def random(self, n):
        self.files.call("random_get", self.files.guest.alloc(n), n)
        self.files.guest.reset()

    # --- the host

    @rule(name=st.sampled_from(sorted(READERS)))
    def grant(self, name):
        self.attempt(self.host.fs.mount_grant, name, READERS[name])

    @rule(path=PATHS, data=DATA)
    def write_file(self, path, data):
        self.attempt(self.host.fs.write_file, path, data)

    @rule(path=PATHS)
    def remove(self, path):
        self.attempt(self.host.fs.remove, path)

    @rule(data=DATA)
    def push(self, data):
        self.host.fs.devices[10 << 8 | 1].push(data)

    # --- checkpoints

    @initialize()
    def begin(self):
        self.checkpoint()

    @rule()
    def checkpoint(self):
        self.saved.append((capture_host(self.host), dump_host(self.host)))

    @rule(which=st.integers(0, 10))
    def roll_back(self, which):
        state, dump = self.saved[which % len(self.saved)]
        restore_host(self.host, state)
        assert dump_host(self.host) == dump

    @rule(which=st.integers(0, 10), loaded=st.booleans())
    def go_on_in_a_twin(self, which, loaded):
        state, dump = self.saved[which % len(self.saved)]
        used = self.host.instance._top
        self.files = Adapter(make_full_host(seed=5))
        self.host.instance._top = used  # what malloc gave out is in memory, which is not part of this
        restore_host(self.host, as_loaded(state) if loaded else state, READERS)
        assert dump_host(self.host) == dump

    @invariant()
    def the_journal_knows_what_changed(self):
        """What the last checkpoint knows with what is noted since is the whole tree."""
        journal = self.host.fs.mem.journal
        noted = {ino for ino, node in journal.changed.items() if node is not None}
        gone = {ino for ino, node in journal.changed.items() if node is None}
        known = {ino for ino, _ in self.host.fs.frozen_nodes}
        assert (known - gone) | noted == _named(self.host.fs)

    def teardown(self):
        # whatever happened since, every checkpoint is still what it was, and equal to one made of scratch
        for state, dump in self.saved:
            host = make_full_host()
            restore_host(host, state, READERS)
            assert dump_host(host) == dump
            everything = NodeTable().replace(dict(state.files.nodes))
            assert capture_host(host).files.nodes == everything
            assert dump_host(host) == dump


def _named(fs):
    found, todo = set(), list(fs.mounts.values())
    while todo:
        node = todo.pop()
        found.add(node.ino)
        todo += getattr(node, "children", {}).values()
    return found


def test_the_channel_is_among_the_descriptors():
    assert dict(make_full_host().fs.fds)[CHANNEL_FD].node.rdev == 10 << 8 | 1


TestCheckpoints = Checkpoints.TestCase
TestCheckpoints.settings = settings(
    max_examples=100, stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
