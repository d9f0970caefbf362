"""What random operations (tests/conformance/test_host_checkpoints.py) seldom meet, and what checkpoints cost."""

import os

import pytest

from conformance.fs_adapters import GuestFiles
from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.checkpoint import capture_host, restore_host
from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.vfs.contents import CHUNK_BYTES
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import EPOCH_NS, GuestSide, make_host
from support.host_dump import BytesReader, dump_host, make_full_host

CREATE = fcntl.O_RDWR | fcntl.O_CREAT


@pytest.fixture
def host():
    return make_full_host()


def twin_of(host, **options):
    twin = make_full_host(**options)
    restore_host(twin, capture_host(host))
    return twin


def open_file(host, path="f", flags=CREATE):
    return host.fs.open(path, flags, 0o644, host.fs.cwd)


# --- completeness


def test_a_listing_goes_on_with_the_names_of_when_it_began(host):
    for name in "abc":
        host.fs.write_file(name, b"")
    fd = open_file(host, ".", fcntl.O_RDONLY)
    guest = GuestSide(host)
    assert guest("__syscall_getdents64", fd, guest.alloc(840), 840) == 840
    host.fs.write_file("d", b"")
    twin = twin_of(host)
    assert twin.fs.fds.get(fd).listing == (".", "..", "a", "b", "c")
    files = GuestFiles()
    files.host, files.guest = twin, GuestSide(twin)
    assert files.list_open(fd) == ["b", "c"]


def test_a_mapping_keeps_its_stream_when_the_descriptor_is_closed(host):
    fd = open_file(host)
    host.fs.fds.get(fd).write(b"0123456789")
    guest = GuestSide(host)
    place = guest.alloc(8)
    for _ in range(2):
        assert guest("_mmap_js", 10, 3, 1, fd, 0, place, place + 4) == 0
    host.fs.fds.close(fd)
    host.fs.unlink("f", host.fs.cwd)
    twin = twin_of(host)
    first, second = twin.mappings
    twin.memory.write_bytes(second, b"abcdefghij")
    assert GuestSide(twin)("_munmap_js", first, 10, 0, 0, 0, 0) == 0
    assert twin.fs.quota.used_bytes == 10, "the second mapping needs the file"
    assert GuestSide(twin)("_munmap_js", second, 10, 0, 0, 0, 0) == 0
    assert (twin.fs.quota.used_bytes, twin.fs.quota.used_files) == (0, 3), "three directories are mounted"
    assert host.fs.quota.used_bytes == 10


def test_a_removed_working_directory_still_leads_out(host):
    fs = host.fs
    fs.mkdir("outer", 0o755, fs.cwd)
    fs.mkdir("outer/inner", 0o755, fs.cwd)
    fs.chdir(fs.resolve("outer/inner", fs.cwd))
    fs.rmdir("/mnt/data/outer/inner", fs.cwd)
    fs.rmdir("/mnt/data/outer", fs.cwd)
    twin = twin_of(host).fs
    assert not twin.cwd.nlink
    assert twin.resolve("../..", twin.cwd) is twin.data_directory
    with pytest.raises(ErrnoError, match=f"^{Errno.ENOENT.value}$"):
        twin.mkdir("x", 0o755, twin.cwd)


def test_paths_that_were_remembered_are_forgotten(host):
    state = capture_host(host)
    host.fs.write_file("/mnt/data/d/f", b"later")
    assert host.fs.read_file("/mnt/data/d/f") == b"later"
    restore_host(host, state)
    assert not host.fs.exists("/mnt/data/d/f")


def test_an_archive_file_and_a_device_stay_open(host):
    font = open_file(host, "/lib/sub/c.py", fcntl.O_RDONLY)
    host.fs.fds.get(font).seek(6, fcntl.SEEK_SET)
    tty = open_file(host, "/dev/tty", fcntl.O_RDWR)
    host.fs.fds.get(tty).read_into(memoryview(bytearray(2)))
    twin = twin_of(host)
    buffer = bytearray(7)
    twin.fs.fds.get(font).read_into(memoryview(buffer))
    assert buffer == b"second|"
    assert twin.fs.fds.get(tty).node is twin.fs.resolve("/dev/tty", twin.fs.root)
    assert twin.fs.fds.get(tty).read_into(memoryview(buffer)) == 5
    assert buffer[:5] == b"line\n"


