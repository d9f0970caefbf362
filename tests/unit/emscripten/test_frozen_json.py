import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.documents import change, places
from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.checkpoint import HostState, capture_host, restore_host
from offline_ci.emscripten.vfs.contents import CHUNK_BYTES
from support.guest_memory import GuestSide
from support.host_dump import BytesReader, dump_host, make_full_host

READERS = {"/mnt/data/in": BytesReader(b"granted")}


def busy_host():
    """A host that uses everything a document has a field for."""
    host = make_full_host()
    fs = host.fs
    fs.mkdir("d", 0o755, fs.cwd)
    fs.write_file("d/big", b"")
    fs.resolve("d/big", fs.cwd).truncate(2 * CHUNK_BYTES)
    fs.resolve("d/big", fs.cwd).write(b"end", 2 * CHUNK_BYTES)
    fs.write_file("d/\udcff", b"not UTF-8")
    fs.symlink("d/big", "link", fs.cwd)
    fs.mount_grant("in", READERS["/mnt/data/in"])
    for path, flags in (("d", fcntl.O_RDONLY), ("in", fcntl.O_RDONLY), ("/lib/a.py", fcntl.O_RDONLY), ("gone", 0o102)):
        fs.open(path, flags, 0o600, fs.cwd)
    guest = GuestSide(host)
    guest("__syscall_getdents64", 4, guest.alloc(560), 560)
    guest("__syscall_dup3", 7, 9, fcntl.O_CLOEXEC)
    fs.fds.get(7).write(b"without a name")
    place = guest.alloc(8)
    assert guest("_mmap_js", 10, 3, 1, 7, 0, place, place + 4) == 0
    fs.unlink("gone", fs.cwd)
    for path in ("outer", "outer/inner"):
        fs.mkdir(path, 0o755, fs.cwd)
    fs.chdir(fs.resolve("outer/inner", fs.cwd))
    fs.remove("outer/inner")
    fs.remove("outer")
    fs.devices[10 << 8 | 1].push(b"message")
    host.entropy(10)
    return host


HOST = busy_host()
DUMP = dump_host(HOST)
DOCUMENT, BLOBS = capture_host(HOST).to_json()
TEXT = json.dumps(DOCUMENT)


def load(document, blobs=BLOBS):
    return HostState.from_json(document, blobs)


def test_what_was_written_is_read():
    state = load(json.loads(TEXT), [bytes(blob) for blob in BLOBS])
    host = make_full_host()
    restore_host(host, state, READERS)
    assert dump_host(host) == DUMP
    assert state.to_json()[0] == DOCUMENT


def test_the_same_chunk_is_stored_once():
    big = next(node for node in DOCUMENT["files"]["nodes"] if node["kind"] == "file" and len(node["chunks"]) == 3)
    assert big["chunks"][0] == big["chunks"][1] != big["chunks"][2]


def test_a_loaded_state_needs_its_input_files():
    state = load(json.loads(TEXT))
    assert state.files.grants == {"/mnt/data/in": 7}
    host = make_full_host()
    before = dump_host(host)
    with pytest.raises(ValueError, match=r"^the input file /mnt/data/in is needed again$"):
        restore_host(host, state)
    assert dump_host(host) == before


def node(files, kind, n=0):
    return [item for item in files["nodes"] + files["orphans"] if item["kind"] == kind][n]


def directory(files, name):
    """The directory that has a child of this name."""
    return next(d for d in files["nodes"] if d["kind"] == "directory" and name in d["children"])


