"""System calls beyond what the file-system contract asks for: arguments, flags, pointers."""

import pytest

from offline_ci.emscripten.abi import fcntl, ioctl, structs
from offline_ci.emscripten.abi.errno import Errno
from offline_ci.emscripten.abi.poll import POLLIN, POLLNVAL, POLLOUT
from offline_ci.emscripten.host import SignalPtrs
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.emscripten.vfs.devfs import ChannelDevice
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import EPOCH_NS, ByteArrayMemory, FakeInstance, GuestSide, make_host

CWD = fcntl.AT_FDCWD
OUTSIDE = 2**32 - 8


@pytest.fixture
def f(host):
    """A file of ten bytes, open for reading and writing."""
    host.fs.write_file("f", b"0123456789")
    return host.fs.open("f", fcntl.O_RDWR, 0, host.fs.cwd)


# --- fcntl


def test_fcntl_duplicates_from_a_minimum(guest, f):
    minimum = guest.alloc(4, b"\x0a\0\0\0")
    assert guest("__syscall_fcntl64", f, fcntl.F_DUPFD, minimum) == 10
    assert guest("__syscall_fcntl64", f, fcntl.F_DUPFD_CLOEXEC, minimum) == 11
    assert [guest("__syscall_fcntl64", fd, fcntl.F_GETFD, 0) for fd in (10, 11)] == [0, 1]
    for bad in (b"\xff\xff\xff\xff", (1024).to_bytes(4, "little")):
        assert guest("__syscall_fcntl64", f, fcntl.F_DUPFD, guest.alloc(4, bad)) == -Errno.EINVAL
    assert guest("__syscall_fcntl64", 99, fcntl.F_DUPFD, minimum) == -Errno.EBADF


def test_fcntl_keeps_close_on_exec(guest, f):
    for value in (1, 0):
        assert guest("__syscall_fcntl64", f, fcntl.F_SETFD, guest.alloc(4, bytes([value, 0, 0, 0]))) == 0
        assert guest("__syscall_fcntl64", f, fcntl.F_GETFD, 0) == value


def test_fcntl_changes_only_flags_that_can_be(guest, f):
    wanted = fcntl.O_APPEND | fcntl.O_NONBLOCK | fcntl.O_WRONLY | fcntl.O_LARGEFILE
    assert guest("__syscall_fcntl64", f, fcntl.F_SETFL, guest.alloc(4, wanted.to_bytes(4, "little"))) == 0
    assert guest("__syscall_fcntl64", f, fcntl.F_GETFL, 0) == fcntl.O_RDWR | fcntl.O_APPEND | fcntl.O_NONBLOCK


def test_fcntl_tells_flags_without_those_of_opening(guest, host):
    flags = fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_EXCL | fcntl.O_TRUNC | fcntl.O_CLOEXEC | fcntl.O_APPEND
    fd = host.fs.open("new", flags, 0o600, host.fs.cwd)
    assert guest("__syscall_fcntl64", fd, fcntl.F_GETFL, 0) == fcntl.O_RDWR | fcntl.O_APPEND
    assert guest("__syscall_fcntl64", fd, fcntl.F_GETFD, 0) == fcntl.FD_CLOEXEC


def test_locks_are_always_granted(guest, f, host):
    lock = guest.alloc(32)
    pointer = guest.alloc(4, lock.to_bytes(4, "little"))
    for command in (fcntl.F_SETLK, fcntl.F_SETLKW):
        assert guest("__syscall_fcntl64", f, command, pointer) == 0
    assert guest("__syscall_fcntl64", f, fcntl.F_GETLK, pointer) == 0
    assert host.memory.read_u16(lock) == fcntl.F_UNLCK
    assert guest("__syscall_fcntl64", f, fcntl.F_GETLK, guest.alloc(4, b"\xff" * 4)) == -Errno.EFAULT
    assert guest("__syscall_fcntl64", f, 999, 0) == -Errno.EINVAL


def test_dup3_takes_one_flag(guest, f):
    assert guest("__syscall_dup3", f, 20, fcntl.O_CLOEXEC) == 20
    assert guest("__syscall_fcntl64", 20, fcntl.F_GETFD, 0) == 1
    assert guest("__syscall_dup3", f, 20, 0) == 20
    assert guest("__syscall_fcntl64", 20, fcntl.F_GETFD, 0) == 0
    assert guest("__syscall_dup3", f, f, 0) == -Errno.EINVAL
    assert guest("__syscall_dup3", f, 21, fcntl.O_APPEND) == -Errno.EINVAL
    assert guest("__syscall_dup3", 99, 21, 0) == -Errno.EBADF