def test_messages_go_to_the_hosts_own_channel_whatever_the_guest_did_with_it(host):
    host.fs.fds.install_at(9, host.fs.fds.get(3))
    host.fs.fds.close(3)
    heard = []
    twin = make_full_host()
    channel = twin.fs.devices[10 << 8 | 1]
    channel._on_write = heard.append
    restore_host(twin, capture_host(host))
    twin.fs.fds.get(9).write(b"to the twin")
    assert heard == [b"to the twin"]
    assert twin.fs.fds.find(3) is None


def test_a_granted_file_stays_with_its_reader_under_any_name(host):
    host.fs.mount_grant("in.csv", BytesReader(b"one"))
    fd = open_file(host, "in.csv", fcntl.O_RDONLY)
    host.fs.rename("in.csv", host.fs.cwd, "mine.csv", host.fs.cwd)
    host.fs.mount_grant("in.csv", BytesReader(b"another"))
    twin = twin_of(host)
    assert twin.fs.read_file("mine.csv") == b"one"
    assert twin.fs.read_file("in.csv") == b"another"
    assert twin.fs.fds.get(fd).node is twin.fs.resolve("mine.csv", twin.fs.cwd)


def test_a_host_can_lend_its_own_reader(host):
    host.fs.mount_grant("in.csv", BytesReader(b"one"))
    state, twin = capture_host(host), make_full_host()
    assert state.files.grants == {"/mnt/data/in.csv": 3}
    restore_host(twin, state, {"/mnt/data/in.csv": BytesReader(b"two")})
    assert twin.fs.read_file("in.csv") == b"two"


def test_changes_are_seen_after_a_checkpoint_as_before(host):
    host.fs.write_file("old", b"")
    generation = host.fs.generation
    host.fs.write_file("new", b"")
    twin = twin_of(host)
    twin.fs.write_file("newest", b"")
    assert [info.path for info in twin.fs.changed_since(generation)] == ["/mnt/data/new", "/mnt/data/newest"]


# --- isolation


def test_twins_are_strangers(host):
    fd = open_file(host)
    host.fs.fds.get(fd).write(bytes(3 * CHUNK_BYTES))
    state = capture_host(host)
    before = dump_host(host)
    twins = [make_full_host() for _ in range(3)]
    for n, twin in enumerate(twins):
        restore_host(twin, state)
        stream = twin.fs.fds.get(fd)
        stream.node.write(b"%d" % n, CHUNK_BYTES + n)
        stream.node.truncate(2 * CHUNK_BYTES + n)
        stream.write(b"x")
        twin.fs.write_file("mine", b"%d" % n)
        twin.fs.umask = n
    assert dump_host(host) == before
    for n, twin in enumerate(twins):
        assert twin.fs.read_file("f")[CHUNK_BYTES : CHUNK_BYTES + 4] == b"0123"[n : n + 1].join(
            [bytes(n), bytes(3 - n)]
        )
        assert twin.fs.read_file("mine") == b"%d" % n
    restore_host(twins[0], state)
    host.fs.fds.get(fd).node.write(b"late", 0)
    assert twins[0].fs.read_file("f") == bytes(3 * CHUNK_BYTES)


# --- what does not fit is refused, and changes nothing


@pytest.mark.parametrize(
    ("prepare", "options", "message"),
    [
        (lambda fs: fs.write_file("f", bytes(100)), {"disk_bytes": 99}, "4 files of 100 bytes do not fit"),
        (lambda fs: fs.write_file("d/f", b""), {"files": 4}, "which holds 4"),
        (lambda fs: fs.mount_writable("/srv"), {}, "the mounts are"),
        (lambda fs: fs.devices.update({7: fs.devices[3 + 256]}), {}, "this sandbox has no device 0x7"),
        (lambda fs: setattr(fs.fds, "limit", 99) or fs.fds.install_at(50, fs.fds.get(0)), {}, "descriptor 50 is not"),
    ],
)
def test_a_state_of_another_sandbox_is_refused(host, prepare, options, message):
    prepare(host.fs)
    other = make_full_host(**options)
    other.fs.write_file("kept", b"x")
    before = dump_host(other)
    with pytest.raises(ValueError, match=message):
        restore_host(other, capture_host(host))
    assert dump_host(other) == before


def test_an_archive_that_lacks_an_open_file_is_refused(host):
    open_file(host, "/lib/a.py", fcntl.O_RDONLY)
    other = make_host()
    other.fs.devices |= host.fs.devices
    with pytest.raises(ValueError, match=r"^this sandbox has no path /lib/a\.py$"):
        restore_host(other, capture_host(host))


