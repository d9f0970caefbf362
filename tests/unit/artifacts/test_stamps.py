import json
import os
import time

import pytest

from offline_ci.artifacts.digest import Digest, digest_chunks
from offline_ci.artifacts.stamps import Stamps

WRONG = Digest("0" * 64, 4)


@pytest.fixture
def stamps(tmp_path):
    return Stamps(tmp_path / "stamps")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abcd")
    return path


def test_a_file_is_hashed_once(stamps, file):
    assert stamps.digest(file) == digest_chunks([b"abcd"])
    stamps.record(file, WRONG)  # were it hashed again, this could not come back
    assert stamps.digest(file) == WRONG
    assert stamps.digest(file.parent / "." / "file") == WRONG


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"abcx"),
        lambda path: path.write_bytes(b"abcde"),
        lambda path: os.utime(path, ns=(1, 1)),
        lambda path: path.chmod(0o400),
        lambda path: (path.rename(path.with_name("old")), path.write_bytes(b"abcd")),
    ],
)
def test_any_change_forces_a_new_hash(stamps, file, change):
    stamps.record(file, WRONG)
    time.sleep(0.02)
    change(file)
    assert stamps.digest(file) == digest_chunks([file.read_bytes()])


def test_a_change_in_the_same_instant_is_seen(stamps, tmp_path):
    for n in range(20):
        path = tmp_path / f"{n}"
        path.write_bytes(b"first")
        first = stamps.digest(path)
        path.write_bytes(b"other")
        assert stamps.digest(path) != first


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"path": "x"}', b"\xff", b"null"])
def test_a_stamp_that_is_damaged_counts_for_nothing(stamps, file, tmp_path, content):
    stamps.record(file, WRONG)
    (stamp,) = (tmp_path / "stamps").iterdir()
    stamp.write_bytes(content)
    assert stamps.digest(file) == digest_chunks([b"abcd"])


def test_a_stamp_of_another_file_counts_for_nothing(stamps, file, tmp_path):
    stamps.record(file, WRONG)
    (stamp,) = (tmp_path / "stamps").iterdir()
    content = json.loads(stamp.read_text(encoding="utf-8"))
    stamp.write_text(json.dumps({**content, "path": "/elsewhere"}), encoding="utf-8")
    assert stamps.digest(file) == digest_chunks([b"abcd"])


def test_where_no_stamp_can_be_written_the_file_is_hashed(file, tmp_path):
    (tmp_path / "stamps").write_bytes(b"a file, not a folder")
    stamps = Stamps(tmp_path / "stamps")
    assert stamps.digest(file) == digest_chunks([b"abcd"])
    file.write_bytes(b"wxyz")
    assert stamps.digest(file) == digest_chunks([b"wxyz"])


def test_a_forgotten_stamp_is_gone(stamps, file, tmp_path):
    stamps.record(file, WRONG)
    stamps.forget(file)
    assert list((tmp_path / "stamps").iterdir()) == []
    stamps.forget(file)


def test_a_file_that_is_not_there_is_an_os_error(stamps, tmp_path):
    with pytest.raises(FileNotFoundError):
        stamps.digest(tmp_path / "gone")
