"""Random operations on the machine's file system and on ours at once: the same results, the same trees."""

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from conformance.fs_adapters import FsError, GuestFiles, RealFiles

NAMES = [
    "a", "b", "c", "a/", "c/", "a/b", "a/c", "a/b/c", "b/a", "b/../a", "./a", "a/.", "a/..", ".", "..", "c/b/a",
    "b/", "a/b/", "b//c", "",
]  # fmt: skip
TARGET_NAMES = ["a", "b", "a/b", "../a", ".", "..", "c", "./b/", "none"]
FLAG_SETS = [
    "RDONLY", "WRONLY|CREAT", "RDWR|CREAT", "RDWR|CREAT|EXCL", "WRONLY|CREAT|TRUNC", "RDWR|APPEND",
    "RDONLY|DIRECTORY", "RDONLY|NOFOLLOW", "WRONLY|TRUNC", "RDONLY|PATH", "RDONLY|PATH|NOFOLLOW",
    "RDWR|CREAT|NOFOLLOW",
]  # fmt: skip
DATA_BYTES = 21
OFFSET_RANGE = (-5, 60)

PATHS = st.sampled_from(NAMES)
TARGETS = st.sampled_from(TARGET_NAMES)
FLAGS = st.sampled_from(FLAG_SETS)
DATA = st.binary(max_size=DATA_BYTES - 1)
OFFSETS = st.integers(*OFFSET_RANGE)


def outcome(function, *args):
    try:
        return "ok", function(*args)
    except FsError as error:
        return "failed", str(error)


class SameBehaviour(RuleBasedStateMachine):
    """Every rule does one thing twice."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        # one level down, so that ".." is an empty directory of ours too
        self.root = Path(self.folder.name, "outer", "data")
        self.root.mkdir(parents=True)
        self.machine, self.guest = RealFiles(self.root), GuestFiles()
        fs = self.guest.host.fs
        fs.mkdir("outer", 0o755, fs.cwd)
        fs.mkdir("outer/data", 0o755, fs.cwd)
        fs.chdir(fs.resolve("outer/data", fs.cwd))
        self.fds = []

    def teardown(self):
        self.machine.close_all()
        self.folder.cleanup()

    def both(self, name, *args):
        expected = outcome(getattr(self.machine, name), *args)
        actual = outcome(getattr(self.guest, name), *args)
        assert actual == expected, f"{name}{args}: {actual} instead of {expected}"
        return expected

    @rule(path=PATHS, flags=FLAGS)
    def open(self, path, flags):
        expected = outcome(self.machine.open, path, flags)
        actual = outcome(self.guest.open, path, flags)
        if expected[0] == actual[0] == "ok":
            self.fds.append((expected[1], actual[1]))
        else:
            assert actual == expected, f"open({path!r}, {flags}): {actual} instead of {expected}"

    def on_open_file(self, which, name, *args, keep=True):
        if not self.fds:
            return
        machine_fd, guest_fd = self.fds[which % len(self.fds)]
        expected = outcome(getattr(self.machine, name), machine_fd, *args)
        actual = outcome(getattr(self.guest, name), guest_fd, *args)
        assert actual == expected, f"{name}{args}: {actual} instead of {expected}"
        if not keep:
            del self.fds[which % len(self.fds)]

    @rule(which=st.integers(0, 50), data=DATA)
    def write(self, which, data):
        self.on_open_file(which, "write", data)

    @rule(which=st.integers(0, 50), n=st.integers(0, 30))
    def read(self, which, n):
        self.on_open_file(which, "read", n)

    @rule(which=st.integers(0, 50), data=DATA, offset=OFFSETS)
    def pwrite(self, which, data, offset):
        # Linux appends here, against POSIX; we do as POSIX says (docs/limitations/filesystem.md)
        if self.fds and not self.is_append(which):
            self.on_open_file(which, "pwrite", data, offset)

    def is_append(self, which):
        _, fd = self.fds[which % len(self.fds)]
        return bool(self.guest.host.fs.fds.get(fd).flags & 0o2000)

    @rule(which=st.integers(0, 50), n=st.integers(0, 30), offset=OFFSETS)
    def pread(self, which, n, offset):
        self.on_open_file(which, "pread", n, offset)

    @rule(which=st.integers(0, 50), size=OFFSETS)
    def ftruncate(self, which, size):
        self.on_open_file(which, "ftruncate", size)

    @rule(which=st.integers(0, 50))
    def fstat(self, which):
        self.on_open_file(which, "fstat")

    @rule(which=st.integers(0, 50))
    def close(self, which):
        self.on_open_file(which, "close", keep=False)

    @rule(path=PATHS)
    def mkdir(self, path):
        self.both("mkdir", path)

    @rule(path=PATHS)
    def rmdir(self, path):
        if ".." not in path:  # our ".." has a name that the machine's has not
            self.both("rmdir", path)

    @rule(path=PATHS)
    def unlink(self, path):
        self.both("unlink", path)

    @rule(old=PATHS, new=PATHS)
    def rename(self, old, new):
        self.both("rename", old, new)

    @rule(points_to=TARGETS, path=PATHS)
    def symlink(self, points_to, path):
        self.both("symlink", points_to, path)

    @rule(path=PATHS)
    def readlink(self, path):
        self.both("readlink", path)

    @rule(path=PATHS)
    def stat(self, path):
        self.both("stat", path)

    @rule(path=PATHS)
    def listdir(self, path):
        self.both("listdir", path)

    @invariant()
    def the_trees_are_equal(self):
        assert _machine_tree(self.root) == _guest_tree(self.guest.host.fs.cwd)

    @invariant()
    def the_quota_knows_all_bytes(self):
        fs = self.guest.host.fs
        nodes = _nodes(fs)
        assert fs.quota.used_bytes == sum(n.size for n in nodes if not hasattr(n, "children"))
        assert fs.quota.used_files == len(nodes)


def _nodes(fs):
    """All nodes that count: those with a name and those that are open."""
    todo = [fs.resolve(path, fs.root) for path in ("/mnt/data", "/tmp", "/home/user")]
    found = {id(n): n for n in todo}
    while todo:
        for child in getattr(todo.pop(), "children", {}).values():
            found[id(child)] = child
            todo.append(child)
    for _, stream in fs.fds:
        # an open directory or link that was removed no longer counts: only files keep their bytes
        if stream.node.backend is fs.mem and (stream.node.nlink or hasattr(stream.node, "open_count")):
            found[id(stream.node)] = stream.node
    return list(found.values())


def _machine_tree(path):
    tree = {}
    for entry in path.iterdir():
        if entry.is_symlink():
            tree[entry.name] = os.readlink(entry)  # noqa: PTH115 - Path would tidy "./b/"
        elif entry.is_dir():
            tree[entry.name] = _machine_tree(entry)
        else:
            tree[entry.name] = entry.read_bytes()
    return tree


def _guest_tree(directory):
    tree = {}
    for name, node in directory.children.items():
        if hasattr(node, "children"):
            tree[name] = _guest_tree(node)
        else:
            tree[name] = node.target if hasattr(node, "target") else b"".join(node.freeze_contents())
    return tree


TestSameBehaviour = SameBehaviour.TestCase
TestSameBehaviour.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
