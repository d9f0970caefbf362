import pytest

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi.errno import Errno
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from offline_ci.errors import HostInvariantError
from support.guest_memory import EPOCH_NS, GuestSide, make_host

OUTSIDE = 2**32 - 8


@pytest.fixture
def fd(host):
    host.fs.write_file("f", b"0123456789")
    return host.fs.open("f", fcntl.O_RDWR, 0, host.fs.cwd)


def iovecs(guest, *pieces):
    return guest.alloc(0, b"".join(structs.IOVEC.pack(*piece) for piece in pieces))


def test_reading_fills_one_piece_after_the_other(guest, host, fd):
    buffer, count = guest.alloc(32, b"." * 32), guest.alloc(4)
    pieces = iovecs(guest, (buffer, 3), (buffer + 8, 0), (buffer + 16, 100))
    assert guest("fd_read", fd, pieces, 3, count) == 0
    assert host.memory.read_u32(count) == 10
    assert host.memory.read_bytes(buffer, 24) == b"012.....3456789."[:8] + b"." * 8 + b"3456789."


def test_writing_takes_all_pieces(guest, host, fd):
    data, count = guest.alloc(0, b"abcdef"), guest.alloc(4)
    assert guest("fd_write", fd, iovecs(guest, (data, 2), (data + 4, 2)), 2, count) == 0
    assert host.fs.read_file("f") == b"abef456789"
    for name, position in (("fd_read", []), ("fd_write", []), ("fd_pread", [0]), ("fd_pwrite", [0])):
        assert guest(name, fd, 0, 0, *position, count) == 0
        assert host.memory.read_u32(count) == 0
    assert guest("fd_pwrite", fd, iovecs(guest, (data, 6), (data, 1)), 2, 8, count) == 0
    assert host.memory.read_u32(count) == 7
    assert host.fs.read_file("f") == b"abef4567abcdefa"


def test_positioned_writing_at_the_given_place_even_when_appending(guest, host):
    host.fs.write_file("f", b"0123456789")
    fd = host.fs.open("f", fcntl.O_RDWR | fcntl.O_APPEND, 0, host.fs.cwd)
    data, count = guest.alloc(0, b"AB"), guest.alloc(4)
    assert guest("fd_pwrite", fd, iovecs(guest, (data, 2)), 1, 2, count) == 0
    assert host.fs.read_file("f") == b"01AB456789"


def test_an_error_after_some_bytes_is_told_by_the_next_call():
    host = make_host(quota=Quota(disk_bytes=5))
    guest = GuestSide(host)
    fd = host.fs.open("f", fcntl.O_RDWR | fcntl.O_CREAT, 0o644, host.fs.cwd)
    data, count = guest.alloc(8), guest.alloc(4)
    pieces = iovecs(guest, (data, 3), (data, 2), (data, 3))
    assert guest("fd_write", fd, pieces, 3, count) == 0
    assert host.memory.read_u32(count) == 5
    assert guest("fd_write", fd, pieces, 3, count) == Errno.ENOSPC
    host.fs.fds.get(fd).node.truncate(1)
    host.fs.fds.get(fd).seek(0, 0)
    for name, position in (("fd_write", []), ("fd_pwrite", [3])):
        assert guest(name, fd, iovecs(guest, (data, 3), (data, 8), (data, 1)), 3, *position, count) == 0
        assert host.memory.read_u32(count) == (5 if name == "fd_write" else 2)
        assert host.fs.fds.get(fd).node.size == 5
    wild = iovecs(guest, (data, 2), (OUTSIDE, 100))
    assert guest("fd_pwrite", fd, wild, 2, 0, count) == 0
    assert host.memory.read_u32(count) == 2
    assert guest("fd_pread", fd, wild, 2, 0, count) == 0
    host.fs.fds.get(fd).seek(0, 0)
    assert guest("fd_read", fd, wild, 2, count) == 0
    assert host.memory.read_u32(count) == 2


@pytest.mark.parametrize("name", ["fd_read", "fd_write", "fd_pread", "fd_pwrite"])
def test_bad_arguments(guest, host, fd, name):
    position = [0] if "p" in name[3] else []
    count = guest.alloc(4)
    good = iovecs(guest, (guest.alloc(8), 4))
    assert guest(name, 99, good, 1, *position, count) == Errno.EBADF
    assert guest(name, fd, OUTSIDE, 2, *position, count) == Errno.EFAULT
    assert guest(name, fd, iovecs(guest, (OUTSIDE, 100)), 1, *position, count) == Errno.EFAULT
    assert guest(name, fd, good, 2000, *position, count) == Errno.EINVAL
    assert guest(name, fd, good, 1, *position, OUTSIDE + 6) == Errno.EFAULT
    if position:
        assert guest(name, fd, good, 1, -1, count) == Errno.EINVAL
        assert guest(name, 0 if name == "fd_pread" else 1, good, 1, 0, count) == Errno.ESPIPE


