"""Read members of packages as streams."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from offline_ci.artifacts.digest import CHUNK_BYTES, read_chunks
from offline_ci.artifacts.fetch.failures import SourceFailedError


def member_chunks(package: Path, member: str | None) -> Iterator[bytes]:
    """The bytes of a member of a wheel or an npm tarball, or of the whole file where ``member`` is None.

    Raises:
        SourceFailedError: the archive has no such member, or is no such archive.
    """
    if member is None:
        yield from read_chunks(package)
        return
    read = _zip_chunks if package.suffix in {".whl", ".zip"} else _tar_chunks
    try:
        yield from read(package, member)
    except (KeyError, EOFError, zipfile.BadZipFile, tarfile.TarError, OSError) as error:
        raise SourceFailedError(f"{package.name} has no readable member {member} ({error})") from error


def _zip_chunks(package: Path, member: str) -> Iterator[bytes]:
    with zipfile.ZipFile(package) as archive, archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _tar_chunks(package: Path, member: str) -> Iterator[bytes]:
    with tarfile.open(package, "r:gz") as archive:
        file = archive.extractfile(member)
        if file is None:
            raise KeyError("it is not a regular file")
        with file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
