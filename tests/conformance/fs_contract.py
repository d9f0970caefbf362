"""What a file system must do, as POSIX and Linux have it.

Run against the machine's own file system first (the oracle), then against ours: a rule that the machine does not obey
is a mistake in this file. Nothing here needs pytest.
"""

import os
from contextlib import contextmanager

from conformance.fs_adapters import FsError

LONG_NAME = "n" * 255


@contextmanager
def fails(name):
    """The block fails with this error and no other."""
    failed = "nothing failed"
    try:
        yield
    except FsError as error:
        failed = str(error)
    assert failed == name


def put(files, path, data=b""):
    """Make a file with these contents."""
    fd = files.open(path, "WRONLY|CREAT|TRUNC")
    assert files.write(fd, data) == len(data)
    files.close(fd)


def get(files, path):
    """A file's contents."""
    fd = files.open(path, "RDONLY")
    try:
        return files.read(fd, 60_000)
    finally:
        files.close(fd)


class OpenContract:
    """Opening and creating."""

    def test_what_was_written_is_read(self, files):
        put(files, "f", b"hello")
        assert get(files, "f") == b"hello"
        assert files.stat("f") == ("file", 0o644, 5)

    def test_a_missing_file_and_a_missing_directory(self, files):
        for path in ("no", "no/f", "no/"):
            with fails("ENOENT"):
                files.open(path, "RDONLY")
        with fails("ENOENT"):
            files.open("no/f", "WRONLY|CREAT")
        with fails("ENOENT"):
            files.open("", "RDONLY")

    def test_a_file_is_no_directory(self, files):
        put(files, "f")
        for path in ("f/", "f/x", "f/.", "f/.."):
            with fails("ENOTDIR"):
                files.open(path, "RDONLY")
        with fails("ENOTDIR"):
            files.open("f", "RDONLY|DIRECTORY")
        with fails("ENOTDIR"):
            files.open("f/x", "WRONLY|CREAT")

    def test_a_directory_can_only_be_read(self, files):
        files.mkdir("d")
        fd = files.open("d", "RDONLY")
        assert files.fstat(fd).kind == "dir"
        with fails("EISDIR"):
            files.read(fd, 10)
        with fails("EBADF"):
            files.write(fd, b"x")
        for flags in ("WRONLY", "RDWR", "RDONLY|CREAT", "RDONLY|TRUNC"):
            with fails("EISDIR"):
                files.open("d", flags)

    def test_exclusive_creation(self, files):
        files.close(files.open("f", "WRONLY|CREAT|EXCL"))
        files.mkdir("d")
        files.symlink("nowhere", "l")
        for path in ("f", "d", "l", "."):
            with fails("EEXIST"):
                files.open(path, "WRONLY|CREAT|EXCL")

    def test_creation_with_a_trailing_slash_names_a_directory(self, files):
        put(files, "f")
        for path in ("new/", "f/"):
            with fails("EISDIR"):
                files.open(path, "WRONLY|CREAT")

    def test_truncation_at_opening(self, files):
        put(files, "f", b"hello")
        files.close(files.open("f", "WRONLY"))
        assert files.stat("f").size == 5
        files.close(files.open("f", "WRONLY|TRUNC"))
        assert files.stat("f").size == 0

    def test_access_modes_are_kept(self, files):
        put(files, "f", b"abc")
        reader, writer = files.open("f", "RDONLY"), files.open("f", "WRONLY")
        with fails("EBADF"):
            files.write(reader, b"x")
        with fails("EBADF"):
            files.read(writer, 1)
        with fails("EINVAL"):
            files.ftruncate(reader, 0)
        with fails("EBADF"):
            files.pread(writer, 1, 0)

    def test_the_creation_mask_applies(self, files):
        files.close(files.open("f", "WRONLY|CREAT", 0o777))
        files.mkdir("d", 0o777)
        assert (files.stat("f").mode, files.stat("d").mode) == (0o755, 0o755)

    def test_a_new_file_that_forbids_it_can_still_be_written(self, files):
        fd = files.open("f", "RDWR|CREAT", 0o000)
        assert files.write(fd, b"x") == 1

    def test_no_follow(self, files):
        put(files, "f")
        files.symlink("f", "l")
        with fails("ELOOP"):
            files.open("l", "RDONLY|NOFOLLOW")
        fd = files.open("l", "RDONLY|NOFOLLOW|PATH")
        assert files.fstat(fd).kind == "link"
        with fails("EBADF"):
            files.read(fd, 1)

    def test_a_path_descriptor_is_only_a_place(self, files):
        put(files, "f", b"x")
        files.mkdir("d")
        fd = files.open("f", "RDWR|PATH")
        with fails("EBADF"):
            files.write(fd, b"x")
        with fails("EBADF"):
            files.lseek(fd, 0, os.SEEK_SET)
        with fails("EBADF"):
            files.ftruncate(fd, 0)
        directory = files.open("d", "RDONLY|PATH|DIRECTORY")
        files.close(files.open("g", "WRONLY|CREAT", dirfd=directory))
        assert files.listdir("d") == ["g"]

    def test_a_file_without_a_name(self, files):
        fd = files.open(".", "RDWR|TMPFILE")
        files.write(fd, b"x")
        assert files.pread(fd, 5, 0) == b"x"
        assert files.listdir(".") == []
        with fails("EINVAL"):
            files.open(".", "RDONLY|TMPFILE")
        put(files, "f")
        with fails("ENOTDIR"):
            files.open("f", "RDWR|TMPFILE")

    def test_creation_through_a_dangling_link_makes_its_target(self, files):
        files.symlink("target", "l")
        put(files, "l", b"x")
        assert get(files, "target") == b"x"
        assert files.stat("l", follow=False).kind == "link"

    def test_descriptors_of_directories_are_places(self, files):
        files.mkdir("d")
        put(files, "d/f", b"x")
        directory = files.open("d", "RDONLY|DIRECTORY")
        assert files.stat("f", dirfd=directory).size == 1
        files.rename("d", "e")
        assert files.stat("f", dirfd=directory).size == 1
        with fails("ENOTDIR"):
            files.stat("f", dirfd=files.open("e/f", "RDONLY"))
        with fails("EBADF"):
            files.stat("f", dirfd=1_000_000)