def test_advice_is_checked(guest, f):
    assert [guest("__syscall_fadvise64", f, 0, 0, n) for n in (0, 5, 6, -1)] == [0, 0, -Errno.EINVAL, -Errno.EINVAL]
    assert guest("__syscall_fadvise64", 1, 0, 0, 0) == -Errno.ESPIPE
    assert guest("__syscall_fadvise64", 99, 0, 0, 0) == -Errno.EBADF


def test_fallocate_refuses_what_it_cannot(guest, f, host):
    assert guest("__syscall_fallocate", f, 2, 0, 5) == -Errno.ENOTSUP
    assert guest("__syscall_fallocate", 1, 0, 0, 5) == -Errno.ENODEV
    reader = host.fs.open("f", fcntl.O_RDONLY, 0, host.fs.cwd)
    assert guest("__syscall_fallocate", reader, 0, 0, 5) == -Errno.EBADF
    assert guest("__syscall_fallocate", f, 1, 0, 500) == 0
    assert host.fs.resolve("f", host.fs.cwd).size == 10


def test_syncing_needs_a_descriptor(guest, f):
    assert (guest("__syscall_fdatasync", f), guest("fd_sync", f)) == (0, 0)
    assert (guest("__syscall_fdatasync", 99), guest("fd_sync", 99)) == (-Errno.EBADF, Errno.EBADF)


# --- pointers


def test_wild_pointers_are_efault_and_long_strings_too_long(guest, host, f):
    host.memory.write_bytes(host.memory.size - 8, b"x" * 8)
    for path in (OUTSIDE, host.memory.size - 8):
        assert guest("__syscall_stat64", path, 0) == -Errno.EFAULT
        assert guest("__syscall_openat", CWD, path, 0, 0) == -Errno.EFAULT
        assert guest("__syscall_renameat", CWD, path, CWD, path) == -Errno.EFAULT
    assert guest("__syscall_stat64", guest.string("x" * 5000), 0) == -Errno.ENAMETOOLONG
    assert guest("__syscall_fstat64", f, OUTSIDE) == -Errno.EFAULT
    assert guest("__syscall_getdents64", host.fs.open(".", 0, 0, host.fs.cwd), OUTSIDE, 2800) == -Errno.EFAULT


def test_access_mode_3_and_creating_a_directory_by_opening_are_refused(guest):
    path, varargs = guest.string("new"), guest.alloc(4)
    assert guest("__syscall_openat", CWD, path, fcntl.ACCESS_MODE, 0) == -Errno.EINVAL
    assert guest("__syscall_openat", CWD, path, fcntl.O_CREAT | fcntl.O_DIRECTORY, varargs) == -Errno.EINVAL


def test_sizes_are_set_by_name(guest, host, f):
    path = guest.string("f")
    assert guest("__syscall_truncate64", path, 4) == 0
    assert host.fs.read_file("f") == b"0123"
    assert guest("__syscall_truncate64", path, -1) == -Errno.EINVAL
    assert guest("__syscall_truncate64", guest.string("/tmp"), 4) == -Errno.EISDIR
    assert guest("__syscall_truncate64", guest.string("none"), 4) == -Errno.ENOENT


def test_a_link_itself_is_told_by_lstat(guest, host, f):
    host.fs.symlink("f", "l", host.fs.cwd)
    buffer = guest.alloc(96)
    sizes = []
    for name in ("__syscall_stat64", "__syscall_lstat64"):
        assert guest(name, guest.string("l"), buffer) == 0
        sizes.append(host.memory.unpack(structs.STAT, buffer)[6])
    assert sizes == [10, 1]


# --- names


def test_descriptors_count_only_for_relative_paths(guest, f):
    buffer = guest.alloc(96)
    absolute, relative, empty = guest.string("/mnt/data/f"), guest.string("f"), guest.string("")
    assert guest("__syscall_newfstatat", 99, absolute, buffer, 0) == 0
    assert guest("__syscall_newfstatat", 99, relative, buffer, 0) == -Errno.EBADF
    assert guest("__syscall_newfstatat", f, relative, buffer, 0) == -Errno.ENOTDIR
    assert guest("__syscall_newfstatat", f, empty, buffer, 0) == -Errno.ENOENT
    assert guest("__syscall_newfstatat", f, empty, buffer, fcntl.AT_EMPTY_PATH) == 0
    assert guest("__syscall_newfstatat", CWD, empty, buffer, fcntl.AT_EMPTY_PATH) == 0
    assert guest("__syscall_newfstatat", CWD, relative, buffer, 0x8000) == -Errno.EINVAL


