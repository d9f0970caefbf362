"""A bundle is read as it was written, or the damage is named."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from offline_ci.bundle.head.errors import BundleError
from offline_ci.bundle.head.payload import Bundle
from support.small_bundle import ITEMS, silent

Make = Callable[..., Bundle]


def test_the_same_contents_give_the_same_bytes(make: Make) -> None:
    assert make("a.bundle").path.read_bytes() == make("b.bundle").path.read_bytes()


def test_tar_reads_the_payload(make: Make) -> None:
    bundle = make()
    with tarfile.open(bundle.path) as archive:
        names = archive.getnames()
        contents = archive.extractfile("home/models/a.gguf")
        assert contents is not None
        assert contents.read() == ITEMS[1].source
    assert names == [member.path for member in bundle.manifest.members]


@pytest.mark.parametrize("part_size", [None, 1000, 4096, 50_000, 10_000_000])
def test_every_member_is_read_back(make: Make, tmp_path: Path, part_size: int | None) -> None:
    bundle = make(part_size=part_size)
    bundle.check(silent)
    for item, member in zip(ITEMS, bundle.manifest.members, strict=True):
        assert (member.role, member.target, member.size) == (item.role, item.target, item.size)
        bundle.write(member, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == item.source


def test_parts_are_as_large_as_asked_and_together_are_the_archive(make: Make) -> None:
    whole, split = make("a.bundle"), make("b.bundle", part_size=40_000)
    parts = split.files()[1:]
    assert [path.stat().st_size for path in parts[:-1]] == [40_000] * (len(parts) - 1)
    joined = b"".join(path.read_bytes() for path in parts)
    assert joined == whole.path.read_bytes()[: whole.manifest.payload_size]


def test_any_flipped_bit_is_found(make: Make) -> None:
    bundle = make()
    intact = bundle.path.read_bytes()
    members = [member.offset + member.size // 2 for member in bundle.manifest.members if member.size]
    anywhere = range(7, len(intact), len(intact) // 150)
    for position in [0, 300, *members, bundle.manifest.payload_size - 1, bundle.manifest.payload_size + 200, *anywhere]:
        damaged = bytearray(intact)
        damaged[position] ^= 1 << (position % 8)
        bundle.path.write_bytes(damaged)
        with pytest.raises(BundleError, match=r"damaged|another format|no offline-ci bundle"):
            Bundle(bundle.path).check(silent)


def test_damage_names_the_member_and_the_part(make: Make) -> None:
    bundle = make(part_size=60_000)
    part = bundle.files()[2]
    data = bytearray(part.read_bytes())
    data[100] ^= 1
    part.write_bytes(data)
    with pytest.raises(BundleError, match=r"home/models/a.gguf \(in .*x\.bundle\.001\)"):
        bundle.check(silent)


def test_missing_parts_are_named(make: Make) -> None:
    bundle = make(part_size=50_000)
    for path in bundle.files()[2:]:
        path.unlink()
    with pytest.raises(BundleError, match=r"2 of the bundle's 4 files are missing: .*\.002, .*\.003"):
        bundle.check(silent)


@pytest.mark.parametrize("part_size", [None, 50_000])
def test_a_file_that_ends_too_early_is_named(make: Make, part_size: int | None) -> None:
    bundle = make(part_size=part_size)
    last = bundle.files()[-1]
    last.write_bytes(last.read_bytes()[:-20])
    with pytest.raises(BundleError, match=r"x\.bundle"):
        Bundle(bundle.path).check(silent)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_other_files_are_no_bundles(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="no offline-ci bundle"):
        Bundle(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="There is no file"):
        Bundle(tmp_path / "x")


def test_python_runs_the_file(make: Make) -> None:
    bundle = make()
    done = subprocess.run([sys.executable, bundle.path, "verify"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Intact: 5 files" in done.stderr
    listed = subprocess.run([sys.executable, bundle.path, "list"], capture_output=True, text=True, check=True)
    assert [line.split()[-1] for line in listed.stdout.splitlines()] == [m.path for m in bundle.manifest.members]


def test_another_python_is_told_which_one_to_take(make: Make) -> None:
    bundle = make(python="3.99")
    done = subprocess.run([sys.executable, bundle.path, "install"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "is for Python 3.99" in done.stderr
    assert f"python3.99 {bundle.path}" in done.stderr


def test_a_damaged_program_says_so(make: Make) -> None:
    bundle = make()
    data = bytearray(bundle.path.read_bytes())
    position = data.index(b"Where an installation lies")
    data[position] ^= 1
    bundle.path.write_bytes(data)
    done = subprocess.run([sys.executable, bundle.path, "verify"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "own program is damaged" in done.stderr