class IoContract:
    """Positions and contents."""

    def test_reading_goes_on_where_it_stopped(self, files):
        put(files, "f", b"abcdef")
        fd = files.open("f", "RDONLY")
        assert [files.read(fd, 4) for _ in range(3)] == [b"abcd", b"ef", b""]

    def test_dup_shares_the_position_and_a_second_open_does_not(self, files):
        put(files, "f", b"abcdef")
        first = files.open("f", "RDONLY")
        second, third = files.dup(first), files.open("f", "RDONLY")
        files.read(first, 2)
        assert (files.read(second, 2), files.read(third, 2)) == (b"cd", b"ab")
        files.close(first)
        assert files.read(second, 2) == b"ef"

    def test_the_lowest_free_descriptor_is_given(self, files):
        put(files, "f")
        first, second, third = (files.open("f", "RDONLY") for _ in range(3))
        files.close(first)
        files.close(second)
        assert [files.open("f", "RDONLY") for _ in range(2)] == sorted([first, second])
        assert files.dup(third) > third

    def test_closed_is_closed(self, files):
        put(files, "f")
        fd = files.open("f", "RDONLY")
        files.close(fd)
        for use in (files.close, files.dup, files.fstat):
            with fails("EBADF"):
                use(fd)
        with fails("EBADF"):
            files.read(fd, 1)

    def test_appending_ignores_the_position(self, files):
        put(files, "f", b"abc")
        fd = files.open("f", "RDWR|APPEND")
        files.lseek(fd, 0, os.SEEK_SET)
        files.write(fd, b"de")
        assert files.lseek(fd, 0, os.SEEK_CUR) == 5
        assert get(files, "f") == b"abcde"

    def test_overwriting_and_growing_at_once(self, files):
        put(files, "f", b"abcdef")
        fd = files.open("f", "RDWR")
        files.lseek(fd, 4, os.SEEK_SET)
        assert files.write(fd, b"12345") == 5
        assert get(files, "f") == b"abcd12345"

    def test_a_gap_reads_as_zeros(self, files):
        fd = files.open("f", "RDWR|CREAT")
        files.lseek(fd, 5, os.SEEK_SET)
        assert files.stat("f").size == 0
        files.write(fd, b"x")
        assert get(files, "f") == b"\0\0\0\0\0x"

    def test_reading_beyond_the_end(self, files):
        put(files, "f", b"abc")
        fd = files.open("f", "RDONLY")
        assert files.lseek(fd, 100, os.SEEK_SET) == 100
        assert files.read(fd, 10) == b""
        assert files.pread(fd, 10, 2) == b"c"
        assert files.pread(fd, 10, 1 << 40) == b""

    def test_seeking(self, files):
        put(files, "f", b"abcdef")
        fd = files.open("f", "RDONLY")
        assert files.lseek(fd, -2, os.SEEK_END) == 4
        assert files.lseek(fd, 1, os.SEEK_CUR) == 5
        for offset, whence in ((-1, os.SEEK_SET), (-6, os.SEEK_CUR), (-7, os.SEEK_END), (0, 99)):
            with fails("EINVAL"):
                files.lseek(fd, offset, whence)
        assert files.lseek(fd, 0, os.SEEK_CUR) == 5

    def test_positioned_io_leaves_the_position(self, files):
        put(files, "f", b"abcdef")
        fd = files.open("f", "RDWR")
        assert files.pwrite(fd, b"XY", 2) == 2
        assert files.pread(fd, 3, 1) == b"bXY"
        assert files.read(fd, 6) == b"abXYef"
        with fails("EINVAL"):
            files.pread(fd, 1, -1)
        with fails("EINVAL"):
            files.pwrite(fd, b"x", -1)

    def test_sizes_are_set(self, files):
        put(files, "f", b"abcdef")
        fd = files.open("f", "RDWR")
        files.ftruncate(fd, 3)
        assert get(files, "f") == b"abc"
        files.ftruncate(fd, 5)
        assert get(files, "f") == b"abc\0\0"
        with fails("EINVAL"):
            files.ftruncate(fd, -1)

    def test_allocation_grows_and_never_shrinks(self, files):
        put(files, "f", b"abc")
        fd = files.open("f", "RDWR")
        files.fallocate(fd, 2, 4)
        files.fallocate(fd, 0, 1)
        assert get(files, "f") == b"abc\0\0\0"
        for offset, length in ((-1, 5), (0, 0), (0, -1)):
            with fails("EINVAL"):
                files.fallocate(fd, offset, length)

    def test_an_empty_write_does_nothing(self, files):
        fd = files.open("f", "RDWR|CREAT")
        files.lseek(fd, 10, os.SEEK_SET)
        assert files.write(fd, b"") == 0
        assert files.stat("f").size == 0


