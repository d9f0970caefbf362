import pytest

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from support.guest_memory import make_host


class BytesReader:
    """A host's file in memory; ``serves`` bytes of what it claims to have."""

    def __init__(self, data, serves=None):
        self.size = len(data)
        self._data = data[:serves]
        self.requests = []

    def read_at(self, offset, n):
        self.requests.append((offset, n))
        return self._data[offset : offset + n]


class BrokenReader:
    size = 10

    def read_at(self, offset, n):
        raise OSError("the disk is gone")


class LavishReader:
    size = 10

    def read_at(self, offset, n):
        return bytes(n + 1)


@pytest.fixture
def fs():
    return make_host().fs


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def test_a_granted_file_is_read_by_its_name(fs):
    fs.mount_grant("in/photo.png", BytesReader(b"pixels"))
    assert fs.read_file("/mnt/data/in/photo.png") == b"pixels"
    node = fs.resolve("in/photo.png", fs.cwd)
    assert (node.size, node.mode) == (6, 0o100644)


def test_only_what_is_asked_for_is_read_from_the_host(fs):
    reader = BytesReader(bytes(1000))
    fs.mount_grant("f", reader)
    node = fs.resolve("f", fs.cwd)
    assert node.read_into(memoryview(bytearray(10)), 500) == 10
    assert node.read_into(memoryview(bytearray(10)), 995) == 5
    assert node.read_into(memoryview(bytearray(10)), 1000) == 0
    assert reader.requests == [(500, 10), (995, 5)]


def test_a_large_read_comes_in_pieces(fs):
    reader = BytesReader(bytes(5 << 20))
    fs.mount_grant("f", reader)
    assert fs.read_file("f") == bytes(5 << 20)
    assert reader.requests == [(0, 4 << 20), (4 << 20, 1 << 20)]


def test_it_cannot_be_written(fs):
    fs.mount_grant("f", BytesReader(b"x"))
    for flags in (fcntl.O_WRONLY, fcntl.O_RDWR, fcntl.O_RDONLY | fcntl.O_TRUNC, fcntl.O_RDWR | fcntl.O_CREAT):
        with fails_with(Errno.EROFS):
            fs.open("f", flags, 0, fs.cwd)
    node = fs.resolve("f", fs.cwd)
    for change in (lambda: fs.chmod(node, 0o666), lambda: fs.truncate(node, 0), lambda: fs.access(node, fcntl.W_OK)):
        with fails_with(Errno.EROFS):
            change()
    with fails_with(Errno.EINVAL):
        node.write(b"x", 0)


def test_its_name_is_the_guests_to_move_remove_and_replace(fs):
    for name in ("a", "b", "c"):
        fs.mount_grant(name, BytesReader(b"x"))
    fs.rename("a", fs.cwd, "moved", fs.cwd)
    fs.unlink("b", fs.cwd)
    fs.write_file("new", b"guest")
    fs.rename("new", fs.cwd, "c", fs.cwd)
    assert [(info.path, info.is_input) for info in fs.list_tree()] == [
        ("/mnt/data/c", False),
        ("/mnt/data/moved", True),
    ]


def test_a_grant_replaces_what_had_its_name_and_frees_it(fs):
    fs.write_file("f", b"12345")
    fs.mount_grant("f", BytesReader(b"x"))
    assert fs.read_file("f") == b"x"
    assert fs.quota.used_bytes == 0
    fs.mkdir("d", 0o755, fs.cwd)
    with fails_with(Errno.EISDIR):
        fs.mount_grant("d", BytesReader(b"x"))


def test_a_host_file_that_cannot_be_read_is_eio(fs):
    for name, reader in (("broken", BrokenReader()), ("lavish", LavishReader())):
        fs.mount_grant(name, reader)
        with fails_with(Errno.EIO):
            fs.read_file(name)


def test_a_host_file_that_became_shorter_ends_there(fs):
    fs.mount_grant("f", BytesReader(b"0123456789", serves=4))
    assert fs.read_file("f") == b"0123"


def test_it_costs_the_guest_no_disk(fs):
    fs.mount_grant("f", BytesReader(bytes(100)))
    assert (fs.quota.used_bytes, fs.changed_since(0)) == (0, [])
