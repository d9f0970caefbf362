"""The host's side of a file system, and what the contract cannot ask of the machine: permissions, mounts, changes."""

import pytest

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.vfs.filesystem import FileInfo, FileSystem
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from support.guest_memory import EPOCH_NS, make_host


@pytest.fixture
def fs():
    return make_host().fs


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def guest_writes(fs, path, data=b"x"):
    fd = fs.open(path, fcntl.O_WRONLY | fcntl.O_CREAT, 0o644, fs.cwd)
    fs.fds.get(fd).write(data)
    fs.fds.close(fd)


def paths(infos):
    return [info.path.removeprefix("/mnt/data/") for info in infos]


# --- exchanging files


def test_files_go_in_and_come_out(fs):
    fs.write_file("a.csv", b"1,2\n")
    fs.write_file("deep/er/b.bin", bytearray(b"\0\1"))
    fs.write_file("/tmp/c", memoryview(b"c"))
    assert fs.read_file("a.csv") == b"1,2\n"
    assert fs.read_file("/mnt/data/deep/er/b.bin") == b"\0\1"
    assert paths(fs.list_tree()) == ["a.csv", "deep/er/b.bin"]
    fs.write_file("a.csv", b"new")
    assert fs.read_file("a.csv") == b"new"
    assert fs.quota.used_bytes == 6


def test_relative_paths_start_in_the_data_directory_wherever_the_guest_is(fs):
    fs.chdir(fs.resolve("/tmp", fs.root))
    fs.write_file("a", b"x")
    assert fs.read_file("/mnt/data/a") == b"x"


def test_dots_cannot_leave_and_are_tidied(fs):
    fs.write_file("../../../mnt/data/./x/../a", b"x")
    assert paths(fs.list_tree()) == ["a"]
    with fails_with(Errno.EROFS):
        fs.write_file("../../etc/passwd", b"x")


def test_a_link_of_the_guest_is_followed_inside(fs):
    fs.symlink("/tmp/target", "l", fs.cwd)
    fs.write_file("l", b"x")
    assert fs.read_file("/tmp/target") == b"x"
    fs.symlink("/etc", "d", fs.cwd)
    with fails_with(Errno.ENOENT):
        fs.write_file("d/x", b"x")


def test_what_is_no_file_is_told(fs):
    fs.mkdir("d", 0o755, fs.cwd)
    fs.write_file("f", b"")
    for path in ("d", "new/", ".", "/"):
        with fails_with(Errno.EISDIR):
            fs.write_file(path, b"x")
    for path in ("f/x", "f/x/y"):
        with fails_with(Errno.ENOTDIR):
            fs.write_file(path, b"x")
    with fails_with(Errno.ENAMETOOLONG):
        fs.write_file("n" * 256, b"x")
    with fails_with(Errno.EISDIR):
        fs.read_file("d")
    with fails_with(Errno.ENOENT):
        fs.read_file("none")
    with fails_with(Errno.EINVAL):
        fs.read_file("/dev/null")
    assert fs.quota.used_files == 5


def test_a_file_that_does_not_fit_leaves_nothing_behind():
    fs = make_host(quota=Quota(disk_bytes=100)).fs
    fs.write_file("a", bytes(60))
    with fails_with(Errno.ENOSPC):
        fs.write_file("b", bytes(60))
    assert (paths(fs.list_tree()), fs.quota.used_bytes, fs.quota.used_files) == (["a"], 60, 4)


def test_removing_trees(fs):
    fs.write_file("d/e/f", b"xyz")
    fs.write_file("d/g", b"x")
    fs.symlink("g", "d/l", fs.cwd)
    fd = fs.open("d/g", fcntl.O_RDONLY, 0, fs.cwd)
    fs.remove("d")
    assert fs.list_tree() == []
    assert fs.quota.used_bytes == 1, "one file is still open"
    fs.fds.close(fd)
    assert (fs.quota.used_bytes, fs.quota.used_files) == (0, 3)
    with fails_with(Errno.ENOENT):
        fs.remove("d")
    for path in ("/mnt/data", "/", "."):
        with fails_with(Errno.EBUSY):
            fs.remove(path)


# --- what changed


def test_changes_are_told_once(fs):
    before = fs.generation
    guest_writes(fs, "a")
    guest_writes(fs, "b")
    assert paths(fs.changed_since(before)) == ["a", "b"]
    after = fs.generation
    assert fs.changed_since(after) == []
    guest_writes(fs, "b", b"more")
    assert paths(fs.changed_since(after)) == ["b"]


