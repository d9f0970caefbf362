"""Copying a bundle to a medium and from it, so that a copy that broke off goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import BundleError
from .payload import CHUNK, Bundle, Progress


def copy(bundle: Bundle, folder: Path, progress: Progress) -> list[Path]:
    """Copy all files of a bundle; of what is there already only the blocks that differ are written.

    Args:
        bundle: the bundle.
        folder: where to.
        progress: told how far it is.

    Returns:
        The copies, head first.

    Raises:
        BundleError: the medium is full or fails, or what arrived is damaged.
    """
    files = bundle.files()
    bundle.check_extents()
    total, done = sum(path.stat().st_size for path in files), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(files, folder)
        for path in reversed(files):  # the head last: a bundle without one is visibly unfinished
            target = folder / path.name
            if target.exists() and target.samefile(path):
                raise BundleError(f"{target} is the bundle itself.", "Give another folder.")
            for n in _copy_blocks(path, target):
                done += n
                progress("Copy", done, total)
            shutil.copymode(path, target)
    except OSError as error:
        raise BundleError(
            f"Copying to {folder} failed: {error.strerror}.", "Mend that and run the same command again: it goes on."
        ) from error
    Bundle(folder / bundle.path.name).check(progress)
    return [folder / path.name for path in files]


def _check_room(files: list[Path], folder: Path) -> None:
    targets = [folder / path.name for path in files]
    there = sum(target.stat().st_size for target in targets if target.exists())
    need, free = sum(path.stat().st_size for path in files) - there, shutil.disk_usage(folder).free
    if free < need:
        raise BundleError(
            f"{need / 1e9:.2f} GB are to be copied, and the disk of {folder} has {free / 1e9:.2f} GB free.",
            "Free some space, or create the bundle with --split and copy the parts one by one.",
        )


def _copy_blocks(source: Path, target: Path) -> Iterator[int]:
    with source.open("rb") as old, target.open("r+b" if target.exists() else "w+b") as new:
        while block := old.read(CHUNK):
            position = new.tell()
            if new.read(len(block)) != block:
                new.seek(position)
                new.write(block)
            new.seek(position + len(block))
            yield len(block)
        new.truncate()
        new.flush()
        os.fsync(new.fileno())
