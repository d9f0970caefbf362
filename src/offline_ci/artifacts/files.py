"""Host files: private folders, atomic replacement, free space."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

from offline_ci.errors import ArtifactError, DiskSpaceError


def make_private_dir(path: Path) -> Path:
    """Create a folder and its missing parents, readable by their owner alone; existing ones stay as they are.

    Raises:
        ArtifactError: it cannot be created.
    """
    try:
        for folder in (*reversed(path.parents), path):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
        if not path.is_dir():
            raise NotADirectoryError(0, "there is a file of that name")
    except OSError as error:
        raise ArtifactError(
            f"The folder {path} cannot be created: {error.strerror}.",
            hint="Free that path, or set OFFLINE_CI_HOME to a folder that you may write to.",
        ) from error
    return path


def check_private(*folders: Path) -> None:
    """Make sure that nobody but this user and root can put files into folders, or other folders in their place.

    As OpenSSH's ``StrictModes``: the folders and those above them belong to one of the two, and others cannot write to
    them, but for folders above with the sticky bit, such as ``/tmp``. Only POSIX systems are checked.

    Raises:
        ArtifactError: somebody can.
    """
    if os.name != "posix":
        return
    named = dict.fromkeys((*folders, *(folder.resolve() for folder in folders)))
    for place in dict.fromkeys(place for folder in named for place in (folder, *folder.parents)):
        try:
            info = place.stat()
        except FileNotFoundError:
            continue
        is_above = place not in named
        if info.st_uid not in {0, os.geteuid()}:
            reason, mend = "belongs to another user", f"chown it to yourself: {place}"
        elif _is_open_to_others(info) and not (is_above and info.st_mode & stat.S_ISVTX):
            reason, mend = "can be written to by other users", f"run: chmod go-w {place}"
        else:
            continue
        raise ArtifactError(
            f"The folder {place} {reason}, and what lies below it is run as code.",
            hint=f"Set OFFLINE_CI_HOME to a folder of your own, or {mend}",
        )


def _is_open_to_others(info: os.stat_result) -> bool:
    # Where users have a group of their own, which then has their number, umask 002 is usual.
    is_own_group = info.st_gid == os.getegid() == os.geteuid()
    return bool(info.st_mode & (stat.S_IWOTH if is_own_group else stat.S_IWOTH | stat.S_IWGRP))


@contextmanager
def temporary_beside(path: Path) -> Iterator[Path]:
    """A new empty file in the folder of ``path``; whatever is still there at the end is removed."""
    import tempfile  # reading files, which every start does, needs neither this nor shutil

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def remove_stale_temporaries(path: Path) -> None:
    """Remove what a killed process left of ``temporary_beside(path)``; the caller holds the lock of ``path``."""
    for leftover in path.parent.glob(f".{glob_escape(path.name)}.*.tmp"):
        leftover.unlink(missing_ok=True)


def glob_escape(name: str) -> str:
    """A name as a glob pattern that matches it alone."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def write_chunks(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file and flush it to the disk.

    Raises:
        DiskSpaceError: the disk ran full meanwhile.
    """
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            sync(file.fileno())
    except OSError as error:
        raise_if_full(error, path)
        raise


def replace(source: Path, target: Path) -> None:
    """Move a file over another in one step that survives a power cut."""
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        sync(folder)
    finally:
        os.close(folder)


def write_atomically(path: Path, text: str) -> None:
    """Replace a small text file in one step."""
    make_private_dir(path.parent)
    with temporary_beside(path) as temporary:
        write_chunks(temporary, [text.encode("utf-8")])
        replace(temporary, path)


def sync(descriptor: int) -> None:
    """Flush a descriptor; some file systems cannot flush a folder, and that is all right."""
    with suppress(OSError):
        os.fsync(descriptor)


def require_space(folder: Path, need_bytes: int, what: str) -> None:
    """Make sure that so many bytes fit on the disk of ``folder``.

    Raises:
        DiskSpaceError: they do not.
    """
    import shutil

    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_bytes = shutil.disk_usage(existing).free
    if free_bytes < need_bytes:
        raise DiskSpaceError(
            f"{what} needs {format_bytes(need_bytes)}, but the disk of {folder} has {format_bytes(free_bytes)} free.",
            hint="Free some space, or set OFFLINE_CI_HOME to a folder on a larger disk.",
        )


def raise_if_full(error: OSError, path: Path) -> None:
    """Turn "no space left" and "quota exceeded" into our error; other errors are the caller's.

    Raises:
        DiskSpaceError: that is what happened.
    """
    if error.errno in {ENOSPC, EDQUOT}:
        raise DiskSpaceError(
            f"The disk of {path.parent} ran full while {path.name.lstrip('.')} was being written.",
            hint="Free some space, or set OFFLINE_CI_HOME to a folder on a larger disk; then run the command again.",
        ) from error


def format_bytes(n_bytes: int) -> str:
    """A size for people, in decimal units: ``1.12 GB``."""
    size = float(n_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB" if size < 999.5 else f"{size:.0f} TB"