def test_stat_tells_the_whole_structure(guest, host, f):
    host.fs.chmod(host.fs.resolve("f", host.fs.cwd), 0o640)
    host.fs.set_times(host.fs.resolve("f", host.fs.cwd), 3_000_000_004, -1)
    buffer = guest.alloc(96)
    assert guest("__syscall_stat64", guest.string("f"), buffer) == 0
    dev, mode, nlink, uid, gid, rdev, size, blksize, blocks, *times, ino = host.memory.unpack(structs.STAT, buffer)
    assert (dev, mode, nlink, uid, gid, rdev) == (2, 0o100640, 1, 0, 0, 0)
    assert guest("__syscall_stat64", guest.string("/dev/null"), guest.alloc(96)) == 0
    assert (size, blksize, blocks) == (10, 4096, 1)
    assert times[:4] == [3, 4, -1, 999_999_999]
    assert ino == host.fs.resolve("f", host.fs.cwd).ino


def test_unlinkat_knows_one_flag(guest, host):
    host.fs.mkdir("d", 0o755, host.fs.cwd)
    path = guest.string("d")
    assert guest("__syscall_unlinkat", CWD, path, 1) == -Errno.EINVAL
    assert guest("__syscall_unlinkat", CWD, path, 0) == -Errno.EISDIR
    assert guest("__syscall_unlinkat", CWD, path, fcntl.AT_REMOVEDIR) == 0
    assert guest("__syscall_rmdir", path) == -Errno.ENOENT
    host.fs.mkdir("d", 0o755, host.fs.cwd)
    assert guest("__syscall_rmdir", path) == 0


def test_only_regular_files_are_made_as_nodes(guest):
    path = guest.string("n")
    for kind in (fcntl.S_IFIFO, fcntl.S_IFCHR, fcntl.S_IFBLK, fcntl.S_IFSOCK, fcntl.S_IFDIR):
        assert guest("__syscall_mknodat", CWD, path, kind | 0o644, 0) == -Errno.EPERM
    assert guest("__syscall_mknodat", CWD, path, fcntl.S_IFREG | 0o644, 0) == 0
    assert guest("__syscall_mknodat", CWD, path, 0o644, 0) == -Errno.EEXIST
    assert guest("__syscall_mknodat", CWD, guest.string("m/"), 0o644, 0) == -Errno.ENOENT


def test_readlink_cuts_and_needs_room(guest, host):
    host.fs.symlink("target", "l", host.fs.cwd)
    buffer, path = guest.alloc(16, b"." * 16), guest.string("l")
    assert guest("__syscall_readlinkat", CWD, path, buffer, 3) == 3
    assert host.memory.read_bytes(buffer, 5) == b"tar.."
    for size in (0, -1):
        assert guest("__syscall_readlinkat", CWD, path, buffer, size) == -Errno.EINVAL


def test_the_working_directory_changes_and_can_vanish(guest, host):
    host.fs.write_file("d/f", b"")
    buffer = guest.alloc(64)
    assert guest("__syscall_chdir", guest.string("d")) == 0
    assert guest("__syscall_getcwd", buffer, 64) == 12
    assert host.memory.read_cstr(buffer) == b"/mnt/data/d"
    assert guest("__syscall_getcwd", buffer, 0) == -Errno.EINVAL
    assert guest("__syscall_getcwd", buffer, 11) == -Errno.ERANGE
    assert guest("__syscall_getcwd", OUTSIDE, 64) == -Errno.EFAULT
    assert guest("__syscall_chdir", guest.string("f")) == -Errno.ENOTDIR
    host.fs.remove("d")
    assert guest("__syscall_getcwd", buffer, 64) == -Errno.ENOENT
    fd = host.fs.open("/tmp", 0, 0, host.fs.root)
    assert guest("__syscall_fchdir", fd) == 0
    assert guest("__syscall_getcwd", buffer, 64) == 5
    assert guest("__syscall_fchdir", 0) == -Errno.ENOTDIR


