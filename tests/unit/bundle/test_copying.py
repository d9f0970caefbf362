"""A copy that broke off goes on, and what arrived is checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from offline_ci.bundle.head.copying import copy
from offline_ci.bundle.head.errors import BundleError
from offline_ci.bundle.head.payload import Bundle
from support.small_bundle import silent

Make = Callable[..., Bundle]


@pytest.mark.parametrize("part_size", [None, 50_000])
def test_all_files_arrive(make: Make, tmp_path: Path, part_size: int | None) -> None:
    bundle = make(part_size=part_size)
    copies = copy(bundle, tmp_path / "stick", silent)
    assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in bundle.files()]
    assert copies[0].stat().st_mode & 0o111


def test_only_what_differs_is_written(make: Make, tmp_path: Path) -> None:
    bundle = make()
    stick = tmp_path / "stick"
    (target,) = copy(bundle, stick, silent)
    whole = target.read_bytes()
    target.write_bytes(b"\0" * 10 + whole[10:70_000] + b"garbage that is longer than the file" * 9000)
    copy(bundle, stick, silent)
    assert target.read_bytes() == whole


def test_a_missing_part_is_told_before_anything_is_copied(make: Make, tmp_path: Path) -> None:
    bundle = make(part_size=50_000)
    bundle.files()[1].unlink()
    with pytest.raises(BundleError, match="missing"):
        copy(bundle, tmp_path / "stick", silent)
    assert not (tmp_path / "stick").exists()


def test_the_bundle_is_not_copied_onto_itself(make: Make, tmp_path: Path) -> None:
    bundle = make()
    before = bundle.path.read_bytes()
    with pytest.raises(BundleError, match="is the bundle itself"):
        copy(bundle, tmp_path, silent)
    assert bundle.path.read_bytes() == before


def test_a_damaged_source_is_not_called_a_copy(make: Make, tmp_path: Path) -> None:
    bundle = make()
    data = bytearray(bundle.path.read_bytes())
    data[5000] ^= 1
    bundle.path.write_bytes(data)
    with pytest.raises(BundleError, match="damaged"):
        copy(bundle, tmp_path / "stick", silent)