class DirectoryContract:
    """Directories, links, removing."""

    def test_listing(self, files):
        files.mkdir("d")
        names = [f"f{i:02}" for i in range(30)]
        for name in names:
            put(files, f"d/{name}")
        assert files.listdir("d") == names

    def test_making_directories(self, files):
        files.mkdir("d")
        files.mkdir("d/e/")
        assert files.listdir("d") == ["e"]
        for path in ("d", "d/", ".", "..", "d/e/.."):
            with fails("EEXIST"):
                files.mkdir(path)
        with fails("ENOENT"):
            files.mkdir("no/d")
        put(files, "f")
        for path in ("f", "f/"):
            with fails("EEXIST"):
                files.mkdir(path)
        with fails("ENOTDIR"):
            files.mkdir("f/d")
        with fails("ENOENT"):
            files.mkdir("")

    def test_a_link_is_in_the_way_of_a_directory(self, files):
        files.symlink("nowhere", "l")
        for path in ("l", "l/"):
            with fails("EEXIST"):
                files.mkdir(path)

    def test_a_descriptor_that_is_only_a_place_lists_nothing(self, files):
        with fails("EBADF"):
            files.list_open(files.open(".", "RDONLY|PATH|DIRECTORY"))

    def test_removing_directories(self, files):
        files.mkdir("d")
        files.mkdir("d/e")
        with fails("ENOTEMPTY"):
            files.rmdir("d")
        with fails("EINVAL"):
            files.rmdir("d/e/.")
        with fails("ENOTEMPTY"):
            files.rmdir("d/e/..")
        files.rmdir("d/e/")
        files.rmdir("d")
        with fails("ENOENT"):
            files.rmdir("d")
        put(files, "f")
        for path in ("f", "f/"):
            with fails("ENOTDIR"):
                files.rmdir(path)
        files.mkdir("d")
        files.symlink("d", "l")
        for path in ("l", "l/"):
            with fails("ENOTDIR"):
                files.rmdir(path)

    def test_removing_files(self, files):
        put(files, "f")
        files.mkdir("d")
        for path in ("d", "d/", ".", "d/.."):
            with fails("EISDIR"):
                files.unlink(path)
        with fails("ENOTDIR"):
            files.unlink("f/")
        with fails("ENOENT"):
            files.unlink("no")
        with fails("ENOTDIR"):
            files.unlink("f/x")
        files.unlink("f")
        assert files.listdir(".") == ["d"]

    def test_an_open_file_outlives_its_name(self, files):
        put(files, "f", b"abc")
        fd = files.open("f", "RDWR")
        files.unlink("f")
        assert not files.access("f")
        files.pwrite(fd, b"d", 3)
        assert files.read(fd, 10) == b"abcd"
        put(files, "f", b"new")
        assert files.pread(fd, 10, 0) == b"abcd"

    def test_nothing_can_be_made_in_a_removed_directory(self, files):
        files.mkdir("d")
        directory = files.open("d", "RDONLY")
        files.rmdir("d")
        with fails("ENOENT"):
            files.open("f", "WRONLY|CREAT", dirfd=directory)
        assert files.fstat(directory).kind == "dir"

    def test_removing_a_link_leaves_its_target(self, files):
        put(files, "f", b"x")
        files.symlink("f", "l")
        files.unlink("l")
        assert get(files, "f") == b"x"

    def test_names_of_every_kind_of_letters(self, files):
        for name in ("\u00e4\u00f6", "\U0001f600", " ", "a\nb", "\udcff\udcfe", "...", "-"):
            put(files, name, name.encode("utf-8", "surrogateescape"))
        assert len(files.listdir(".")) == 7
        assert get(files, "\udcff\udcfe") == b"\xff\xfe"

    def test_names_and_paths_have_a_length(self, files):
        put(files, LONG_NAME)
        assert files.listdir(".") == [LONG_NAME]
        for path in (LONG_NAME + "x", "\u00e4" * 128, "x" * 300 + "/y"):
            with fails("ENAMETOOLONG"):
                files.open(path, "WRONLY|CREAT")
            with fails("ENAMETOOLONG"):
                files.stat(path)
            with fails("ENAMETOOLONG"):
                files.mkdir(path)
        put(files, "./" * 2047 + "f")
        with fails("ENAMETOOLONG"):
            files.stat("./" * 2048 + "f")