def test_listing_can_be_rewound_and_resumed(guest, host):
    for name in "abc":
        host.fs.write_file(f"d/{name}", b"")
    fd = host.fs.open("d", 0, 0, host.fs.cwd)
    buffer, place = guest.alloc(560), guest.alloc(8)

    def names(n_bytes):
        n = guest("__syscall_getdents64", fd, buffer, n_bytes)
        return [host.memory.read_cstr(buffer + i + 19).decode() for i in range(0, n, 280)]

    assert [names(560), names(560), names(560), names(560)] == [[".", ".."], ["a", "b"], ["c"], []]
    host.fs.write_file("d/new", b"")
    assert names(560) == [], "the listing is of when it began"
    guest("fd_seek", fd, 3, 0, place)
    assert names(280) == ["b"]
    guest("fd_seek", fd, 0, 0, place)
    assert [*names(560), *names(560), *names(560)] == [".", "..", "a", "b", "c", "new"]
    assert guest("__syscall_getdents64", fd, buffer, 279) == -Errno.EINVAL
    assert guest("__syscall_getdents64", 0, buffer, 560) == -Errno.ENOTDIR


# --- attributes


def test_access_checks_its_arguments(guest, f):
    path = guest.string("f")
    assert [guest("__syscall_faccessat", CWD, path, mode, 0) for mode in (0, 4, 6, 7, 8)] == [
        0, 0, 0, -Errno.EACCES, -Errno.EINVAL,
    ]  # fmt: skip
    assert guest("__syscall_faccessat", CWD, path, 0, fcntl.AT_EACCESS) == 0
    assert guest("__syscall_faccessat", CWD, path, 0, 0x8000) == -Errno.EINVAL


def test_modes_are_changed_by_path_and_descriptor(guest, host, f):
    node = host.fs.resolve("f", host.fs.cwd)
    for call in (("__syscall_chmod", guest.string("f")), ("__syscall_fchmod", f)):
        assert guest(*call, 0o100600) == 0
        assert node.mode == 0o100600
        node.mode = 0o100777
    host.fs.symlink("f", "l", host.fs.cwd)
    link = guest.string("l")
    assert guest("__syscall_fchmodat2", CWD, link, 0o600, fcntl.AT_SYMLINK_NOFOLLOW) == -Errno.ENOTSUP
    assert guest("__syscall_fchmodat2", CWD, link, 0o600, 1) == -Errno.EINVAL


def test_everything_belongs_to_user_0(guest, f):
    path = guest.string("f")
    for owner, group, expected in ((0, 0, 0), (-1, -1, 0), (0, -1, 0), (1000, -1, -Errno.EPERM), (-1, 5, -Errno.EPERM)):
        assert guest("__syscall_fchownat", CWD, path, owner, group, 0) == expected
        assert guest("__syscall_fchown32", f, owner, group) == expected
    assert guest("__syscall_fchown32", 0, 0, 0) == -Errno.EROFS
    assert guest("__syscall_getuid32_js") == 0


def times(*pairs):
    return b"".join(structs.TIMESPEC.pack(*pair) for pair in pairs)


def test_times_can_be_left_set_or_now(guest, host, f):
    node = host.fs.resolve("f", host.fs.cwd)
    path = guest.string("f")
    both = guest.alloc(0, times((5, 6), (7, 8)))
    assert guest("__syscall_utimensat", CWD, path, both, 0) == 0
    assert (node.atime_ns, node.mtime_ns) == (5_000_000_006, 7_000_000_008)
    mixed = guest.alloc(0, times((0, fcntl.UTIME_OMIT), (0, fcntl.UTIME_NOW)))
    assert guest("__syscall_utimensat", f, 0, mixed, 0) == 0
    assert node.atime_ns == 5_000_000_006
    assert node.mtime_ns > EPOCH_NS
    assert guest("__syscall_utimensat", f, 0, 0, 0) == 0
    assert node.atime_ns == node.mtime_ns > EPOCH_NS
    for nanoseconds in (-1, 1_000_000_000):
        bad = guest.alloc(0, times((0, nanoseconds), (0, 0)))
        assert guest("__syscall_utimensat", CWD, path, bad, 0) == -Errno.EINVAL
    assert guest("__syscall_utimensat", CWD, path, both, 1) == -Errno.EINVAL


