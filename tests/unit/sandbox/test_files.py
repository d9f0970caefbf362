import os

import pytest

from offline_ci.errors import UsageError
from offline_ci.sandbox.files import HostFileReader, check_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.csv", "a.csv"), ("/mnt/data/a.csv", "a.csv"), ("d//e/./f", "d/e/f"), ("ä ö.txt", "ä ö.txt"), ("..a", "..a")],
)
def test_good_names(name, expected):
    assert check_name(name) == expected


@pytest.mark.parametrize(
    "name", ["", "/", ".", "..", "a/../b", "/etc/passwd", "/mnt/data", "a\0b", "x" * 256, "/mnt/data/../x"]
)
def test_bad_names_are_refused_with_a_mend(name):
    with pytest.raises(UsageError, match=r"relative path"):
        check_name(name)


def test_a_granted_file_is_the_one_that_was_opened(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"0123456789")
    reader = HostFileReader(path)
    path.unlink()
    path.write_bytes(b"another")
    assert reader.size == 10
    assert reader.read_at(3, 4) == b"3456"
    assert reader.read_at(9, 100) == b"9"
    assert reader.read_at(50, 1) == b""
    reader.close()
    reader.close()


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (tmp_path, fifo, tmp_path / "missing", "/dev/null"):
        with pytest.raises(UsageError):
            HostFileReader(path)
