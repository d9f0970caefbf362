import pytest

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.poll import POLLIN, POLLOUT
from offline_ci.emscripten.vfs.devfs import CHUNK_BYTES, ChannelDevice, RandomDevice
from offline_ci.emscripten.vfs.node import Backend
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import GuestSide, make_host


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def read(node, n):
    buffer = bytearray(b"." * n)
    return bytes(buffer[: node.read_into(memoryview(buffer), 0)])


@pytest.fixture
def fs(host):
    return host.fs


def device(fs, name):
    return fs.resolve(f"/dev/{name}", fs.root)


def test_null_zero_and_full(fs):
    assert read(device(fs, "null"), 5) == b""
    assert device(fs, "null").write(b"gone", 0) == 4
    assert read(device(fs, "zero"), 5) == bytes(5)
    assert device(fs, "zero").write(b"gone", 0) == 4
    assert read(device(fs, "full"), 5) == bytes(5)
    with fails_with(Errno.ENOSPC):
        device(fs, "full").write(b"x", 0)


def test_random_bytes_come_from_the_hosts_source():
    node = RandomDevice(Backend(1, read_only=True), 1, 0, 0, lambda n: b"r" * n)
    assert read(node, 5) == b"rrrrr"


def test_endless_devices_fill_at_most_a_piece_at_a_time(fs):
    for name in ("zero", "urandom"):
        assert len(read(device(fs, name), CHUNK_BYTES + 5)) == CHUNK_BYTES


def test_a_terminal_has_no_positions(fs):
    stream = fs.fds.get(fs.open("/dev/tty", fcntl.O_RDWR, 0, fs.root))
    with fails_with(Errno.ESPIPE):
        stream.seek(0, 0)
    with fails_with(Errno.ESPIPE):
        stream.check_positioned(0, writing=True)


@pytest.mark.parametrize("name", ["null", "zero", "full", "random", "urandom"])
def test_other_devices_are_at_their_beginning_wherever_one_goes(fs, name):
    stream = fs.fds.get(fs.open(f"/dev/{name}", fcntl.O_RDWR, 0, fs.root))
    read(stream.node, 5)
    assert [stream.seek(offset, whence) for offset, whence in ((0, 1), (7, 0), (-3, 2))] == [0, 0, 0]
    stream.check_positioned(9, writing=True)


def test_devices_ignore_truncation_when_they_are_opened(fs):
    fd = fs.open("/dev/null", fcntl.O_RDWR | fcntl.O_TRUNC | fcntl.O_CREAT, 0, fs.root)
    with fails_with(Errno.EINVAL):
        fs.truncate(fs.fds.get(fd).node, 0)


def test_nothing_can_be_made_in_dev(fs):
    with fails_with(Errno.EROFS):
        fs.open("/dev/new", fcntl.O_WRONLY | fcntl.O_CREAT, 0o644, fs.root)
    with fails_with(Errno.EROFS):
        fs.unlink("/dev/null", fs.root)


def test_output_reaches_the_host_as_it_comes():
    written = []
    fs = standard_filesystem(lambda: 0, bytes, on_write=lambda fd, data: written.append((fd, data)))
    assert fs.fds.get(1).write(b"out") == 3
    assert fs.fds.get(2).write(memoryview(b"err")) == 3
    fs.fds.get(fs.open("/dev/stdout", fcntl.O_WRONLY, 0, fs.root)).write(b"again")
    fs.fds.get(fs.open("/dev/tty", fcntl.O_WRONLY, 0, fs.root)).write(b"tty")
    assert written == [(1, b"out"), (2, b"err"), (1, b"again"), (1, b"tty")]
    with fails_with(Errno.EBADF):
        fs.fds.get(0).write(b"x")
    with fails_with(Errno.EBADF):
        fs.fds.get(1).read_into(memoryview(bytearray(1)))


def test_a_huge_write_reaches_the_host_in_pieces():
    sizes = []
    fs = standard_filesystem(lambda: 0, bytes, on_write=lambda fd, data: sizes.append(len(data)))
    assert fs.fds.get(1).write(bytes(2 * CHUNK_BYTES + 1)) == 2 * CHUNK_BYTES + 1
    assert sizes == [CHUNK_BYTES, CHUNK_BYTES, 1]


def test_output_without_a_taker_is_dropped(fs):
    assert fs.fds.get(1).write(b"x") == 1


def test_input_comes_line_by_line():
    lines = [b"first\n", b"second\n"]
    fs = standard_filesystem(lambda: 0, bytes, read_line=lambda: lines.pop(0) if lines else b"")
    stdin = fs.fds.get(0).node
    assert [read(stdin, 4), read(stdin, 100), read(stdin, 100), read(stdin, 100)] == [b"firs", b"t\n", b"second\n", b""]


def test_input_is_empty_where_there_is_nobody(fs):
    assert read(fs.fds.get(0).node, 10) == b""


@pytest.fixture
def messages():
    return []


@pytest.fixture
def channel(messages):
    return ChannelDevice(Backend(9, read_only=True), 1, 0, messages.append)


def test_a_channel_carries_both_ways(channel, messages):
    assert channel.write(b"from the guest", 0) == 14
    assert messages == [b"from the guest"]
    channel.push(b"hello")
    channel.push(b"")
    channel.push(b"world")
    assert [read(channel, 3), read(channel, 9), read(channel, 9)] == [b"hel", b"lo", b"world"]


def test_an_empty_channel_never_blocks(channel):
    with fails_with(Errno.EAGAIN):
        read(channel, 1)
    assert channel.poll() & (POLLIN | POLLOUT) == POLLOUT
    channel.push(b"x")
    assert channel.poll() & POLLIN
    read(channel, 1)
    assert not channel.poll() & POLLIN


def test_a_huge_message_is_taken_piece_by_piece(channel, messages):
    assert channel.write(bytes(CHUNK_BYTES + 1), 0) == CHUNK_BYTES
    assert [len(m) for m in messages] == [CHUNK_BYTES]


def test_a_channel_is_a_descriptor_without_a_name(channel, messages):
    host = make_host()
    host.fs.attach(3, channel, fcntl.O_RDWR)
    guest = GuestSide(host)
    iovec, count = guest.alloc(8), guest.alloc(4)
    data = guest.string("x")
    host.memory.write_u32(iovec, data)
    host.memory.write_u32(iovec + 4, 1)
    assert guest("fd_write", 3, iovec, 1, count) == 0
    assert messages == [b"x"]