class PathContract:
    """Dots, slashes and links."""

    def test_dots_and_slashes(self, files):
        files.mkdir("d")
        put(files, "d/f", b"x")
        for path in ("d/f", "./d/f", "d//f", "d/./f", "d/../d/f", "././d/.././d/f"):
            assert files.stat(path).size == 1
        for path in ("d", "d/", "d//", "d/.", "./d", "d/../d/"):
            assert files.stat(path).kind == "dir"

    def test_dots_after_a_missing_directory(self, files):
        with fails("ENOENT"):
            files.stat("no/..")
        with fails("ENOENT"):
            files.stat("no/../.")

    def test_links_are_followed_and_told(self, files):
        files.mkdir("d")
        put(files, "d/f", b"x")
        files.symlink("d", "l")
        files.symlink("l/f", "m")
        assert files.stat("l/f").size == 1
        assert get(files, "m") == b"x"
        assert files.stat("m", follow=False) == ("link", 0o777, 3)
        assert files.readlink("m") == "l/f"
        assert files.stat("l/..", follow=False).kind == "dir"
        with fails("EINVAL"):
            files.readlink("d")
        with fails("ENOENT"):
            files.readlink("no")

    def test_a_trailing_slash_follows_a_link(self, files):
        files.mkdir("d")
        put(files, "f")
        files.symlink("d", "l")
        files.symlink("f", "m")
        assert files.stat("l/", follow=False).kind == "dir"
        with fails("ENOTDIR"):
            files.stat("m/", follow=False)

    def test_a_link_to_a_directory_with_a_slash(self, files):
        put(files, "f")
        files.symlink("f/", "l")
        with fails("ENOTDIR"):
            files.stat("l")

    def test_dangling_links(self, files):
        files.symlink("no", "l")
        with fails("ENOENT"):
            files.stat("l")
        assert files.stat("l", follow=False).size == 2
        with fails("ENOENT"):
            files.open("l", "RDONLY")

    def test_circles(self, files):
        files.symlink("b", "a")
        files.symlink("a", "b")
        files.symlink("self", "self")
        for path in ("a", "b/x", "self"):
            with fails("ELOOP"):
                files.stat(path)
        with fails("ELOOP"):
            files.open("a", "WRONLY|CREAT")

    def test_forty_links_are_followed_and_no_more(self, files):
        put(files, "0", b"x")
        for i in range(1, 42):
            files.symlink(str(i - 1), str(i))
        assert files.stat("40").size == 1
        with fails("ELOOP"):
            files.stat("41")

    def test_links_are_made_only_where_nothing_is(self, files):
        put(files, "f")
        for path in ("f", ".", ".."):
            with fails("EEXIST"):
                files.symlink("x", path)
        with fails("ENOENT"):
            files.symlink("", "l")
        with fails("ENOENT"):
            files.symlink("x", "no/l")
        with fails("ENOENT"):
            files.symlink("x", "l/")

    def test_a_relative_link_starts_where_it_is(self, files):
        files.mkdir("d")
        put(files, "f", b"outer")
        put(files, "d/f", b"inner!")
        files.symlink("f", "d/l")
        files.symlink("../f", "d/m")
        assert (files.stat("d/l").size, files.stat("d/m").size) == (6, 5)


