"""Hash and size in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """What identifies bytes.

    Attributes:
        sha256: hexadecimal, lower case.
        size_bytes: how many bytes.
    """

    sha256: str
    size_bytes: int


class Hasher:
    """Counts and hashes bytes as they pass."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._size_bytes = 0

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._sha256.update(chunk)
        self._size_bytes += len(chunk)

    @property
    def size_bytes(self) -> int:
        """Bytes taken so far."""
        return self._size_bytes

    def digest(self) -> Digest:
        """The digest of everything taken so far."""
        return Digest(self._sha256.hexdigest(), self._size_bytes)


def read_chunks(path: Path) -> Iterator[bytes]:
    """A file's bytes, a mebibyte at a time."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def digest_chunks(chunks: Iterable[bytes]) -> Digest:
    """The digest of a stream."""
    hasher = Hasher()
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.digest()


def digest_file(path: Path) -> Digest:
    """The digest of a file.

    Raises:
        OSError: the file cannot be read.
    """
    return digest_chunks(read_chunks(path))


def file_integrity(path: Path) -> str:
    """A file's Subresource Integrity as npm writes it: ``sha512-`` and base64.

    Source: W3C Subresource Integrity, section 3.1.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    import base64

    return "sha512-" + base64.b64encode(digest).decode("ascii")