def test_free_space_is_what_the_quota_leaves():
    host = make_host(quota=Quota(disk_bytes=1 << 20, files=100))
    guest = GuestSide(host)
    host.fs.write_file("f", bytes(8192))
    buffer = guest.alloc(88)
    fields = {}
    for path in ("/mnt/data", "/"):
        assert guest("__syscall_statfs64", guest.string(path), 88, buffer) == 0
        fields[path] = host.memory.unpack(structs.STATFS, buffer)
    _, bsize, blocks, bfree, bavail, files, ffree, _, namelen, frsize, flags = fields["/mnt/data"]
    assert (bsize, frsize, blocks, bfree, bavail) == (4096, 4096, 256, 254, 254)
    assert (files, ffree, namelen, flags) == (100, 96, 255, 0)
    assert (fields["/"][3], fields["/"][10]) == (0, 1)
    assert guest("__syscall_fstatfs64", 0, 88, buffer) == 0
    assert guest("__syscall_statfs64", guest.string("/"), 80, buffer) == -Errno.EINVAL


# --- ioctl


def argument(guest, target):
    return guest.alloc(4, target.to_bytes(4, "little"))


def test_ioctl_of_descriptors(guest, host, f):
    place = guest.alloc(4, b"\1\0\0\0")
    pointer = argument(guest, place)
    assert guest("__syscall_ioctl", f, ioctl.FIOCLEX, 0) == 0
    assert guest("__syscall_fcntl64", f, fcntl.F_GETFD, 0) == 1
    assert guest("__syscall_ioctl", f, ioctl.FIONCLEX, 0) == 0
    assert guest("__syscall_fcntl64", f, fcntl.F_GETFD, 0) == 0
    assert guest("__syscall_ioctl", f, ioctl.FIONBIO, pointer) == 0
    assert guest("__syscall_fcntl64", f, fcntl.F_GETFL, 0) & fcntl.O_NONBLOCK
    host.fs.fds.get(f).seek(4, 0)
    assert guest("__syscall_ioctl", f, ioctl.FIONREAD, pointer) == 0
    assert host.memory.read_u32(place) == 6
    assert guest("__syscall_ioctl", 99, ioctl.FIONREAD, pointer) == -Errno.EBADF


@pytest.mark.parametrize("request_", [ioctl.TIOCGWINSZ, ioctl.TCGETS, ioctl.TCSETS, ioctl.TIOCGPGRP, 0x1234])
def test_what_is_no_terminal_says_so(guest, f, request_):
    pointer = argument(guest, guest.alloc(64))
    for fd in (0, 1, f):
        assert guest("__syscall_ioctl", fd, request_, pointer) == -Errno.ENOTTY


def test_a_terminal_has_a_size_and_settings():
    host = make_host(fs=standard_filesystem(lambda: 0, bytes, tty=True))
    guest = GuestSide(host)
    place = guest.alloc(64, b"x" * 64)
    pointer = argument(guest, place)
    assert guest("__syscall_ioctl", 1, ioctl.TIOCGWINSZ, pointer) == 0
    assert host.memory.unpack(structs.WINSIZE, place) == (24, 80, 0, 0)
    assert guest("__syscall_ioctl", 1, ioctl.TCGETS, pointer) == 0
    assert host.memory.read_bytes(place, 61) == bytes(60) + b"x"
    assert guest("__syscall_ioctl", 1, ioctl.TCSETSF, pointer) == 0
    assert guest("__syscall_ioctl", 1, ioctl.TIOCSPGRP, pointer) == -Errno.EINVAL
    assert guest("__syscall_ioctl", 1, 0x1234, pointer) == -Errno.ENOTTY


# --- poll


def pollfds(*entries):
    return b"".join(structs.POLLFD.pack(fd, events, 0x7F) for fd, events in entries)


def revents(host, ptr, n):
    return [host.memory.unpack(structs.POLLFD, ptr + 8 * i)[2] for i in range(n)]


def test_files_are_always_ready_and_the_closed_are_told(guest, host, f):
    fds = guest.alloc(0, pollfds((f, POLLIN | POLLOUT), (1, POLLOUT), (99, POLLIN), (-1, POLLIN), (0, 0)))
    assert guest("__syscall_poll", fds, 5, -1) == 3
    assert revents(host, fds, 5) == [POLLIN | POLLOUT, POLLOUT, POLLNVAL, 0, 0]


def test_poll_sleeps_until_its_time_is_up():
    naps = []
    host = make_host(sleep=naps.append)
    guest = GuestSide(host)
    assert guest("__syscall_poll", 0, 0, 0) == 0
    assert naps == []
    assert guest("__syscall_poll", 0, 0, 30) == 0
    assert naps
    assert max(naps) <= 0.02