class RenameContract:
    """Renaming."""

    def test_a_file_moves_and_replaces(self, files):
        put(files, "a", b"A")
        put(files, "b", b"BB")
        files.mkdir("d")
        files.rename("a", "d/c")
        files.rename("d/c", "b")
        assert get(files, "b") == b"A"
        assert files.listdir(".") == ["b", "d"]
        assert files.listdir("d") == []

    def test_a_replaced_open_file_stays_readable(self, files):
        put(files, "a", b"A")
        put(files, "b", b"BB")
        fd = files.open("b", "RDONLY")
        files.rename("a", "b")
        assert files.read(fd, 5) == b"BB"

    def test_onto_itself(self, files):
        put(files, "a", b"A")
        files.mkdir("d")
        files.rename("a", "a")
        files.rename("a", "d/../a")
        files.rename("d", "d")
        assert get(files, "a") == b"A"

    def test_directories_move_with_everything_in_them(self, files):
        files.mkdir("a")
        files.mkdir("a/b")
        put(files, "a/b/f", b"x")
        files.mkdir("empty")
        files.rename("a", "empty")
        files.rename("empty/b", "c")
        assert get(files, "c/f") == b"x"
        assert files.listdir("empty") == []
        assert files.stat("c/../empty").kind == "dir"

    def test_not_into_itself(self, files):
        files.mkdir("a")
        files.mkdir("a/b")
        for new in ("a/x", "a/b/x", "a/b"):
            with fails("EINVAL"):
                files.rename("a", new)
        files.symlink("a", "l")
        with fails("EINVAL"):
            files.rename("a", "l/x")

    def test_not_over_what_is_not_alike(self, files):
        put(files, "f")
        files.mkdir("d")
        files.mkdir("full")
        put(files, "full/f")
        with fails("EISDIR"):
            files.rename("f", "d")
        with fails("ENOTDIR"):
            files.rename("d", "f")
        with fails("ENOTEMPTY"):
            files.rename("d", "full")
        with fails("ENOTEMPTY"):
            files.rename("full/f", "full")

    def test_what_has_no_name_of_its_own_stays(self, files):
        files.mkdir("d")
        put(files, "f")
        for old, new in ((".", "x"), ("d/.", "x"), ("d/..", "x"), ("f", "."), ("f", "d/.."), ("d", "d/.")):
            with fails("EBUSY"):
                files.rename(old, new)

    def test_missing_places(self, files):
        put(files, "f")
        for old, new in (("no", "x"), ("no/f", "x"), ("f", "no/x"), ("f", ""), ("", "x")):
            with fails("ENOENT"):
                files.rename(old, new)
        with fails("ENOTDIR"):
            files.rename("f/x", "y")

    def test_trailing_slashes_are_for_directories(self, files):
        put(files, "f")
        files.mkdir("d")
        for old, new in (("f/", "g"), ("f", "g/")):
            with fails("ENOTDIR"):
                files.rename(old, new)
        files.rename("d/", "e/")
        assert files.listdir(".") == ["e", "f"]

    def test_links_move_themselves(self, files):
        put(files, "f", b"x")
        files.symlink("f", "l")
        files.symlink("no", "m")
        files.rename("l", "k")
        files.rename("m", "f")
        assert files.readlink("k") == "f"
        assert files.readlink("f") == "no"

    def test_paths_through_a_moved_directory_are_gone(self, files):
        files.mkdir("d")
        put(files, "d/f", b"x")
        assert files.stat("d/f").size == 1
        files.rename("d", "e")
        with fails("ENOENT"):
            files.stat("d/f")
        files.mkdir("d")
        put(files, "d/f", b"other")
        assert (files.stat("d/f").size, files.stat("e/f").size) == (5, 1)


