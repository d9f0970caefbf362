"""Files of the session, written to the user's folder.

Invariants: a file appears under its name whole or not at all; nothing that was there before is replaced, except a file
that the session was given (``-f``) or has itself written earlier; nothing is written outside the folder, whatever a
guest file is called.
"""

from __future__ import annotations

import base64
import binascii
import errno
import itertools
import os
import re
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from offline_ci.errors import DiskSpaceError, OfflineCIError, UsageError
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.shorten import shorten_middle
from offline_ci.sandbox.files import MAX_NAME_BYTES
from offline_ci.sandbox.result import ExecutionResult, Output

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".svg", ".pdf", ".gif", ".webp", ".bmp", ".tif", ".tiff"})
_MAX_TRIES = 10_000
_FILE_MODE = 0o666
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class OutputFolder:
    """The folder in which a session's files land.

    Args:
        folder: made when the first file is written.
        given: host files that the session was given; they may be replaced by what the session made of them.

    Raises:
        UsageError: the folder cannot be used.
    """

    def __init__(self, folder: Path, given: Iterable[Path] = ()) -> None:
        self.folder = folder
        self._own: dict[str, Path] = {}
        self._given = [path.resolve() for path in given]
        self._figures = 0
        check_folder(folder)

    def add_given(self, paths: Iterable[Path]) -> None:
        """More files that the session was given."""
        self._given += [path.resolve() for path in paths]

    def save(self, name: str, data: bytes) -> SavedFile:
        """Write a file of the session.

        Args:
            name: relative to ``/mnt/data``, POSIX; slashes become folders.
            data: its content.

        Returns:
            Where it is now: ``-1``, ``-2`` … is added to the name where that name is taken by a stranger.

        Raises:
            DiskSpaceError: the disk is full.
            UsageError: the folder cannot be written to.
        """
        try:
            path = self._write(name, data)
        except OSError as exc:
            raise _folder_error(self.folder, exc) from exc
        self._own[name] = path
        return SavedFile(path, len(data))

    def pictures(self, results: Sequence[ExecutionResult]) -> Iterator[tuple[str, bytes]]:
        """The pictures that cells showed and did not save themselves, as ``figure-1.png`` and so on."""
        for result in results:
            pictures = [data for output in result.outputs if (data := png_of(output)) is not None]
            # A cell that wrote as many picture files as it showed has saved what it showed.
            n_written = sum(PurePosixPath(file.path).suffix.lower() in PICTURE_SUFFIXES for file in result.files)
            for data in pictures if n_written < len(pictures) else []:
                self._figures = self._next_figure()
                yield f"figure-{self._figures}.png", data

    def _next_figure(self) -> int:
        """The next number that no file has: a folder may have figures of an earlier session."""
        numbers = itertools.count(self._figures + 1)
        return next(n for n in numbers if not (self.folder / f"figure-{n}.png").exists())

    def _write(self, name: str, data: bytes) -> Path:
        target = self.folder.joinpath(*_host_parts(name))
        own = self._own.get(name)
        if own is not None and own.is_file():
            _place(own, data, replace=True)
            return own
        if target.exists() and target.resolve() in self._given:
            _place(target, data, replace=True)
            return target
        for candidate in _candidates(self.folder, target):
            if _place(candidate, data, replace=False):
                return candidate
        raise FileExistsError(errno.EEXIST, "every name with a number is taken", str(target))


class Saved(NamedTuple):
    """What was written of a step.

    Attributes:
        files: where they are now.
        error: why there are not more of them, None where all could be written. What is missing is in the sandbox.
    """

    files: list[SavedFile]
    error: OfflineCIError | None = None


def save_results(output: OutputFolder, sandbox: CellRunner, results: Sequence[ExecutionResult]) -> Saved:
    """Write what cells made, in the order in which they made it: their files, then pictures that they only showed.

    Of an interrupted cell nothing is written: what it has may be half of something. One that cannot be written, a
    ``DiskSpaceError`` or a ``UsageError``, costs no other.
    """
    whole = [result for result in results if result.status != "interrupted"]
    present = {file.path for file in sandbox.files.list()} if any(result.files for result in whole) else set()
    names = dict.fromkeys(file.path for result in whole for file in result.files if file.path in present)
    saved: list[SavedFile] = []
    failed: list[tuple[str, OfflineCIError]] = []
    for name in names:
        with _noting(failed, name):
            saved.append(output.save(name, sandbox.files.read(name)))
    for name, data in output.pictures(whole):
        with _noting(failed, name):
            saved.append(output.save(name, data))
    if not failed:
        return Saved(saved)
    name, error = failed[0]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    message = f"{shorten_middle(name, 200)!r}{more} was not saved: {error.message}"
    return Saved(saved, type(error)(message, hint=error.hint))


