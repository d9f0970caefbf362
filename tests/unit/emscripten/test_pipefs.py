"""Pipes: what only a guest without a second process meets, and checkpoints of them; the rest is in the contract."""

import json

import pytest

from conformance.fs_adapters import FsError, GuestFiles
from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno
from offline_ci.emscripten.checkpoint import HostState, capture_host, restore_host
from offline_ci.emscripten.vfs.pipefs import CAPACITY_BYTES
from support.guest_memory import GuestSide
from support.host_dump import dump_host, make_full_host


@pytest.fixture
def files():
    files = GuestFiles.__new__(GuestFiles)
    files.host = make_full_host()
    files.guest = GuestSide(files.host)
    return files


def test_to_wait_for_bytes_is_a_deadlock(files):
    reader, writer = files.pipe(blocking=True)
    with pytest.raises(FsError, match="EDEADLK"):
        files.read(reader, 1)
    files.close(writer)
    assert files.read(reader, 1) == b""


def test_a_write_that_would_wait_goes_on_up_to_the_quota(files):
    quota = files.host.fs.quota
    reader, writer = files.pipe(blocking=True)
    assert files.write(writer, bytes(CAPACITY_BYTES)) == files.write(writer, bytes(CAPACITY_BYTES)) == CAPACITY_BYTES
    quota.disk_bytes = quota.used_bytes + 10
    assert files.write(writer, bytes(20)) == 10
    with pytest.raises(FsError, match="ENOSPC"):
        files.write(writer, b"x")
    assert quota.refused.name == "disk_bytes"
    assert quota.used_bytes == 2 * CAPACITY_BYTES + 10 == files.unread(reader)
    assert len(files.read(reader, 60_000)) == 60_000
    assert quota.used_bytes == files.unread(reader)
    files.close(reader)
    assert quota.used_bytes == 2 * CAPACITY_BYTES + 10 - 60_000, "until nobody has it"
    files.close(writer)
    assert quota.used_bytes == 0


def test_the_limit_of_descriptors_and_a_bad_pointer(files):
    assert files.guest("__syscall_pipe", 0xFFFF_FFF0) == -Errno.EFAULT
    for _ in range(13):
        files.pipe()
    with pytest.raises(FsError, match="EMFILE"):
        files.pipe()
    assert len(files.host.fs.fds) == 30
    files.close(29)
    with pytest.raises(FsError, match="EMFILE"):
        files.pipe()
    assert files.host.fs.fds.next_free() == 29, "half a pipe is none"


@pytest.fixture
def saved(files):
    """A host with a pipe that is half read, one whose reader is gone, and one with a copied end."""
    reader, writer = files.pipe()
    files.write(writer, b"some bytes")
    files.read(reader, 5)
    lonely, _ = files.pipe(blocking=True)
    files.close(lonely)
    files.dup(files.pipe()[1])
    return capture_host(files.host)


def test_pipes_come_back(files, saved):
    dump = dump_host(files.host)
    assert files.read(4, 9) == b"bytes"
    files.close(5)
    assert files.read(4, 9) == b""
    restore_host(files.host, saved)
    assert dump_host(files.host) == dump
    assert files.read(4, 9) == b"bytes"
    with pytest.raises(FsError, match="EAGAIN"):
        files.read(4, 9)
    with pytest.raises(FsError, match="EPIPE"):
        files.write(7, b"x")


def test_pipes_come_back_from_a_file(files, saved):
    document, blobs = saved.to_json()
    loaded = HostState.from_json(json.loads(json.dumps(document)), blobs)
    other = make_full_host()
    restore_host(other, loaded)
    assert dump_host(other) == dump_host(files.host)


def _pipe(document):
    return next(node for node in document["files"]["orphans"] if node["kind"] == "pipe")


def _stream(document):
    return next(s for s in document["files"]["streams"] if s["node"]["key"] == _pipe(document)["ino"])


def _name(document):
    """Give a pipe a name."""
    root = next(node for node in document["files"]["nodes"] if node["kind"] == "directory")
    root["children"]["pipe"] = _pipe(document)["ino"]
    document["files"]["nodes"].append(_pipe(document))
    document["files"]["orphans"].remove(_pipe(document))


def _map(document):
    document["mappings"].append({"address": 65536, "offset": 0, "length": 1, "writes_back": False})
    document["files"]["held"].append(document["files"]["streams"].index(_stream(document)))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: _pipe(d).update(mode=0o100600), "the mode of pipe"),
        (lambda d: _pipe(d).update(pending=99), "there is no blob 99"),
        (lambda d: _pipe(d).update(generation=1), "pipe"),
        (lambda d: _stream(d).update(flags=fcntl.O_RDWR), "a pipe is not open in one direction"),
        (lambda d: _stream(d).update(flags=fcntl.O_PATH), "a pipe is not open in one direction"),
        (_name, "has a name"),
        (_map, "the mapping at 0x10000 is of a pipe"),
        (lambda d: d["files"]["orphans"].append(_pipe(d) | {"ino": 1}), "comes twice"),
    ],
)
def test_what_no_pipe_can_be_is_refused(saved, damage, message):
    document, blobs = saved.to_json()
    damage(document)
    with pytest.raises(ValueError, match=message):
        HostState.from_json(document, blobs)
