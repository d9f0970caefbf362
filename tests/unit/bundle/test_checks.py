"""What is found before anything is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from offline_ci.bundle.head import checks, installed
from offline_ci.bundle.head.errors import BundleError
from offline_ci.bundle.head.install import install, remove
from offline_ci.bundle.head.layout import Layout
from offline_ci.bundle.head.payload import Bundle
from support.small_bundle import manifest, silent

Make = Callable[..., Bundle]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.delenv("OFFLINE_CI_HOME", raising=False)
    return Layout(tmp_path / "prefix")


def _refused(bundle: Bundle, layout: Layout, match: str, **options: bool) -> None:
    before = sorted(layout.prefix.rglob("*"))
    with pytest.raises(BundleError, match=match):
        install(bundle, layout, lambda _: None, silent, **options)
    assert sorted(layout.prefix.rglob("*")) == before


@pytest.mark.parametrize(
    ("machine", "match"),
    [
        ({"system": "Darwin"}, "is for Darwin on"),
        ({"machine": "riscv64"}, "on riscv64, and this is"),
        ({"libc": "glibc 9.99"}, r"needs glibc 9\.99 or newer, and this system has glibc"),
        ({"libc": "musl 1.2"}, r"needs musl 1\.2"),
        ({"needed_flags": ("avx9000",)}, "for processors with avx9000, which this one lacks"),
    ],
)
def test_a_foreign_machine(make: Make, layout: Layout, machine: dict[str, str], match: str) -> None:
    _refused(make(machine=replace(manifest().machine, **machine)), layout, match)


def test_a_foreign_python(make: Make, layout: Layout) -> None:
    _refused(make(python="3.99"), layout, r"for Python 3\.99, and this is Python 3\.")


def test_a_flipped_bit(make: Make, layout: Layout) -> None:
    bundle = make()
    data = bytearray(bundle.path.read_bytes())
    data[5000] ^= 1
    bundle.path.write_bytes(data)
    _refused(bundle, layout, "is damaged: home/models")


def test_a_missing_part(make: Make, layout: Layout) -> None:
    bundle = make(part_size=50_000)
    bundle.files()[-1].unlink()
    _refused(bundle, layout, "1 of the bundle's 4 files are missing")


def test_no_room(make: Make, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    _refused(make(), layout, r"takes 0\.10 GB, and the disk of .* has 0\.05 GB free")


def test_a_file_where_the_folder_belongs(make: Make, layout: Layout) -> None:
    layout.prefix.mkdir()
    layout.prefix.joinpath("lib").write_text("")
    _refused(make(), layout, "lib is a file, and a folder must be there")


def test_a_target_that_cannot_be_written_to(make: Make, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.prefix.mkdir()
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and real(path, mode))
    _refused(make(), layout, "prefix is on a read-only medium or cannot be written to")


def test_a_program_of_that_name_that_is_not_ours(make: Make, layout: Layout) -> None:
    layout.command.parent.mkdir(parents=True)
    layout.command.write_text("#!/bin/sh\n")
    _refused(make(), layout, "no bundle installed it")


def _pretend_installed(layout: Layout, version: str) -> Path:
    """An installation without packages: the list, the link, a file."""
    there = manifest(version=version)
    folder = layout.version(there)
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "offline-ci").write_text("#!/bin/sh\n")
    installed.write(folder, there, layout.home, compiled=False)
    layout.command.parent.mkdir(parents=True, exist_ok=True)
    layout.command.symlink_to(os.path.relpath(folder / "bin" / "offline-ci", layout.command.parent))
    return folder


def test_an_older_version(make: Make, layout: Layout) -> None:
    folder = _pretend_installed(layout, "1.10.0")
    assert layout.current() == folder
    _refused(make(), layout, r"offline-ci 1\.10\.0 is installed .* carries 1\.2\.0, which is older")
    checks.check_version(layout, manifest(), downgrade=True)
    checks.check_version(layout, manifest(version="1.10.0"), downgrade=False)


def test_processor_families(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    machine = manifest().machine
    for flags, fits in [("fpu avx2 sse", True), ("fpu avx2 fma", False), ("fpu", False)]:
        cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
        assert checks.fits_processor(machine, cpuinfo) is fits
    assert not checks.fits_processor(machine, tmp_path / "none")


def test_what_was_changed_after_the_installation_is_found(layout: Layout) -> None:
    folder = _pretend_installed(layout, "1.0")
    there = installed.read(folder)
    assert there is not None
    assert list(there.problems()) == []
    (folder / "bin" / "offline-ci").write_text("#!/bin/sh\nevil\n")
    (folder / "bin" / "sitecustomize.py").write_text("")
    assert sorted(text.rpartition("/")[2] for text in there.problems()) == [
        "offline-ci is not as it was installed.",
        "sitecustomize.py was not installed by us.",
    ]


def test_removing_where_nothing_is(layout: Layout) -> None:
    with pytest.raises(BundleError, match="No bundle is installed"):
        remove(layout, keep_files=False)


def test_a_failing_step_leaves_nothing_behind(make: Make, layout: Layout) -> None:
    with pytest.raises(BundleError, match="carries no pip"):
        install(make(), layout, lambda _: None, silent)
    assert layout.current() is None
    assert [path.name for path in layout.versions.iterdir()] == [".lock"]