class AttributeContract:
    """Modes and times."""

    def test_modes_are_kept(self, files):
        put(files, "f")
        files.mkdir("d")
        files.chmod("f", 0o7750)
        files.chmod("d", 0o1700)
        assert (files.stat("f").mode, files.stat("d").mode) == (0o7750, 0o1700)
        with fails("ENOENT"):
            files.chmod("no", 0o600)

    def test_times_are_kept_to_the_nanosecond(self, files):
        put(files, "f")
        for times in ((1, 2), (1_700_000_000_123_456_789, 999_999_999), (-5_000_000_001, 3)):
            files.utime("f", *times)
            assert files.times("f") == times
        with fails("ENOENT"):
            files.utime("no", 1, 2)

    def test_writing_renews_the_time(self, files):
        put(files, "f")
        files.utime("f", 1, 1)
        put(files, "f", b"x")
        assert files.times("f")[1] > 10**18

    def test_a_directory_is_renewed_by_its_names(self, files):
        files.mkdir("d")
        for change in (
            lambda: put(files, "d/f"),
            lambda: files.rename("d/f", "d/g"),
            lambda: files.unlink("d/g"),
            lambda: files.mkdir("d/e"),
            lambda: files.rmdir("d/e"),
            lambda: files.symlink("x", "d/l"),
        ):
            files.utime("d", 1, 1)
            change()
            assert files.times("d")[1] > 10**18


CONTRACTS = (OpenContract, IoContract, DirectoryContract, PathContract, RenameContract, AttributeContract)