@contextmanager
def _noting(failed: list[tuple[str, OfflineCIError]], name: str) -> Iterator[None]:
    """Takes down which file could not be read or written, and why."""
    try:
        yield
    except (UsageError, DiskSpaceError) as error:
        failed.append((name, error))


def grant_files(sandbox: CellRunner, paths: Iterable[Path]) -> list[str]:
    """Offer host files to a session under their own names; a name that is taken gets a number.

    Returns:
        Their names in the session.
    """
    paths = list(paths)
    taken = {file.path for file in sandbox.files.list()} if paths else set()
    names = []
    for path in paths:
        name = sandbox.files.grant(path, free_name(path.name, taken))
        taken.add(name)
        names.append(name)
    return names


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or the name with the first free number."""
    path = PurePosixPath(name)
    candidate, i = name, 0
    while candidate in taken:
        i += 1
        candidate = f"{path.stem}-{i}{path.suffix}"
    return candidate


def check_folder(folder: Path) -> None:
    """Make sure that files can be written to a folder, which need not exist yet.

    Raises:
        UsageError: it is something else, or may not be written to.
    """
    nearest = folder
    try:
        if folder.is_symlink() and not folder.exists():
            raise UsageError(f"{folder} is a link to a folder that is not there.", hint="Give a folder with -o DIR.")
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        if nearest.is_dir():
            # Permissions tell less than trying does: root, read-only and special file systems. The file has no name.
            tempfile.TemporaryFile(dir=nearest).close()
            return
    except OSError as exc:
        raise _folder_error(folder, exc) from exc
    raise UsageError(f"{nearest} is a file, not a folder.", hint="Give a folder with -o DIR.")


def write_named_file(path: Path, data: bytes) -> None:
    """Write a file that the user named, in place of what is there.

    Raises:
        DiskSpaceError: the disk is full.
        UsageError: it cannot be written there.
    """
    try:
        _place(path, data, replace=True)
    except OSError as exc:
        raise _folder_error(path.parent, exc) from exc


def png_of(output: Output) -> bytes | None:
    """The PNG that an output shows."""
    encoded = output.get("data", {}).get("image/png")
    if not isinstance(encoded, str):
        return None
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(encoded, validate=False)
    return None


def _host_parts(name: str) -> list[str]:
    """A guest's name as parts that are safe on the host: no climbing, no control characters, no lone surrogates."""
    parts = [part for part in name.split("/") if part not in {"", ".", ".."}]
    safe = ["".join(c if c.isprintable() and c not in '\\:*?"<>|' else "_" for c in part) for part in parts]
    return list(map(_as_on_windows, safe)) or ["unnamed"]


def _as_on_windows(part: str) -> str:
    """A name that means the same on Windows: it drops dots and spaces at the end, and knows devices by their names."""
    kept = part.rstrip(". ")
    part = kept + "_" * (len(part) - len(kept))
    return f"_{part}" if _DEVICE.match(part) else part


def _candidates(folder: Path, target: Path) -> Iterable[Path]:
    """The name itself, then with numbers; so has a folder in whose way something else is, or a link to elsewhere."""
    *folders, name = target.relative_to(folder).parts
    for part in folders:
        places = (folder / numbered for numbered in _numbered(part))
        folder = next((place for place in places if not _is_in_the_way(place)), folder / part)
    yield from (folder / numbered for numbered in _numbered(name))


def _is_in_the_way(place: Path) -> bool:
    return place.is_symlink() or (place.exists() and not place.is_dir())


def _numbered(name: str) -> Iterable[str]:
    """A name, then with numbers before its suffix; never longer than a name may be."""
    yield name
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    for i in range(1, _MAX_TRIES):
        ending = f"-{i}{suffix}"
        room = MAX_NAME_BYTES - len(ending.encode())
        yield stem.encode()[:room].decode(errors="ignore") + ending


def _place(path: Path, data: bytes, *, replace: bool) -> bool:
    """Put a file in its place in one step; False where the name is taken."""
    if not replace and (path.exists() or path.is_symlink()):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".offline-ci-", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(_FILE_MODE & ~_umask())
        if replace:
            Path(temporary).replace(path)
        else:
            _link(Path(temporary), path)
    except FileExistsError:
        return False
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True


def _link(temporary: Path, path: Path) -> None:
    """Give a file its final name unless somebody else has just taken it."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "taken", str(path)) from None
        temporary.replace(path)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _folder_error(folder: Path, exc: OSError) -> DiskSpaceError | UsageError:
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskSpaceError(
            f"The disk that holds {folder} is full.", hint="Make room, or give another folder with -o DIR."
        )
    return UsageError(
        f"The results cannot be written to {folder}: {exc.strerror or exc}.", hint="Give another folder with -o DIR."
    )