DAMAGE = [
    (lambda d: d.pop("clock"), "the host's state has the fields"),
    (lambda d: d.update(more=1), "the host's state has the fields"),
    (lambda d: d.update(mappings=[]), "the mappings are not those of the streams"),
    (lambda d: d["mappings"][0].update(address=0), "the address of a mapping is 0"),
    (lambda d: d["mappings"][0].update(length=1 << 32), "the length of a mapping is"),
    (lambda d: d["mappings"][0].update(writes_back=1), "writes_back is int instead of bool"),
    (lambda d: d["files"].update(held=[2]), "the mapping at 0x30000 is of a device"),
    (lambda d: d["files"].update(held=[6]), "the mapping at 0x30000 is of a file that is only read"),
    (lambda d: d["clock"].update(cpu_ns=-1), "the processor time is -1"),
    (lambda d: d["entropy"].update(key="00"), "the random numbers have a wrong key"),
    (lambda d: d["entropy"].update(rest="x"), "non-hexadecimal"),
    (lambda d: d["files"].update(umask=0o1000), "the umask is 512"),
    (lambda d: d["files"].update(last_ino=1), "an inode number is"),
    (lambda d: d["files"].update(generation=True), "generation is bool instead of int"),
    (lambda d: d["files"].update(generation=1), "the generation of directory"),
    (lambda d: d["files"]["nodes"].append(d["files"]["nodes"][0]), "an inode number comes twice"),
    (lambda d: node(d["files"], "file").update(size=-1), "the size of file 5 is -1"),
    (lambda d: node(d["files"], "file").update(size=CHUNK_BYTES), "a chunk of file 5 has a wrong size"),
    (lambda d: node(d["files"], "file").update(size=1 << 60), "a chunk of file 5 has a wrong size"),
    (lambda d: node(d["files"], "file", 1).update(size=10), "file 6 is not as long as its chunks|wrong size"),
    (lambda d: node(d["files"], "file").update(chunks=[99]), "there is no blob 99"),
    (lambda d: node(d["files"], "file").update(mode=0o40755), "the mode of file 5"),
    (lambda d: node(d["files"], "file").update(kind="socket"), "a node is of the unknown kind socket"),
    (lambda d: node(d["files"], "file").update(mtime_ns=1 << 100), "mtime_ns of file 5 is"),
    (lambda d: node(d["files"], "link").update(target=""), "link 7 has the impossible name ''"),
    (lambda d: node(d["files"], "grant").update(name="in"), "which is not absolute"),
    (lambda d: node(d["files"], "grant").update(name="/mnt/../in"), "grant 8 has the impossible name '..'"),
    (lambda d: directory(d["files"], "big")["children"].update({"a/b": 5}), "has the impossible name 'a/b'"),
    (lambda d: directory(d["files"], "big")["children"].update({"a\0": 5}), "has the impossible name"),
    (lambda d: directory(d["files"], "big")["children"].update({"..": 5}), "has the impossible name '..'"),
    (lambda d: directory(d["files"], "big")["children"].update({"x" * 256: 5}), "has the impossible name"),
    (lambda d: directory(d["files"], "big")["children"].update({"\ud800": 5}), "which no bytes stand for"),
    (lambda d: directory(d["files"], "big")["children"].update(x=999), "is node 999, which does not exist"),
    (lambda d: directory(d["files"], "big")["children"].update(x=5), "node 5 has two names"),
    (lambda d: directory(d["files"], "big")["children"].update(x=1), "a node is in no directory below a mount"),
    (lambda d: directory(d["files"], "big")["children"].pop("big"), "a node is in no directory below a mount"),
    (lambda d: d["files"]["mounts"].update({"/tmp": 5}), "the mount /tmp is node 5, which is no directory"),
    (lambda d: d["files"]["mounts"].update({"/tmp": 1}), "two mounts are the same directory"),
    (lambda d: d["files"]["mounts"].update({"tmp": 2}), "which is not absolute"),
    (lambda d: d["files"]["removed"].pop(), "the removed directories are not those without a name"),
    (lambda d: d["files"]["removed"][0].update(parent=999), "was in node 999, which is no directory"),
    (lambda d: d["files"]["removed"][0].update(name="/"), "a removed directory has the impossible name"),
    (lambda d: node(d["files"], "directory", -1)["children"].update(x=5), "node 5 has two names|is not empty"),
    (lambda d: d["files"]["fds"][4].update(fd=0), "a descriptor comes twice"),
    (lambda d: d["files"]["fds"][4].update(fd=-1), "a descriptor is -1"),
    (lambda d: d["files"]["fds"][4].update(stream=99), "the descriptors are not of the streams"),
    (lambda d: d["files"]["fds"].pop(5), "the descriptors are not of the streams"),
    (lambda d: d["files"].update(cloexec=[20]), "cloexec names a descriptor that is not open"),
    (lambda d: d["files"]["streams"][4]["node"].update(key=999), "node 999 is open, and does not exist"),
    (lambda d: d["files"]["streams"][4]["node"].update(kind="socket"), "a stream is of an unknown kind"),
    (lambda d: d["files"]["streams"][4].update(position=-1), "the position of a stream is -1"),
    (lambda d: d["files"]["streams"][4].update(listing=[1]), "a name in a listing is int"),
    (lambda d: d["files"].update(cwd={"kind": "node", "key": 5}), "is not in use|is no directory"),
    (lambda d: d["files"]["orphans"].pop(), "removed directories|does not exist"),
    (lambda d: d["files"]["devices"].append(d["files"]["devices"][0]), "a device comes twice"),
    (lambda d: d["files"]["devices"][-1].update(pending=[]), "a blob belongs to nothing"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGE)
def test_a_damaged_document_is_refused_with_the_reason(damage, message):
    document = json.loads(TEXT)
    damage(document)
    with pytest.raises(ValueError, match=message):
        load(document)


def test_removed_directories_in_each_other_are_refused():
    document = json.loads(TEXT)
    inner, outer = document["files"]["removed"]
    assert inner["parent"] == outer["ino"]
    outer["parent"] = inner["ino"]
    with pytest.raises(ValueError, match=r"^removed directories are in each other$"):
        load(document)


def test_blobs_of_a_wrong_size_or_number_are_refused():
    with pytest.raises(ValueError, match="a chunk of file 5 has a wrong size"):
        load(json.loads(TEXT), [bytes(blob)[1:] for blob in BLOBS])
    with pytest.raises(ValueError, match="there is no blob"):
        load(json.loads(TEXT), BLOBS[:-1])
    with pytest.raises(ValueError, match=r"^a blob belongs to nothing$"):
        load(json.loads(TEXT), [*BLOBS, b"x"])


def test_totals_beyond_the_quota_are_refused_before_anything_is_made():
    document = json.loads(TEXT)
    big = node(document["files"], "file")
    big["chunks"] = [big["chunks"][0]] * 100_000
    big["size"] = 100_000 * CHUNK_BYTES
    document["files"]["devices"][-1]["pending"].append(node(json.loads(TEXT)["files"], "file")["chunks"][-1])
    with pytest.raises(ValueError, match=r"files of 2621440\d{4} bytes do not fit"):
        restore_host(make_full_host(), load(document), READERS)


# --- damage nobody thought of

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 20), st.sampled_from([1 << 63, 1 << 70, -(1 << 64)]), st.floats(),
    st.sampled_from(["", "/", ".", "a/b", "\0", "\ud800", "node", "path", "file", "directory"]), st.text(max_size=3),
    st.just([]), st.just({}), st.lists(st.integers(0, 9), max_size=2),
)  # fmt: skip


