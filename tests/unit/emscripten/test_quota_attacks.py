"""A guest that wants all of the host's memory gets an errno, and the refusal is noted."""

import tracemalloc

import pytest

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.quota import MAX_FILE_BYTES, Quota, Refusal
from support.guest_memory import GuestSide, make_host

DISK_BYTES = 1 << 20


@pytest.fixture
def host():
    return make_host(quota=Quota(disk_bytes=DISK_BYTES, files=100, open_files=10))


@pytest.fixture
def fd(host):
    return host.fs.open("f", fcntl.O_RDWR | fcntl.O_CREAT, 0o644, host.fs.cwd)


@pytest.fixture
def peak():
    """Bytes that Python allocated at most since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def test_a_write_far_beyond_the_end_allocates_nothing(host, fd, peak):
    stream = host.fs.fds.get(fd)
    stream.seek(1 << 40, fcntl.SEEK_SET)
    with fails_with(Errno.ENOSPC):
        stream.write(b"x")
    stream.seek((1 << 63) - 1, fcntl.SEEK_SET)
    with fails_with(Errno.EFBIG):
        stream.write(b"x")
    assert stream.node.size == 0
    assert host.fs.quota.refused == Refusal("disk_bytes", DISK_BYTES, (1 << 40) + 1)
    assert peak() < 1 << 20


@pytest.mark.parametrize("size", [DISK_BYTES + 1, 1 << 40, (1 << 63) - 1])
def test_a_huge_size_allocates_nothing(host, fd, guest, size, peak):
    errno = Errno.ENOSPC if size <= MAX_FILE_BYTES else Errno.EFBIG
    assert guest("__syscall_ftruncate64", fd, size) == -errno
    assert guest("__syscall_truncate64", guest.string("f"), size) == -errno
    assert guest("__syscall_fallocate", fd, 0, 0, size) == -errno
    assert guest("__syscall_fallocate", fd, 1, 0, size) == -Errno.ENOSPC
    assert host.fs.fds.get(fd).node.size == 0
    assert peak() < 1 << 20


def test_a_write_that_does_not_fit_is_taken_as_far_as_it_does(host, fd):
    stream = host.fs.fds.get(fd)
    assert stream.write(bytes(DISK_BYTES - 10)) == DISK_BYTES - 10
    assert host.fs.quota.refused is None
    assert stream.write(bytes(100)) == 10
    assert host.fs.quota.refused == Refusal("disk_bytes", DISK_BYTES, DISK_BYTES + 90)
    with fails_with(Errno.ENOSPC):
        stream.write(b"x")
    assert stream.node.size == host.fs.quota.used_bytes == DISK_BYTES
    host.fs.quota.clear_refused()
    assert stream.node.write(b"overwriting needs no room", 0) == 25
    assert host.fs.quota.refused is None


def test_a_gap_counts(host, fd):
    stream = host.fs.fds.get(fd)
    stream.seek(DISK_BYTES - 1, fcntl.SEEK_SET)
    assert stream.write(b"ab") == 1
    assert host.fs.quota.used_bytes == DISK_BYTES


class NoRoom:
    """A byte that a host without memory cannot copy."""

    def __len__(self):
        return 1

    def __iter__(self):
        raise MemoryError


def test_a_host_without_memory_is_a_full_disk(host, fd):
    node = host.fs.fds.get(fd).node
    with fails_with(Errno.ENOSPC):
        node.write(NoRoom(), 0)
    assert host.fs.quota.used_bytes == node.size == 0


def test_what_is_no_file_has_no_contents(host):
    host.fs.symlink("x", "l", host.fs.cwd)
    link = host.fs.resolve("l", host.fs.cwd, follow=False)
    for use in (
        lambda: link.read_into(memoryview(bytearray(1)), 0),
        lambda: link.write(b"x", 0),
        lambda: link.truncate(0),
    ):
        with fails_with(Errno.EINVAL):
            use()


def test_room_comes_back(host, fd):
    fs = host.fs
    stream = fs.fds.get(fd)
    stream.write(bytes(1000))
    stream.node.truncate(100)
    assert fs.quota.used_bytes == 100
    fs.unlink("f", fs.cwd)
    assert fs.quota.used_bytes == 100, "it is still open"
    fs.fds.close(fd)
    assert fs.quota.used_bytes == 0
    fs.symlink("x" * 50, "l", fs.cwd)
    assert fs.quota.used_bytes == 50
    fs.unlink("l", fs.cwd)
    assert (fs.quota.used_bytes, fs.quota.used_files) == (0, 3)


def test_too_many_files(host, guest):
    varargs = guest.alloc(4, b"\xa4\x01\0\0")
    results = []
    for i in range(120):
        guest.reset()
        results.append(guest("__syscall_mknodat", fcntl.AT_FDCWD, guest.string(f"f{i}"), 0o644, 0))
    assert results == [0] * 97 + [-Errno.ENOSPC] * 23, "three directories exist already"
    assert host.fs.quota.refused == Refusal("files", 100, 101)
    create = fcntl.O_CREAT | fcntl.O_RDWR
    for attempt in (
        ("__syscall_mkdirat", -100, guest.string("d"), 0o755),
        ("__syscall_symlinkat", guest.string("t"), -100, guest.string("l")),
        ("__syscall_openat", -100, guest.string("n"), create, varargs),
        ("__syscall_openat", -100, guest.string("."), fcntl.O_TMPFILE | fcntl.O_RDWR, varargs),
    ):
        assert guest(*attempt) == -Errno.ENOSPC
    assert host.fs.quota.used_bytes == 0
    host.fs.unlink("f0", host.fs.cwd)
    assert guest("__syscall_openat", -100, guest.string("n"), create, varargs) == 3


def test_too_many_descriptors(host, fd, guest):
    path = guest.string("f")
    results = [guest("__syscall_openat", -100, path, 0, 0) for _ in range(1000)]
    assert results == [4, 5, 6, 7, 8, 9] + [-Errno.EMFILE] * 994
    varargs = guest.alloc(4)
    assert guest("__syscall_dup", fd) == -Errno.EMFILE
    assert guest("__syscall_fcntl64", fd, fcntl.F_DUPFD, varargs) == -Errno.EMFILE
    assert guest("__syscall_dup3", fd, 10, 0) == -Errno.EBADF
    host.fs.fds.close(7)
    assert guest("__syscall_openat", -100, path, 0, 0) == 7


def test_a_full_table_creates_no_file(host, guest):
    for _ in range(7):
        host.fs.open("/dev/null", 0, 0, host.fs.root)
    varargs = guest.alloc(4)
    assert guest("__syscall_openat", -100, guest.string("new"), fcntl.O_CREAT, varargs) == -Errno.EMFILE
    assert host.fs.cwd.children == {}


def test_links_cannot_make_resolution_endless(host):
    fs = host.fs
    fs.mkdir("d", 0o755, fs.cwd)
    fs.symlink("/".join(["d/.."] * 800), "l0", fs.cwd)
    for i in range(1, 39):
        fs.symlink(f"l{i - 1}/" * 2 + ".", f"l{i}", fs.cwd)
    with fails_with(Errno.ELOOP):
        fs.resolve("l38", fs.cwd)


def test_deep_directories_are_walked_without_recursion():
    host = make_host(quota=Quota(files=5000))
    fs = host.fs
    for _ in range(4000):
        fs.mkdir("d", 0o755, fs.cwd)
        fs.chdir(fs.resolve("d", fs.cwd))
    assert fs.cwd.path() == "/mnt/data" + "/d" * 4000
    guest = GuestSide(host)
    assert guest("__syscall_getcwd", guest.alloc(4096), 4096) == -Errno.ERANGE
    assert fs.list_tree("/mnt/data") == []
    fs.remove("/mnt/data/d")
    assert fs.quota.used_files == 3


def test_many_names_in_one_place_cost_little(peak):
    host = make_host(quota=Quota(files=20_000))
    fs = host.fs
    for i in range(10_000):
        fs.create_file(f"{i}", 0o644, fs.cwd)
    assert peak() < 10_000 * 1000


def test_reading_a_listing_keeps_names_only(host, guest):
    for i in range(50):
        host.fs.create_file(f"{i}", 0o644, host.fs.cwd)
    fd = guest("__syscall_openat", -100, guest.string("."), 0, 0)
    buffer = guest.alloc(2800)
    guest("__syscall_getdents64", fd, buffer, 2800)
    for i in range(50):
        host.fs.unlink(f"{i}", host.fs.cwd)
    assert guest("__syscall_getdents64", fd, buffer, 2800) == 0
    assert structs.DIRENT_BYTES * 10 == 2800