def test_a_signal_ends_poll():
    host = make_host(sleep=lambda seconds: host.raise_signal(2))
    assert GuestSide(host)("__syscall_poll", 0, 0, -1) == -Errno.EINTR


def test_poll_waits_for_a_message():
    host = make_host(sleep=lambda seconds: host.raise_signal(2))
    channel = ChannelDevice(host.fs.root.backend, 1, 0, bytes)
    host.fs.attach(3, channel, fcntl.O_RDWR)
    guest = GuestSide(host)
    fds = guest.alloc(0, pollfds((3, POLLIN)))
    assert guest("__syscall_poll", fds, 1, -1) == -Errno.EINTR
    channel.push(b"x")
    assert guest("__syscall_poll", fds, 1, -1) == 1


def test_poll_checks_its_arguments(guest):
    assert guest("__syscall_poll", 0, -1, 0) == -Errno.EINVAL
    assert guest("__syscall_poll", 0, 1025, 0) == -Errno.EINVAL
    assert guest("__syscall_poll", OUTSIDE, 2, 0) == -Errno.EFAULT


# --- mmap

RW, RO = ioctl.PROT_READ | ioctl.PROT_WRITE, ioctl.PROT_READ


def map_file(guest, fd, length, protection=RW, flags=ioctl.MAP_SHARED, offset=0):
    place = guest.alloc(8)
    result = guest("_mmap_js", length, protection, flags, fd, offset, place, place + 4)
    return result or guest.host.memory.read_u32(place + 4)


def test_a_mapping_holds_the_file_and_zeros_after_it(guest, host, f):
    address = map_file(guest, f, 20)
    assert host.memory.read_bytes(address, 20) == b"0123456789" + bytes(10)


def test_a_shared_mapping_is_written_back_at_msync_and_munmap(guest, host, f):
    address = map_file(guest, f, 20)
    host.memory.write_bytes(address, b"AB")
    assert host.fs.read_file("f") == b"0123456789"
    assert guest("_msync_js", address, 20, RW, ioctl.MAP_SHARED, f, 0) == 0
    assert host.fs.read_file("f") == b"AB23456789"
    host.memory.write_bytes(address + 8, b"YZ beyond the end")
    assert guest("_munmap_js", address, 20, RW, ioctl.MAP_SHARED, f, 0) == 0
    assert host.fs.read_file("f") == b"AB234567YZ"
    assert guest("_munmap_js", address, 20, RW, ioctl.MAP_SHARED, f, 0) == -Errno.EINVAL
    assert guest("_msync_js", address, 20, RW, ioctl.MAP_SHARED, f, 0) == -Errno.ENOMEM


def test_private_and_read_only_mappings_are_not_written_back(guest, host, f):
    for protection, flags in ((RW, ioctl.MAP_PRIVATE), (RO, ioctl.MAP_SHARED)):
        address = map_file(guest, f, 10, protection, flags)
        host.memory.write_bytes(address, b"XX")
        assert guest("_munmap_js", address, 10, protection, flags, f, 0) == 0
    assert host.fs.read_file("f") == b"0123456789"


def test_a_mapping_outlives_its_descriptor_and_its_name(guest, host, f):
    address = map_file(guest, f, 10)
    host.fs.fds.close(f)
    other = host.fs.open("other", fcntl.O_RDWR | fcntl.O_CREAT, 0o644, host.fs.cwd)
    assert other == f, "the number is another file's now"
    host.memory.write_bytes(address, b"XX")
    guest("_munmap_js", address, 10, RW, ioctl.MAP_SHARED, f, 0)
    assert (host.fs.read_file("f"), host.fs.read_file("other")) == (b"XX23456789", b"")
    address = map_file(guest, host.fs.open("f", fcntl.O_RDWR, 0, host.fs.cwd), 10)
    host.fs.fds.close(4)
    host.fs.unlink("f", host.fs.cwd)
    assert host.fs.quota.used_bytes == 10
    guest("_munmap_js", address, 10, RW, ioctl.MAP_SHARED, 4, 0)
    assert host.fs.quota.used_bytes == 0