def test_reading_listing_and_removing_change_no_file(fs):
    fs.write_file("a", b"x")
    fs.write_file("b", b"x")
    before = fs.generation
    fs.read_file("a")
    fs.list_tree()
    fs.unlink("b", fs.cwd)
    fs.mkdir("d", 0o755, fs.cwd)
    assert fs.changed_since(before) == []


def test_moved_files_are_new_where_they_are(fs):
    fs.write_file("a", b"x")
    fs.write_file("d/e/f", b"x")
    before = fs.generation
    fs.rename("a", fs.cwd, "b", fs.cwd)
    fs.rename("d", fs.cwd, "c", fs.cwd)
    assert paths(fs.changed_since(before)) == ["b", "c/e/f"]


def test_truncation_is_a_change(fs):
    fs.write_file("a", b"x")
    before = fs.generation
    fs.fds.close(fs.open("a", fcntl.O_WRONLY | fcntl.O_TRUNC, 0, fs.cwd))
    assert paths(fs.changed_since(before)) == ["a"]


def test_listings_tell_sizes_times_and_a_single_file(fs):
    fs.write_file("d/a", b"abc")
    (info,) = fs.list_tree("d")
    assert info == FileInfo("/mnt/data/d/a", 3, info.mtime_ns, is_input=False)
    assert info.mtime_ns > EPOCH_NS
    assert fs.list_tree("d/a") == [info]
    with fails_with(Errno.ENOENT):
        fs.list_tree("none")


def test_links_are_not_walked(fs):
    fs.write_file("d/f", b"x")
    fs.symlink(".", "d/loop", fs.cwd)
    fs.symlink("f", "d/l", fs.cwd)
    assert paths(fs.list_tree()) == ["d/f"]


# --- questions


def test_existence_and_canonical_paths(fs):
    fs.write_file("d/f", b"x")
    fs.symlink("d", "l", fs.cwd)
    assert (fs.exists("d/f"), fs.exists("l/f"), fs.exists("none"), fs.exists("d/f/")) == (True, True, False, False)
    assert fs.resolve_path("l/../l/f") == "/mnt/data/d/f"
    assert fs.resolve_path("l") == "/mnt/data/d"
    assert fs.resolve_path("/") == "/"
    assert fs.resolve_path("none/../x/./y") == "/mnt/data/x/y"
    assert fs.resolve_path("d/new") == "/mnt/data/d/new"
    assert fs.resolve_path("") == "/mnt/data"


# --- permissions, which the machine's superuser would not obey


def test_a_file_is_opened_as_its_permissions_say(fs):
    fs.write_file("f", b"x")
    node = fs.resolve("f", fs.cwd)
    fs.chmod(node, 0o400)
    fs.open("f", fcntl.O_RDONLY, 0, fs.cwd)
    for flags in (fcntl.O_WRONLY, fcntl.O_RDWR, fcntl.O_RDONLY | fcntl.O_TRUNC):
        with fails_with(Errno.EACCES):
            fs.open("f", flags, 0, fs.cwd)
    with fails_with(Errno.EACCES):
        fs.truncate(node, 0)
    fs.chmod(node, 0o200)
    fs.open("f", fcntl.O_WRONLY, 0, fs.cwd)
    with fails_with(Errno.EACCES):
        fs.open("f", fcntl.O_RDONLY, 0, fs.cwd)
    fs.chmod(node, 0o077)
    for mode in (fcntl.R_OK, fcntl.W_OK, fcntl.X_OK):
        with fails_with(Errno.EACCES):
            fs.access(node, mode)
    fs.access(node, fcntl.F_OK)


def test_a_directory_without_write_permission_keeps_its_names(fs):
    fs.write_file("d/f", b"x")
    fs.chmod(fs.resolve("d", fs.cwd), 0o500)
    for change in (
        lambda: fs.open("d/new", fcntl.O_WRONLY | fcntl.O_CREAT, 0o644, fs.cwd),
        lambda: fs.mkdir("d/new", 0o755, fs.cwd),
        lambda: fs.unlink("d/f", fs.cwd),
        lambda: fs.rename("d/f", fs.cwd, "f", fs.cwd),
        lambda: fs.symlink("x", "d/l", fs.cwd),
    ):
        with fails_with(Errno.EACCES):
            change()
    assert fs.resolve("d/f", fs.cwd).size == 1


