"""Wheels: what they contain and where it goes in the guest.

Nothing is unpacked onto the host's disk; a wheel's members become files of the guest's tree. Every member must be
listed in the wheel's RECORD with a digest that fits, and stay below ``site-packages`` (or, for ``.data/data``, below
``/``).

Source: the packaging user guide's "Binary distribution format" and "Recording installed projects".
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Self

from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.manifest import SITE_PACKAGES, Package

_RECORD_ITSELF = ("RECORD", "RECORD.jws", "RECORD.p7s")
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
_MAX_LICENCE_CHARS = 60
_FOREIGN = "-linux-gnu.so"
"""Compiled for another system; a package that is here all the same does without."""


class Wheel:
    """A wheel that is open for reading.

    Args:
        path: the file; whoever opens it has verified its digest.
        mend: what to do about a damaged one.

    Raises:
        RuntimeBuildError: it is not a wheel, or it is at odds with its own RECORD.
    """

    def __init__(self, path: Path, *, mend: str = "Run: offline-ci runtime fetch") -> None:
        self.path = path
        self._mend = mend
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise self._error(f"cannot be opened: {error}") from error
        try:
            self._names = [name for name in self._zip.namelist() if not name.endswith("/")]
            self._info, self._record = self._read_record()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def files(self, suffix: str = "") -> Iterator[tuple[str, bytes]]:
        """Guest path and contents of every file that belongs in the guest, verified, in the wheel's order.

        Args:
            suffix: what the names of the files end with; others are not even read.

        Raises:
            RuntimeBuildError: contents differ from RECORD, or a path leaves its folder.
        """
        for name in self._names:
            if not name.endswith(suffix):
                continue
            data = self._read(name)
            path = self._guest_path(name)
            if path is not None:
                yield path, data

    @property
    def unpacked_bytes(self) -> int:
        """Size of all members, as the archive's directory gives it."""
        return sum(entry.file_size for entry in self._zip.infolist())

    def metadata(self) -> Message:
        """The core metadata.

        Raises:
            RuntimeBuildError: it is missing, or differs from RECORD.
        """
        return HeaderParser().parsestr(self._read(f"{self._info}/METADATA").decode("utf-8", "replace"))

    def places(self) -> dict[str, str]:
        """Guest path of every file that belongs in the guest, by its name in the wheel.

        Raises:
            RuntimeBuildError: a path leaves its folder.
        """
        return {name: path for name in self._names if (path := self._guest_path(name)) is not None}

    def package(self) -> Package:
        """What the metadata says."""
        metadata = self.metadata()
        there = self.places()
        places = list(there.values())
        return Package(
            name=metadata["Name"],
            version=metadata["Version"],
            licence=_licence(metadata),
            import_names=_import_names(places),
            bytes=sum(self._zip.getinfo(name).file_size for name in there),
            kind="native" if any(path.endswith(".so") for path in places) else "pure",
        )

    def _read_record(self) -> tuple[str, dict[str, str]]:
        infos = {name.partition("/")[0] for name in self._names if name.count("/") == 1 and name.endswith("/RECORD")}
        infos = {folder for folder in infos if folder.endswith(".dist-info")}
        if len(infos) != 1:
            raise self._error("has no RECORD, or more than one")
        info = infos.pop()
        text = self._read_member(f"{info}/RECORD").decode("utf-8", "replace")
        record = {row[0]: row[1] for row in csv.reader(text.splitlines()) if len(row) >= 2}
        unlisted = sorted(set(self._names) - set(record))
        if unlisted:
            raise self._error(f"has a file that RECORD does not list: {unlisted[0]}")
        return info, record

    def _read(self, name: str) -> bytes:
        data = self._read_member(name)
        if name in {f"{self._info}/{own}" for own in _RECORD_ITSELF}:
            return data
        algorithm, _, expected = self._record[name].partition("=")
        if algorithm not in _DIGESTS:
            raise self._error(f"lists {name} without a digest")
        digest = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()
        if digest != expected:
            raise self._error(f"is damaged: {name} differs from RECORD")
        return data

    def _read_member(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise self._error(f"is damaged: {name}: {error}") from error

    def _guest_path(self, name: str) -> str | None:
        """Where a member goes; None for what has no use in the guest: scripts, C headers, code for another machine."""
        parts = name.split("/")
        if "\\" in name or "\0" in name or any(part in {"", ".", ".."} for part in parts):
            raise self._error(f"has a member whose path leaves its folder: {name!r}")
        if name.endswith(_FOREIGN):
            return None
        if not parts[0].endswith(".data"):
            return f"{SITE_PACKAGES}/{name}"
        if len(parts) < 3:
            raise self._error(f"has a file directly in its .data folder: {name}")
        scheme, rest = parts[1], "/".join(parts[2:])
        if scheme in {"purelib", "platlib"}:
            return f"{SITE_PACKAGES}/{rest}"
        # The prefix of the guest's Python is "/".
        return f"/{rest}" if scheme == "data" and not rest.startswith(("share/man/", "share/doc/")) else None

    def _error(self, reason: str) -> RuntimeBuildError:
        return RuntimeBuildError(f"The wheel {self.path.name} {reason}.", hint=self._mend)


def _licence(metadata: Message) -> str:
    expression = metadata["License-Expression"]
    if expression:
        return str(expression).strip()
    classifiers = [
        value.strip().rpartition(" :: ")[2]
        for value in metadata.get_all("Classifier", [])
        if value.startswith("License :: ")
    ]
    if classifiers:
        return " OR ".join(classifiers)
    text = str(metadata["License"] or "").strip()
    return text if text and len(text) <= _MAX_LICENCE_CHARS and "\n" not in text else "see its dist-info folder"


def _import_names(places: list[str]) -> tuple[str, ...]:
    names: set[str] = set()
    for place in places:
        relative = place.removeprefix(f"{SITE_PACKAGES}/")
        if relative != place and relative.endswith((".py", ".so")):
            names.add(re.split(r"[/.]", relative, maxsplit=1)[0])
    return tuple(sorted(name for name in names if name.isidentifier() and not name.startswith("_")))
