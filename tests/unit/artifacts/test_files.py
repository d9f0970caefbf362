import errno
import os
import shutil
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.artifacts.files import (
    format_bytes,
    make_private_dir,
    raise_if_full,
    remove_stale_temporaries,
    require_space,
    temporary_beside,
    write_atomically,
)
from offline_ci.errors import ArtifactError, DiskSpaceError


def test_created_folders_are_their_owners_alone_and_others_stay_as_they_are(tmp_path):
    tmp_path.chmod(0o755)
    make_private_dir(tmp_path / "a" / "b")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [
        0o755,
        0o700,
        0o700,
    ]
    assert make_private_dir(tmp_path / "a") == tmp_path / "a"


def test_a_file_where_a_folder_belongs_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(ArtifactError, match=f"The folder {path} cannot be created: ") as caught:
            make_private_dir(path)
        assert "OFFLINE_CI_HOME" in caught.value.hint


def test_a_temporary_file_is_gone_afterwards_whatever_happens(tmp_path):
    with temporary_beside(tmp_path / "x") as temporary:
        assert list(tmp_path.iterdir()) == [temporary]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), temporary_beside(tmp_path / "x"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_stale_temporaries_of_this_file_alone_are_removed(tmp_path):
    names = [".a[1].gguf.x1.tmp", ".a1.gguf.x2.tmp", "a[1].gguf", ".a[1].gguf.keep"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    remove_stale_temporaries(tmp_path / "a[1].gguf")
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


def test_a_text_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "new" / "x.json"
    write_atomically(path, "one")
    write_atomically(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert [entry.name for entry in path.parent.iterdir()] == ["x.json"]


def test_the_disk_space_error_tells_need_and_free(tmp_path):
    free = format_bytes(shutil.disk_usage(tmp_path).free).split()[-1]
    with pytest.raises(DiskSpaceError) as caught:
        require_space(tmp_path / "not" / "there" / "yet", 1 << 60, "The model x")
    assert caught.value.message.startswith("The model x needs 1152922 TB, but the disk of ")
    assert caught.value.message.endswith(f" {free} free.")
    require_space(tmp_path, 1, "A byte")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_runs_full_is_called_so(tmp_path, number):
    with pytest.raises(DiskSpaceError, match="ran full while x was being written"):
        raise_if_full(OSError(number, os.strerror(number)), tmp_path / "x")
    raise_if_full(OSError(errno.EIO, "broken"), tmp_path / "x")


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1_117_320_768, "1.12 GB"),
        (999_600, "1 MB"),
        (10**16, "10000 TB"),
    ],
)
def test_sizes_are_written_for_people(n_bytes, text):
    assert format_bytes(n_bytes) == text


@given(st.integers(min_value=1, max_value=10**15))
def test_a_written_size_is_right_to_three_digits(n_bytes):
    number, unit = format_bytes(n_bytes).split()
    assert float(number) * {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit] == pytest.approx(
        n_bytes, rel=6e-3
    )
