"""Writing a bundle: the payload as a tar archive, the head as a zip archive behind it or, split, in a file of its own.

The same items give the same bytes: members in the order given, no times, no owners.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from offline_ci.artifacts.digest import Digest
from offline_ci.artifacts.files import raise_if_full
from offline_ci.bundle import head
from offline_ci.bundle.contents import Item
from offline_ci.bundle.head.manifest import NAME, Manifest, Member, Part
from offline_ci.bundle.head.payload import END_RECORD, Progress
from offline_ci.errors import ArtifactError

_FOLDERS = {"wheel": "wheels", "home": "home", "compiled": "home", "document": "documents"}
_DATE = (1980, 1, 1, 0, 0, 0)
_PACKAGE = "offline_ci_bundle"


def member_path(item: Item) -> str:
    """An item's name in the archive."""
    return f"{_FOLDERS[item.role]}/{item.target}"


class _Output:
    """The payload as it grows: in one file, or in parts of at most ``part_size`` bytes."""

    def __init__(self, path: Path, part_size: int | None) -> None:
        self._path = path
        self._part_size = part_size
        self._file: io.BufferedWriter | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self.paths: list[Path] = []
        self.parts: list[Part] = []

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            if self._file is None:
                self._begin()
            room = len(view) if self._part_size is None else self._part_size - self._size
            piece = view[:room]
            assert self._file is not None  # noqa: S101 - for the type checker
            self._file.write(piece)
            if self._part_size is not None:
                self._digest.update(piece)
            self._size += len(piece)
            view = view[room:]
            if self._size == self._part_size:
                self.end()

    def _begin(self) -> None:
        suffix = "" if self._part_size is None else f".{len(self.parts) + 1:03}"
        path = self._path.with_name(f".{self._path.name}{suffix}.tmp")
        self.paths.append(path)
        self._file = path.open("wb")

    def end(self) -> None:
        """Finish the present part."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        if self._part_size is not None:
            self.parts.append(Part(f".{len(self.parts) + 1:03}", self._size, self._digest.hexdigest()))
            self._digest, self._size = hashlib.sha256(), 0

    def close(self) -> None:
        """Give up."""
        if self._file is not None:
            self._file.close()
        for path in self.paths:
            path.unlink(missing_ok=True)


def write(
    path: Path,
    items: Sequence[Item],
    found: Sequence[Digest],
    manifest: Manifest,
    part_size: int | None,
    progress: Progress,
) -> Manifest:
    """Write a bundle; its files appear under their names when all are whole.

    Args:
        path: its head.
        items: what it carries.
        found: their digests.
        manifest: what to put into the head; members, padding and parts are filled in.
        part_size: of the parts, in bytes; None for one file.
        progress: told how far it is.

    Returns:
        The manifest as written.

    Raises:
        ArtifactError: a file changed while it was read.
        DiskSpaceError: the disk is full.
    """
    output = _Output(path, part_size)
    try:
        manifest = _write_payload(output, items, found, manifest, progress)
        if part_size is not None:
            output.end()
            manifest = replace(manifest, parts=tuple(output.parts))
        data = _head(manifest)
        if part_size is None:
            output.write(data)
            output.end()
            os.chmod(output.paths[0], 0o755)  # noqa: PTH101, S103 - it is a program
        else:
            temporary = path.with_name(f".{path.name}.tmp")
            output.paths.append(temporary)
            temporary.write_bytes(data)
            temporary.chmod(0o755)
        for temporary in output.paths:
            temporary.replace(path.with_name(temporary.name.removeprefix(".").removesuffix(".tmp")))
    except OSError as error:
        raise_if_full(error, path)
        raise ArtifactError(f"{path} cannot be written: {error.strerror}.", hint="Choose another place.") from error
    finally:
        with suppress(OSError):
            output.close()
    return manifest


def _write_payload(
    output: _Output, items: Sequence[Item], found: Sequence[Digest], manifest: Manifest, progress: Progress
) -> Manifest:
    padding = hashlib.sha256()
    members: list[Member] = []
    position, total, done = 0, sum(item.size for item in items), 0

    def pad(data: bytes) -> None:
        nonlocal position
        padding.update(data)
        output.write(data)
        position += len(data)

    for item, digest in zip(items, found, strict=True):
        entry = tarfile.TarInfo(member_path(item))
        entry.size, entry.mode = digest.size_bytes, 0o644
        pad(entry.tobuf(tarfile.GNU_FORMAT))
        members.append(Member(entry.name, position, digest.size_bytes, digest.sha256, item.role))
        written = hashlib.sha256()
        for chunk in item.chunks():
            written.update(chunk)
            output.write(chunk)
            position += len(chunk)
            done += len(chunk)
            progress("Write", done, total)
        if written.hexdigest() != digest.sha256:
            raise ArtifactError(f"{item.source!r} changed while it was read.", hint="Run the command again.")
        pad(b"\0" * (-position % tarfile.BLOCKSIZE))
    pad(b"\0" * (2 * tarfile.BLOCKSIZE))
    pad(b"\0" * (-position % tarfile.RECORDSIZE))
    return replace(
        manifest,
        payload_size=position,
        padding_sha256=padding.hexdigest(),
        members=tuple(members),
    )


def _head(manifest: Manifest) -> bytes:
    folder = Path(head.__file__).parent
    sources = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    files = {"__main__.py": sources.pop("__main__.py"), NAME: manifest.to_json().encode()}
    files |= {f"{_PACKAGE}/{name}": data for name, data in sources.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
    body = buffer.getvalue()[:-END_RECORD]
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = hashlib.sha256(body).hexdigest().encode()
    return buffer.getvalue()