def test_a_file_that_became_shorter_stays_so(guest, host, f):
    address = map_file(guest, f, 10)
    host.fs.resolve("f", host.fs.cwd).truncate(4)
    host.memory.write_bytes(address, b"ABCDEFGHIJ")
    guest("_munmap_js", address, 10, RW, ioctl.MAP_SHARED, f, 0)
    assert host.fs.read_file("f") == b"ABCD"


def test_mappings_with_an_offset(guest, host):
    host.fs.write_file("g", bytes(4096) + b"second page")
    fd = host.fs.open("g", fcntl.O_RDWR, 0, host.fs.cwd)
    address = map_file(guest, fd, 11, offset=4096)
    assert host.memory.read_bytes(address, 11) == b"second page"
    host.memory.write_bytes(address, b"S")
    guest("_munmap_js", address, 11, RW, ioctl.MAP_SHARED, fd, 4096)
    assert host.fs.read_file("g")[4096:] == b"Second page"


def test_what_cannot_be_mapped(guest, host, f):
    reader = host.fs.open("f", fcntl.O_RDONLY, 0, host.fs.cwd)
    writer = host.fs.open("f", fcntl.O_WRONLY, 0, host.fs.cwd)
    directory = host.fs.open(".", fcntl.O_RDONLY, 0, host.fs.cwd)
    assert map_file(guest, 99, 10) == -Errno.EBADF
    assert map_file(guest, reader, 10) == -Errno.EACCES
    assert map_file(guest, reader, 10, flags=ioctl.MAP_PRIVATE) > 0
    assert map_file(guest, writer, 10, protection=RO) == -Errno.EACCES
    assert map_file(guest, directory, 10, protection=RO) == -Errno.ENODEV
    for length, offset in ((0, 0), (10, -4096), (10, 1)):
        assert map_file(guest, f, length, offset=offset) == -Errno.EINVAL
    assert guest("_mmap_js", 10, RW, ioctl.MAP_SHARED, f, 0, OUTSIDE, OUTSIDE) == -Errno.EFAULT
    host.instance.out_of_memory = True
    assert map_file(guest, f, 10) == -Errno.ENOMEM


# --- the heap


def test_the_heap_grows_with_some_spare_room(guest, host):
    size = host.memory.size
    assert guest("emscripten_resize_heap", size + 1) == 1
    assert host.memory.size >= size + size // 5
    assert host.memory_refused is None


def test_a_refused_heap_is_noted():
    host = make_host(heap_max_bytes=6 * 65536 + 100)
    guest = GuestSide(host)
    assert guest("emscripten_get_heap_max") == 6 * 65536
    assert guest("emscripten_resize_heap", 6 * 65536 + 1) == 0
    assert host.memory_refused == (6 * 65536, 6 * 65536 + 1)
    assert guest("emscripten_resize_heap", 6 * 65536) == 1
    assert host.memory.size == 6 * 65536


def test_an_engine_that_refuses_spare_room_is_asked_for_less():
    page, instance = 65536, FakeInstance(ByteArrayMemory(pages=60, limit_pages=64))
    host = make_host(instance=instance)
    guest = GuestSide(host)
    assert guest("emscripten_resize_heap", 61 * page) == 1
    assert host.memory.size == 63 * page, "a twentieth more"
    assert guest("emscripten_resize_heap", 65 * page) == 0
    assert host.memory_refused == (2**32 - page, 65 * page)
    instance.memory = ByteArrayMemory(pages=63, limit_pages=64)
    host.attach(instance)
    assert guest("emscripten_resize_heap", 64 * page) == 1, "nothing more"


# --- sockets, processes, signals