def test_an_input_file_that_changed_is_refused(host):
    host.fs.mount_grant("in.csv", BytesReader(b"one"))
    with pytest.raises(ValueError, match=r"^the input file /mnt/data/in\.csv had 3 bytes and has 4 now$"):
        restore_host(make_full_host(), capture_host(host), {"/mnt/data/in.csv": BytesReader(b"more")})


def test_an_archive_in_a_writable_directory_could_not_be_kept(host):
    with pytest.raises(ErrnoError, match=f"^{Errno.EROFS.value}$"):
        host.fs.mount("/mnt/data/lib", make_full_host().fs.root)


# --- cost


def test_contents_are_shared_until_they_are_written(host):
    fd = open_file(host)
    host.fs.fds.get(fd).write(os.urandom(3 * CHUNK_BYTES))
    ino = host.fs.fds.get(fd).node.ino
    first = capture_host(host).files.nodes.get(ino)
    host.fs.fds.get(fd).write(b"a line\n")
    host.fs.fds.get(fd).node.write(b"x", 0)
    second = capture_host(host).files.nodes.get(ino)
    assert [a is b for a, b in zip(first.chunks, second.chunks, strict=False)] == [False, True, True]
    assert len(second.chunks) == 4


def test_a_checkpoint_looks_only_at_what_changed(host):
    for n in range(1000):
        host.fs.write_file(f"f{n}", b"x")
    first = capture_host(host).files.nodes
    assert capture_host(host).files.nodes is first
    host.fs.write_file("f7", b"y")
    second = capture_host(host).files.nodes
    kept = sum(a is b for _, a in first for _, b in [(0, second.get(_))])
    assert kept == len(first) - 2, "the file that was replaced, and its directory"


def test_files_that_come_and_go_leave_nothing_in_the_journal(host):
    host.fs.write_file("old", b"")
    capture_host(host)
    noted = len(host.fs.mem.journal.changed)
    for n in range(50):
        fd = open_file(host, f"f{n}")
        host.fs.mkdir(f"d{n}", 0o755, host.fs.cwd)
        host.fs.symlink("x", f"l{n}", host.fs.cwd)
        for name in (f"f{n}", f"l{n}"):
            host.fs.unlink(name, host.fs.cwd)
        host.fs.rmdir(f"d{n}", host.fs.cwd)
        host.fs.fds.get(fd).write(b"without a name")
        host.fs.fds.close(fd)
        host.fs.fds.close(host.fs.open(".", fcntl.O_RDWR | fcntl.O_TMPFILE, 0o600, host.fs.cwd))
    assert len(host.fs.mem.journal.changed) == noted + 1, "the directory they were in"
    host.fs.remove("old")
    assert None in host.fs.mem.journal.changed.values()


# --- clocks and random numbers


def test_a_fixed_clock_goes_on_where_it_was(host):
    twin = twin_of(host, epoch_ns=5)
    assert twin.clock.realtime_ns() == host.clock.realtime_ns() > EPOCH_NS


def test_whether_a_clock_is_fixed_is_the_new_hosts_choice(host):
    real = twin_of(host, epoch_ns=None)
    assert real.clock.save().fixed_ns is None
    assert twin_of(real, epoch_ns=5).clock.realtime_ns() < EPOCH_NS


def test_monotonic_and_processor_time_do_not_go_back():
    clock, later = Clock(), Clock().save()._replace(monotonic_ns=1 << 62, cpu_ns=10**12)
    clock.restore(later)
    assert 0 <= clock.monotonic_ns() - (1 << 62) < 10**9
    assert 0 <= clock.cpu_ns() - 10**12 < 10**9
    clock.restore(later._replace(monotonic_ns=0))
    assert clock.monotonic_ns() >= 1 << 62


def test_a_seeded_guest_goes_on_in_its_stream_and_another_starts_afresh(host):
    host.entropy(100)
    twin = twin_of(host, seed=99)
    assert twin.entropy(50) == host.entropy(50)
    twin.entropy = host.entropy = os.urandom
    restore_host(twin, capture_host(host))
    assert twin.entropy(20) != host.entropy(20)


def test_a_state_without_a_seed_leaves_a_seeded_host_its_own_stream(host):
    host.entropy = os.urandom
    twin = twin_of(host, seed=3)
    assert twin.entropy(8) == make_full_host(seed=3).entropy(8)


def test_a_fresh_file_system_does_not_depend_on_when_it_was_made():
    early, late = (standard_filesystem(lambda t=t: t, bytes) for t in (1, 2))
    assert late.freeze().devices[0].time_ns == 2
    late.thaw(early.freeze())
    assert late.freeze() == early.freeze()
