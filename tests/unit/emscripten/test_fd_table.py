import pytest

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.devfs import NullDevice
from offline_ci.emscripten.vfs.fd_table import FdTable
from offline_ci.emscripten.vfs.node import Backend
from offline_ci.emscripten.vfs.stream import Stream


class CountingDevice(NullDevice):
    __slots__ = ("n_closed",)

    def closed(self, stream):
        self.n_closed += 1


@pytest.fixture
def device():
    device = CountingDevice(Backend(9, read_only=True), 1, 0, 0)
    device.n_closed = 0
    return device


@pytest.fixture
def table():
    return FdTable(4)


def test_the_lowest_free_number_comes_first(table, device):
    assert [table.install(Stream(device, 0)) for _ in range(3)] == [0, 1, 2]
    table.close(1)
    table.close(0)
    assert [table.install(Stream(device, 0)) for _ in range(2)] == [0, 1]
    assert table.install(Stream(device, 0)) == 3
    assert len(table) == 4


def test_a_minimum_skips_lower_numbers_without_losing_them(table, device):
    assert table.install(Stream(device, 0), minimum=2) == 2
    assert table.install(Stream(device, 0), minimum=2) == 3
    assert table.install(Stream(device, 0)) == 0


def test_the_limit_is_emfile(table, device):
    for _ in range(4):
        table.install(Stream(device, 0))
    with pytest.raises(ErrnoError) as error:
        table.install(Stream(device, 0))
    assert error.value.errno is Errno.EMFILE
    table.close(2)
    assert table.install(Stream(device, 0)) == 2


def test_a_certain_number_closes_what_it_was(table, device):
    stream = Stream(device, 0)
    table.install(stream)
    table.install_at(3, Stream(device, 0))
    table.install_at(3, stream)
    assert device.n_closed == 1
    for fd in (-1, 4):
        with pytest.raises(ErrnoError) as error:
            table.install_at(fd, stream)
        assert error.value.errno is Errno.EBADF


def test_replacing_a_stream_by_itself_keeps_it_open(table, device):
    stream = Stream(device, 0)
    table.install(stream)
    table.install_at(0, stream)
    assert (stream.refs, device.n_closed) == (1, 0)


def test_the_node_is_closed_with_the_last_descriptor(table, device):
    stream = Stream(device, 0)
    table.install(stream)
    table.install(stream)
    table.close(0)
    assert device.n_closed == 0
    table.close(1)
    assert device.n_closed == 1
    for use in (table.close, table.get):
        with pytest.raises(ErrnoError) as error:
            use(1)
        assert error.value.errno is Errno.EBADF
    assert table.find(1) is None


def test_close_on_exec_goes_with_the_descriptor(table, device):
    table.install(Stream(device, 0), cloexec=True)
    assert table.cloexec == {0}
    table.close(0)
    assert table.cloexec == set()
    table.install(Stream(device, 0))
    assert table.cloexec == set()


def test_descriptors_are_told_in_order(table, device):
    table.install_at(2, Stream(device, 0))
    table.install_at(0, Stream(device, 0))
    assert [fd for fd, _ in table] == [0, 2]