PLACES = list(places(DOCUMENT))


CHANGES = st.tuples(st.sampled_from(PLACES), JUNK, st.sampled_from(["put", "take", "copy"]))


@settings(max_examples=600)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_any_damage_is_refused_or_harmless(changes):
    document = json.loads(TEXT)
    for path, junk, how in changes:
        change(document, path, junk, how)
    host = make_full_host()
    before = dump_host(host)
    try:
        state = load(document)
        restore_host(host, state, READERS)
    except ValueError:
        assert dump_host(host) == before
        return
    # it was taken: then it is a file system like any other
    dump = dump_host(host)
    again = make_full_host()
    restore_host(again, capture_host(host))
    assert dump_host(again) == dump
    for path in ("/mnt/data", "/tmp", "/home/user"):
        for name in host.fs.resolve(path, host.fs.root).names():
            host.fs.remove(f"{path}/{name}")
    for address in list(host.mappings):
        GuestSide(host)("_munmap_js", address, 0, 0, 0, 0, 0)
    for fd, _ in list(host.fs.fds):
        host.fs.fds.close(fd)
    assert (host.fs.quota.used_bytes, host.fs.quota.used_files) == (0, 3)


def test_a_document_that_is_none_is_refused():
    for value in (None, [], 3, "x", {}):
        with pytest.raises(ValueError, match="the host's state"):
            load(value)