def test_there_are_no_sockets(guest, f):
    assert guest("__syscall_socket", 2, 1, 0, 0, 0, 0) == -Errno.EAFNOSUPPORT
    for name in ("bind", "connect", "listen", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg", "getsockopt"):
        assert guest(f"__syscall_{name}", f, 0, 0, 0, 0, 0) == -Errno.ENOTSOCK
        assert guest(f"__syscall_{name}", 99, 0, 0, 0, 0, 0) == -Errno.EBADF
    assert guest("getaddrinfo", 0, 0, 0, 0) == -2
    assert guest("getnameinfo", 0, 0, 0, 0, 0, 0, 0) == -4
    assert guest("getprotobyname", 0) == guest("_emscripten_lookup_name", 0) == 0


def test_there_are_no_processes(guest):
    assert guest("_emscripten_system", 0) == 0
    assert guest("_emscripten_system", guest.string("ls")) == -Errno.ENOSYS


def test_ends_of_the_process(guest):
    for name in ("exit", "proc_exit"):
        with pytest.raises(GuestExit) as end:
            guest(name, 3)
        assert end.value.code == 3
    with pytest.raises(GuestTrap, match=r"abort\(\) was called") as trap:
        guest("_abort_js")
    assert trap.value.kind == "abort"
    texts = [guest.string(t) for t in ("x > 0", "a.c", "main")]
    with pytest.raises(GuestTrap, match=r"assertion failed: x > 0 \(a.c:7, main\)"):
        guest("__assert_fail", texts[0], texts[1], 7, texts[2])
    with pytest.raises(GuestTrap, match=r"assertion failed: \(unreadable\) \(\(unreadable\):7\)"):
        guest("__assert_fail", OUTSIDE, OUTSIDE, 7, 0)


def test_signals_are_taken_once(guest, host):
    assert guest("_Py_CheckEmscriptenSignals_Helper") == 0
    host.raise_signal(2)
    assert host.has_signal()
    assert [guest("_Py_CheckEmscriptenSignals_Helper") for _ in range(2)] == [2, 0]
    assert (guest("_setitimer_js", 0, 100.0), guest("_setitimer_js", 0, 0.0)) == (-1, 0)


def test_a_signal_ends_a_sleep_and_is_still_to_be_taken(guest, host):
    first = guest("emscripten_get_now")
    host.raise_signal(2)
    assert guest("emscripten_get_now") - first > 1e12
    assert host.has_signal()


def test_the_guest_asks_for_signals_only_while_there_is_one(guest, host):
    host.signal_ptrs = SignalPtrs(guest.alloc(4), guest.alloc(4, b"\x30\0\0\0"))

    def state():
        return [host.memory.read_u32(ptr) for ptr in host.signal_ptrs]

    host.raise_signal(0)
    assert state() == [0, 48]
    host.raise_signal(2)
    assert state() == [1, 0]
    assert guest("_Py_CheckEmscriptenSignals_Helper") == 2
    assert state() == [0, 0]


def test_only_a_signal_handler_is_called_as_one(guest, host):
    host.instance.table = {1: ("vi", "handler"), 2: ("vii", "other")}
    guest("__call_sighandler", 1, 14)
    assert host.instance.calls == [("handler", 14)]
    for index in (0, 2):
        with pytest.raises(GuestTrap, match=f"table entry {index} is no signal handler"):
            guest("__call_sighandler", index, 14)


def test_the_creation_mask_is_swapped(guest, host):
    assert guest("__syscall_umask_js", 0o7077) == 0o022
    assert guest("__syscall_umask_js", 0o022) == 0o077


def test_names_and_messages():
    messages = []
    host = make_host(program="python3", log=messages.append)
    guest = GuestSide(host)
    buffer = guest.alloc(16, b"." * 16)
    guest("_emscripten_get_progname", buffer, 16)
    assert host.memory.read_cstr(buffer) == b"python3"
    guest("_emscripten_get_progname", buffer, 4)
    assert host.memory.read_bytes(buffer, 5) == b"pyt\0o"
    guest("_emscripten_get_progname", OUTSIDE, 0)
    guest("_emscripten_log_formatted", 0, guest.string("one"))
    guest("emscripten_log_impl_js", guest.string("two"))
    guest("emscripten_log_impl_js", OUTSIDE)
    assert messages == ["one", "two", "(unreadable)"]
    guest("emscripten_debugger")
    guest("emscripten_runtime_keepalive_push")


def test_the_runtimes_name_is_on_the_guests_heap():
    host = make_host(instance=FakeInstance())
    guest = GuestSide(host)
    assert host.memory.read_cstr(guest("_Py_emscripten_runtime")) == b"wasmtime"
    host.instance.out_of_memory = True
    assert guest("_Py_emscripten_runtime") == 0


def test_what_asks_for_javascript_hears_nothing(guest):
    for name in ("_maybe_connect_async", "_maybe_poll_async", "_maybe_recvfrom_async", "_maybe_sendto_async"):
        assert guest(name, 0, 0, 0) is None
    assert guest("_try_fcntl64", 0, 0, 0, 0) == guest("_try_shutdown", 0, 0, 0) == 0
    assert guest("__hiwire_deduplicate_new") is None
    assert guest("__hiwire_deduplicate_get", None, None) == 0
    assert guest("emscripten_set_up_async_input_device_js") == 0
