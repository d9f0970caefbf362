import pytest

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.archivefs import ArchiveFile, file_entry, mount_archive
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import EPOCH_NS, GuestSide, make_host

PAYLOAD = b"first|second|"
INDEX = {
    "lib": {
        "a.py": file_entry(0, 6),
        "b.py": file_entry(6, 7),
        "empty": file_entry(0, 0),
        "sub": {"c.py": file_entry(0, 5)},
    },
    "top": file_entry(0, 13),
}


@pytest.fixture
def root():
    return mount_archive(INDEX, memoryview(PAYLOAD), dev=1, mtime_ns=7)


@pytest.fixture
def fs(root):
    return standard_filesystem(lambda: EPOCH_NS, bytes, root=root)


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def test_files_are_slices_of_the_payload(fs):
    assert fs.read_file("/lib/a.py") == b"first|"
    assert fs.read_file("/lib/b.py") == b"second|"
    assert fs.read_file("/lib/empty") == b""
    assert fs.read_file("/lib/sub/c.py") == b"first"
    node = fs.resolve("/lib/b.py", fs.root)
    assert (node.size, node.mode, node.mtime_ns) == (7, 0o100444, 7)


def test_reading_stops_at_the_files_end_not_the_payloads(root):
    node = root.find("lib").find("a.py")
    buffer = bytearray(b"." * 10)
    assert node.read_into(memoryview(buffer), 2) == 4
    assert buffer == b"rst|......"
    assert node.read_into(memoryview(buffer), 6) == 0
    assert node.read_into(memoryview(buffer), 2**62) == 0


def test_nodes_are_made_when_they_are_looked_up(root):
    assert root.children == {}
    first = root.find("lib").find("a.py")
    assert isinstance(first, ArchiveFile)
    assert root.find("lib").find("a.py") is first
    assert list(root.children) == ["lib"]
    assert root.find("nothing") is None


def test_inode_numbers_are_the_same_everywhere_and_differ(root):
    def numbers(directory, prefix=""):
        found = {prefix or "/": directory.ino}
        for name in directory.names():
            node = directory.find(name)
            found |= numbers(node, f"{prefix}/{name}") if hasattr(node, "names") else {f"{prefix}/{name}": node.ino}
        return found

    other = mount_archive(INDEX, memoryview(PAYLOAD), dev=1, mtime_ns=0)
    found = numbers(root)
    assert found == numbers(other)
    assert len(set(found.values())) == 8
    assert max(found.values()) < 2**53


def test_nothing_can_be_changed(fs):
    for flags in (fcntl.O_WRONLY, fcntl.O_RDWR, fcntl.O_RDONLY | fcntl.O_TRUNC):
        with fails_with(Errno.EROFS):
            fs.open("/lib/a.py", flags, 0, fs.root)
    with fails_with(Errno.EROFS):
        fs.open("/lib/new", fcntl.O_WRONLY | fcntl.O_CREAT, 0o644, fs.root)
    for change in (
        lambda: fs.mkdir("/lib/d", 0o755, fs.root),
        lambda: fs.unlink("/lib/a.py", fs.root),
        lambda: fs.rmdir("/lib/sub", fs.root),
        lambda: fs.rename("/lib/a.py", fs.root, "/lib/z.py", fs.root),
        lambda: fs.symlink("x", "/lib/l", fs.root),
        lambda: fs.chmod(fs.resolve("/lib/a.py", fs.root), 0o644),
        lambda: fs.set_times(fs.resolve("/lib/a.py", fs.root), 1, 1),
        lambda: fs.truncate(fs.resolve("/lib/a.py", fs.root), 0),
        lambda: fs.access(fs.resolve("/lib", fs.root), fcntl.W_OK),
        lambda: fs.write_file("/lib/new", b""),
        lambda: fs.remove("/lib/a.py"),
        lambda: fs.write_file("/new/file", b""),
    ):
        with fails_with(Errno.EROFS):
            change()
    with fails_with(Errno.EEXIST):
        fs.mkdir("/lib", 0o755, fs.root)
    with fails_with(Errno.EXDEV):
        fs.rename("/lib/a.py", fs.root, "/mnt/data/a.py", fs.root)
    with fails_with(Errno.ENOENT):
        fs.open("/lib/none", fcntl.O_RDONLY, 0, fs.root)


def test_mounts_appear_beside_what_the_archive_has(fs):
    assert sorted(fs.root.names()) == ["dev", "home", "lib", "mnt", "tmp", "top"]
    assert not fs.root.is_empty()
    assert fs.resolve("/mnt/data/..", fs.root).names() == ["data"]
    with fails_with(Errno.EBUSY):
        fs.rmdir("/mnt/data", fs.root)
    with fails_with(Errno.EROFS):
        fs.rmdir("/mnt", fs.root)


def test_a_mount_covers_what_was_there(root):
    fs = standard_filesystem(lambda: EPOCH_NS, bytes, root=root)
    other = mount_archive({"only": file_entry(0, 1)}, memoryview(b"x"), dev=5)
    fs.resolve("/lib/a.py", fs.root)
    fs.mount("/lib", other)
    assert fs.resolve("/lib", fs.root) is other
    with fails_with(Errno.ENOENT):
        fs.resolve("/lib/a.py", fs.root)
    assert fs.resolve("/lib/..", fs.root) is fs.root
    with fails_with(Errno.ENOTDIR):
        fs.mount("/top/x", mount_archive({}, memoryview(b""), dev=6))


def test_a_large_directory_is_listed_completely():
    names = {f"module_{i:04}.py": file_entry(0, 1) for i in range(1000)}
    root = mount_archive({"lib": names}, memoryview(b"x"), dev=1)
    host = make_host(fs=standard_filesystem(lambda: EPOCH_NS, bytes, root=root))
    guest = GuestSide(host)
    fd = guest("__syscall_openat", -100, guest.string("/lib"), fcntl.O_DIRECTORY, 0)
    buffer, found = guest.alloc(2048), []
    while n := guest("__syscall_getdents64", fd, buffer, 2048):
        found += [host.memory.read_cstr(buffer + i + 19).decode() for i in range(0, n, 280)]
    assert found == [".", "..", *names]