def test_a_directory_without_search_permission_hides_what_is_in_it(fs):
    fs.write_file("d/f", b"x")
    assert fs.resolve("/mnt/data/d/f", fs.root).size == 1, "now its spelling is remembered"
    fs.chmod(fs.resolve("d", fs.cwd), 0o600)
    for path in ("d/f", "/mnt/data/d/f", "d/.", "d/.."):
        with fails_with(Errno.EACCES):
            fs.resolve(path, fs.cwd)
    with fails_with(Errno.EACCES):
        fs.chdir(fs.resolve("d", fs.cwd))
    with fails_with(Errno.EACCES):
        fs.resolve("f", fs.resolve("d", fs.cwd))
    fs.open("d", fcntl.O_RDONLY, 0, fs.cwd)
    fs.chmod(fs.resolve("d", fs.cwd), 0o100)
    with fails_with(Errno.EACCES):
        fs.open("d", fcntl.O_RDONLY, 0, fs.cwd)


def test_a_link_has_no_permissions_of_its_own(fs):
    fs.symlink("x", "l", fs.cwd)
    with fails_with(Errno.ENOTSUP):
        fs.chmod(fs.resolve("l", fs.cwd, follow=False), 0o600)


# --- remembered spellings


def test_a_replaced_link_is_not_remembered(fs):
    fs.write_file("a/f", b"1")
    fs.write_file("b/f", b"22")
    fs.symlink("a", "l", fs.cwd)
    assert fs.resolve("/mnt/data/l/f", fs.root).size == 1
    fs.unlink("l", fs.cwd)
    fs.symlink("b", "l", fs.cwd)
    assert fs.resolve("/mnt/data/l/f", fs.root).size == 2


def test_a_removed_and_remade_directory_is_the_new_one(fs):
    fs.write_file("d/e/f", b"1")
    assert fs.resolve("/mnt/data/d/e/f", fs.root).size == 1
    fs.remove("d")
    fs.write_file("d/e/f", b"22")
    assert fs.resolve("/mnt/data/d/e/f", fs.root).size == 2


def test_the_memory_of_spellings_has_an_end(fs):
    fs.write_file("d/f", b"1")
    for i in range(5000):
        fs.resolve("/mnt/data/" + "./" * (i % 100) + "d/" * 1 + "./" * (i // 100) + "f", fs.root)
    assert len(fs.resolver._directories) <= 4097


# --- mounts


def test_writable_places_are_one_device(fs):
    fs.write_file("/tmp/f", b"x")
    fs.rename("/tmp/f", fs.root, "/mnt/data/f", fs.root)
    fs.rename("/mnt/data/f", fs.root, "/home/user/f", fs.root)
    assert fs.read_file("/home/user/f") == b"x"


def test_mounts_stay_where_they_are(fs):
    fs.mkdir("d", 0o755, fs.cwd)
    fs.mount_writable("/mnt/data/d/m")
    with fails_with(Errno.EBUSY):
        fs.rmdir("d/m", fs.cwd)
    for old, new in (("d/m", "x"), ("d", "d/m")):
        with fails_with(Errno.EBUSY if old == "d/m" else Errno.EINVAL):
            fs.rename(old, fs.cwd, new, fs.cwd)
    fs.mkdir("e", 0o755, fs.cwd)
    with fails_with(Errno.EBUSY):
        fs.rename("e", fs.cwd, "d/m", fs.cwd)


def test_a_bare_file_system_has_an_empty_root_that_cannot_be_changed():
    fs = FileSystem(lambda: 0)
    assert (fs.cwd.path(), fs.list_tree("/"), len(fs.fds)) == ("/", [], 0)
    with fails_with(Errno.EROFS):
        fs.mkdir("/d", 0o755, fs.root)
    assert fs.resolve("/..", fs.root) is fs.root


def test_time_stamps_are_whole_microseconds_so_that_a_copy_can_keep_them():
    fs = standard_filesystem(lambda: 1_234_567_891_234_567_891, bytes)
    fs.write_file("a", b"")
    node = fs.resolve("/mnt/data/a", fs.root)
    assert node.mtime_ns == node.ctime_ns == 1_234_567_891_234_567_000