def test_what_is_not_open_for_it(guest, host):
    count = guest.alloc(4)
    for fd, name in ((0, "fd_write"), (1, "fd_read")):
        assert guest(name, fd, iovecs(guest, (guest.alloc(8), 4)), 1, count) == Errno.EBADF
        assert guest(name, fd, 0, 0, count) == (Errno.EBADF if name == "fd_write" else 0)


def test_seeking(guest, host, fd):
    place = guest.alloc(8)
    assert guest("fd_seek", fd, -3, fcntl.SEEK_END, place) == 0
    assert host.memory.read_u64(place) == 7
    assert guest("fd_seek", fd, 2**63 - 1, fcntl.SEEK_CUR, place) == Errno.EOVERFLOW
    assert guest("fd_seek", 1, 0, fcntl.SEEK_SET, place) == Errno.ESPIPE
    assert guest("fd_seek", fd, 0, fcntl.SEEK_SET, OUTSIDE + 4) == Errno.EFAULT


def test_only_terminals_are_told_as_character_devices():
    for tty, expected in ((False, 0), (True, 2)):
        host = make_host(fs=standard_filesystem(lambda: 0, bytes, tty=tty))
        guest = GuestSide(host)
        buffer = guest.alloc(24)
        assert guest("fd_fdstat_get", 1, buffer) == 0
        assert host.memory.read_u8(buffer) == expected
        host.fs.open("/dev/null", 0, 0, host.fs.root)
        assert guest("fd_fdstat_get", 3, buffer) == 0
        assert host.memory.read_u8(buffer) == 0


def test_files_and_directories_are_told_with_their_flags(guest, host, fd):
    buffer = guest.alloc(24)
    host.fs.open("/tmp", fcntl.O_RDONLY, 0, host.fs.root)
    host.fs.fds.get(fd).flags |= fcntl.O_APPEND | fcntl.O_NONBLOCK
    for number, expected in ((fd, (4, 5)), (fd + 1, (3, 0))):
        assert guest("fd_fdstat_get", number, buffer) == 0
        assert host.memory.unpack(structs.FDSTAT, buffer)[:2] == expected
    assert guest("fd_fdstat_get", 99, buffer) == Errno.EBADF


def test_clocks(guest, host):
    place = guest.alloc(8)

    def read(clock_id):
        assert guest("clock_time_get", clock_id, 1, place) == 0
        return host.memory.read_u64(place)

    assert read(0) > EPOCH_NS
    assert read(0) < read(0)
    assert read(1) <= read(1)
    assert read(2) < 3600 * 10**9
    assert read(3) < 3600 * 10**9
    for clock_id in (-1, 4):
        assert guest("clock_time_get", clock_id, 1, place) == Errno.EINVAL
        assert guest("clock_res_get", clock_id, place) == Errno.EINVAL
    assert guest("clock_res_get", 0, place) == 0
    assert host.memory.read_u64(place) == 1


def test_random_bytes_of_any_number():
    requests = []
    host = make_host()
    host.entropy = lambda n: (requests.append(n), b"r" * n)[1]
    host.memory.grow(32)
    guest = GuestSide(host)
    assert guest("random_get", 0, (2 << 20) + 1) == 0
    assert requests == [1 << 20, 1 << 20, 1]
    assert host.memory.read_bytes((2 << 20) - 1, 3) == b"rr\0"
    assert guest("random_get", 0, 2**32 - 1) == Errno.EFAULT


def test_the_environment_is_handed_over():
    host = make_host(environ={"HOME": "/home/user", "LANG": "\u00e4"})
    guest = GuestSide(host)
    place, pointers, strings = guest.alloc(8), guest.alloc(8), guest.alloc(64)
    assert guest("environ_sizes_get", place, place + 4) == 0
    assert (host.memory.read_u32(place), host.memory.read_u32(place + 4)) == (2, 24)
    assert guest("environ_get", pointers, strings) == 0
    found = [host.memory.read_cstr(host.memory.read_u32(pointers + 4 * i)) for i in range(2)]
    assert found == [b"HOME=/home/user", "LANG=\u00e4".encode()]
    assert guest("environ_get", pointers, OUTSIDE) == Errno.EFAULT


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("A=B", "x"), ("A", "x\0y"), ("A\0", "x")])
def test_an_impossible_environment_is_our_mistake(name, value):
    with pytest.raises(HostInvariantError, match="environment variable"):
        make_host(environ={name: value})


def test_closing(guest, host, fd):
    assert guest("fd_close", fd) == 0
    assert guest("fd_close", fd) == Errno.EBADF