class PipeContract:
    """Pipes; ends that do not block, since a wait would be for ever on either side."""

    def test_what_is_written_is_read_once_and_in_order(self, files):
        reader, writer = files.pipe()
        assert (files.write(writer, b"hello"), files.write(writer, b" world")) == (5, 6)
        assert files.unread(reader) == 11
        assert [files.read(reader, 7), files.read(reader, 100)] == [b"hello w", b"orld"]
        assert files.unread(reader) == 0
        assert (files.write(writer, b""), files.read(reader, 0)) == (0, b"")

    def test_what_an_end_is(self, files):
        ends = files.pipe()
        assert [files.fstat(fd) for fd in ends] == [("pipe", 0o600, 0)] * 2
        assert files.ino(ends[0]) == files.ino(ends[1]) != files.ino(files.pipe()[0])
        assert [files.flags(fd) for fd in files.pipe(blocking=True)] == [0, 1]
        assert [files.flags(fd) for fd in ends] == [os.O_NONBLOCK, os.O_NONBLOCK | os.O_WRONLY]

    def test_the_descriptors_are_the_lowest_free_ones(self, files):
        first = files.pipe()
        next_one = files.dup(first[1])  # a machine's process may have others open, with gaps
        files.close(next_one)
        files.close(first[0])
        assert files.pipe() == (first[0], next_one)

    def test_an_empty_pipe_and_its_end(self, files):
        reader, writer = files.pipe()
        with fails("EAGAIN"):
            files.read(reader, 1)
        files.write(writer, b"last")
        files.close(writer)
        assert [files.read(reader, 10), files.read(reader, 10)] == [b"last", b""]

    def test_nobody_reads(self, files):
        reader, writer = files.pipe()
        files.write(writer, b"lost")
        files.close(reader)
        with fails("EPIPE"):
            files.write(writer, b"x")
        assert files.write(writer, b"") == 0

    def test_a_full_pipe(self, files):
        reader, writer = files.pipe()
        assert files.write(writer, bytes(60_000)) == 60_000
        assert files.write(writer, bytes(30_000)) <= 65_536 - 60_000
        with fails("EAGAIN"):
            files.write(writer, bytes(4096))
        while True:
            try:
                files.read(reader, 65_536)
            except FsError:
                break
        assert files.write(writer, bytes(65_536)) == 65_536
        with fails("EAGAIN"):
            files.write(writer, b"x")
        assert len(files.read(reader, 4096)) == 4096
        assert files.write(writer, bytes(4096)) == 4096

    def test_ends_go_one_way(self, files):
        reader, writer = files.pipe()
        with fails("EBADF"):
            files.read(writer, 1)
        with fails("EBADF"):
            files.write(reader, b"x")

    def test_there_are_no_positions(self, files):
        reader, writer = files.pipe()
        files.write(writer, b"abc")
        for failing in (
            lambda: files.lseek(reader, 0, os.SEEK_CUR),
            lambda: files.pread(reader, 1, 0),
            lambda: files.pwrite(writer, b"x", 0),
        ):
            with fails("ESPIPE"):
                failing()
        with fails("EINVAL"):
            files.ftruncate(writer, 0)
        assert files.read(reader, 9) == b"abc"

    def test_a_copy_keeps_an_end_open(self, files):
        reader, writer = files.pipe()
        copy = files.dup(writer)
        files.close(writer)
        with fails("EAGAIN"):
            files.read(reader, 1)
        files.write(copy, b"x")
        files.close(copy)
        assert [files.read(reader, 9), files.read(reader, 9)] == [b"x", b""]

    def test_poll(self, files):
        reader, writer = files.pipe()
        assert (files.poll(reader), files.poll(writer)) == (set(), {"OUT"})
        files.write(writer, bytes(65_536))
        assert (files.poll(reader), files.poll(writer)) == ({"IN"}, set())
        files.read(reader, 65_536)
        other_reader, other_writer = files.pipe()
        files.close(writer)
        files.close(other_reader)
        assert (files.poll(reader), files.poll(other_writer)) == ({"HUP"}, {"OUT", "ERR"})

    def test_a_pipe_is_no_directory_and_no_mapping(self, files):
        reader, _ = files.pipe()
        with fails("ENOTDIR"):
            files.open("x", "RDONLY", dirfd=reader)
