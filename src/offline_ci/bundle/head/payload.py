"""The payload of a bundle as one stream, whether it lies in one file or in parts, and its check."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import BundleError
from .manifest import NAME, Manifest, Member, Part

CHUNK = 1 << 20
END_RECORD = 22
"""Bytes of the record that ends a zip archive, without its comment. Source: APPNOTE.TXT 6.3.10, section 4.3.16.

The comment is the sha256 of all that comes before the record, so that a change is found where no check sum reaches."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many bytes of it are done, and how many there are."""


class Bundle:
    """A bundle on this machine.

    Args:
        path: its head.

    Raises:
        BundleError: there is none, or its head is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as head:
                damaged = head.testzip()
                text, digest = head.read(NAME), head.comment
        except FileNotFoundError as error:
            raise BundleError(f"There is no file {path}.", "Check the path.") from error
        except OSError as error:
            raise BundleError(
                f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions."
            ) from error
        except (zipfile.BadZipFile, KeyError, NotImplementedError) as error:
            raise BundleError(
                f"{path} is no offline-ci bundle, or the end of the file is missing or damaged.",
                "Give the file that `offline-ci bundle create` made, or copy it again.",
            ) from error
        if damaged is not None:
            raise BundleError(f"{path}: {damaged} is damaged.", "Copy the bundle again.")
        self.manifest = Manifest.from_json(text)
        begin = 0 if self.manifest.parts else self.manifest.payload_size
        end = path.stat().st_size - END_RECORD - len(digest)
        body = b"".join(_read(path, begin, max(0, end - begin)))
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise BundleError(f"{path} is damaged behind the archive.", "Copy the bundle again.")

    def files(self) -> list[Path]:
        """The files that make it up: head first."""
        return [self.path, *(self.part_path(part) for part in self.manifest.parts)]

    def part_path(self, part: Part) -> Path:
        """Where a part must lie: beside the head."""
        return self.path.with_name(self.path.name + part.suffix)

    def chunks(self, offset: int, size: int) -> Iterator[bytes]:
        """So many bytes of the payload from ``offset`` on.

        Raises:
            BundleError: a part is missing or too short.
        """
        begin = 0
        for path, length in self._extents():
            start, end = max(offset, begin), min(offset + size, begin + length)
            if start < end:
                yield from _read(path, start - begin, end - start)
            begin += length

    def check(self, progress: Progress) -> None:
        """Read everything and compare it with the manifest.

        Raises:
            BundleError: for the first thing that is missing or damaged.
        """
        self.check_extents()
        gaps = hashlib.sha256()
        done = 0
        for member in self.manifest.members:
            for chunk in self.chunks(done, member.offset - done):
                gaps.update(chunk)
            digest = hashlib.sha256()
            done = member.offset
            for chunk in self.chunks(member.offset, member.size):
                digest.update(chunk)
                done += len(chunk)
                progress("Check", done, self.manifest.payload_size)
            if digest.hexdigest() != member.sha256:
                raise self._damaged(member.path, member.offset)
        for chunk in self.chunks(done, self.manifest.payload_size - done):
            gaps.update(chunk)
        if gaps.hexdigest() != self.manifest.padding_sha256:
            raise self._damaged("the archive around its members", 0)

    def check_extents(self) -> None:
        """Make sure that every file is there with all its bytes, without reading them.

        Raises:
            BundleError: one is not.
        """
        for path, length in self._extents():
            try:
                size = path.stat().st_size
            except FileNotFoundError as error:
                missing = [str(part) for part in self.files() if not part.exists()]
                raise BundleError(
                    f"{len(missing)} of the bundle's {len(self.files())} files are missing: {', '.join(missing)}.",
                    "Copy them into the same folder.",
                ) from error
            except OSError as error:
                raise BundleError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
            if size < length or (self.manifest.parts and size != length):
                raise BundleError(
                    f"{path} has {size:,} bytes, and {length:,} belong there.", "Copy it again: `… copy` goes on."
                )

    def _extents(self) -> list[tuple[Path, int]]:
        if not self.manifest.parts:
            return [(self.path, self.manifest.payload_size)]
        return [(self.part_path(part), part.size) for part in self.manifest.parts]

    def _damaged(self, what: str, offset: int) -> BundleError:
        begin = 0
        for path, length in self._extents():
            if offset < begin + length:
                return BundleError(
                    f"The bundle is damaged: {what} (in {path}) is not as the manifest says.",
                    "Copy the bundle again: `… copy` replaces only what differs.",
                )
            begin += length
        raise AssertionError

    def write(self, member: Member, target: Path) -> None:
        """Write a member to a new file, and check it on the way once more.

        Raises:
            BundleError: it is damaged.
            OSError: the file cannot be written.
        """
        digest = hashlib.sha256()
        with target.open("wb") as file:
            for chunk in self.chunks(member.offset, member.size):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != member.sha256:
            target.unlink()
            raise self._damaged(member.path, member.offset)


def _read(path: Path, offset: int, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while size:
                chunk = file.read(min(size, CHUNK))
                if not chunk:
                    raise BundleError(f"{path} ends too early.", "Copy it again.")
                size -= len(chunk)
                yield chunk
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.", "Check the medium, or copy it again.") from error
