"""A session in a file: what is saved by one process can go on in another, with the same runtime.

::

    magic, format version                          16 bytes
    body: stored pages, then blobs                 as the header says
    header: a JSON object
    trailer: header's length, sha256               8 + 32 bytes

The sha256 is that of everything but the body; the body's is in the header. Numbers are little-endian. Pages of zeros
are not stored. Nothing is compressed: with zlib's fastest level a session of pandas and matplotlib shrinks from 54 to
20 MB, but saving it takes 0.6 s of computing instead of 0.07, and loading 0.3 instead of 0.07.

A digest finds damage, not malice: whatever a header says is checked before it is used, and a file that was made to do
harm can do what a guest can do, no more.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from offline_ci.artifacts.files import format_bytes, replace, temporary_beside, write_chunks
from offline_ci.emscripten.strict_json import check
from offline_ci.emscripten.vfs.contents import FrozenChunk
from offline_ci.errors import SessionFileError
from offline_ci.snapshot.pages import CHUNK_BYTES, PAGE_BYTES, Chunk, PageMap, PageStore
from offline_ci.snapshot.session_header import SessionHeader
from offline_ci.snapshot.session_state import state_from_json, state_to_json
from offline_ci.snapshot.state import GuestState

VERSION = 1
_MAGIC = b"\x89OCI-ses\r\n\x1a\n"
_PREFIX = struct.Struct("<12sI")
_TRAILER = struct.Struct("<Q32s")
_MAX_HEADER_BYTES = 1 << 26
_ZERO_PAGE = bytes(PAGE_BYTES)
_SAVE_AGAIN = "Save the session again, or start a new one."


@dataclass(frozen=True, slots=True)
class SavedSession:
    """What a session file holds.

    Attributes:
        build_id: of the runtime.
        image: name of the base that memory is relative to.
        state: the guest.
        extra: whatever else belongs to the session, JSON.
    """

    build_id: str
    image: str
    state: GuestState
    extra: dict[str, Any] = field(default_factory=dict)


def save(path: Path, chunks: Iterable[FrozenChunk]) -> None:
    """Write a session file, replacing what has that name only when everything is on the disk.

    Args:
        path: where to.
        chunks: what ``file_chunks`` gives, perhaps in another process.

    Raises:
        SessionFileError: it cannot be written there.
        DiskSpaceError: the disk is full.
    """
    try:
        with temporary_beside(path) as temporary:
            write_chunks(temporary, chunks)
            replace(temporary, path)
    except OSError as error:
        raise SessionFileError(
            f"The session cannot be saved as {path}: {error.strerror}.", hint="Choose a folder that you may write to."
        ) from error


def file_chunks(session: SavedSession, store: PageStore) -> Iterator[FrozenChunk]:
    """The bytes of a session file, a mebibyte or less at a time but for the list of files.

    Args:
        session: what to save.
        store: of the session's page map.

    Raises:
        SessionFileError: it has too many files.
    """
    document, blobs = state_to_json(session.state)
    python = session.state.python
    header = SessionHeader(
        build_id=session.build_id,
        image=session.image,
        extra=session.extra,
        state=document,
        memory_bytes=None if python is None else python.pages.memory_bytes,
        runs=[],
        blobs=[len(blob) for blob in blobs],
        sha256="",
    )
    prefix = _PREFIX.pack(_MAGIC, VERSION)
    yield prefix
    body = hashlib.sha256()
    for chunk in () if python is None else store.contents(python.pages):
        for stored in _stored_pages(chunk, header.runs):
            body.update(stored)
            yield stored
    for blob in blobs:
        body.update(blob)
        yield blob
    header.sha256 = body.hexdigest()
    data = header.to_json()
    if len(data) > _MAX_HEADER_BYTES:
        raise SessionFileError(
            f"The session has too many files to be saved: their list takes {format_bytes(len(data))}.",
            hint="Remove files from the session.",
        )
    yield data
    yield _TRAILER.pack(len(data), _digest(prefix, data))


def _digest(prefix: bytes, header: bytes) -> bytes:
    return hashlib.sha256(prefix + header + struct.pack("<Q", len(header))).digest()


def _stored_pages(chunk: Chunk, runs: list[list[int]]) -> Iterator[bytes]:
    """What of a chunk is not zero; the chunk's pages are added to the runs."""
    offset, data = chunk
    pages = range(0, len(data), PAGE_BYTES)
    for is_stored, group in groupby(pages, key=lambda at: data[at : at + PAGE_BYTES] != _ZERO_PAGE):
        starts = list(group)
        first = (offset + starts[0]) // PAGE_BYTES
        if runs and runs[-1][0] + runs[-1][1] == first and runs[-1][2] == is_stored:
            runs[-1][1] += len(starts)
        else:
            runs.append([first, len(starts), int(is_stored)])
        if is_stored:
            yield data[starts[0] : starts[-1] + PAGE_BYTES]


def load(
    path: Path,
    *,
    build_id: str,
    find_store: Callable[[str], PageStore | None],
    memory_limit_bytes: int,
) -> SavedSession:
    """Read a session from a file; nothing is kept of one that is refused.

    Args:
        path: the file.
        build_id: of the runtime in use.
        find_store: a store for guests of the image of that name, in which the session's page map will be; None where
            there is no such image.
        memory_limit_bytes: linear memory may not be larger.

    Raises:
        SessionFileError: it cannot be read, is damaged, or is not for this runtime, image or limit.
        SandboxError: this machine has not enough memory.
    """
    try:
        with path.open("rb") as file:
            header = _read_header(path, file)
            store = _accept(path, header, build_id, find_store, memory_limit_bytes)
            return _read_session(file, header, store)
    except OSError as error:
        raise SessionFileError(
            f"The session {path} cannot be read: {error.strerror}.", hint="Name a file that was saved before."
        ) from error
    except ValueError as error:
        raise SessionFileError(f"The session {path} is damaged: {error}.", hint=_SAVE_AGAIN) from error


def _read_header(path: Path, file: BinaryIO) -> SessionHeader:
    size = os.fstat(file.fileno()).st_size
    prefix = file.read(_PREFIX.size)
    magic, version = _PREFIX.unpack(prefix.ljust(_PREFIX.size, b"\0"))
    if magic != _MAGIC:
        raise SessionFileError(f"{path} is not a session that offline-ci saved.", hint="Name a file that it saved.")
    if version != VERSION:
        raise SessionFileError(
            f"The session {path} has format {version}, and this offline-ci reads format {VERSION}.",
            hint="Use the version of offline-ci that saved it.",
        )
    check(size >= _PREFIX.size + _TRAILER.size, "its end is missing")
    file.seek(size - _TRAILER.size)
    header_bytes, digest = _TRAILER.unpack(file.read(_TRAILER.size).ljust(_TRAILER.size, b"\0"))
    body_end = size - _TRAILER.size - header_bytes
    check(header_bytes <= _MAX_HEADER_BYTES and body_end >= _PREFIX.size, "its end is missing or changed")
    file.seek(body_end)
    data = file.read(header_bytes)
    check(_digest(prefix, data) == digest, "its digest is another one")
    header = SessionHeader.from_json(data)
    check(header.body_bytes == body_end - _PREFIX.size, "its size is not what its header says")
    return header


def _accept(
    path: Path,
    header: SessionHeader,
    build_id: str,
    find_store: Callable[[str], PageStore | None],
    memory_limit_bytes: int,
) -> PageStore:
    if header.build_id != build_id:
        raise SessionFileError(
            f"The session {path} was saved with another runtime: {header.build_id}, and this one is {build_id}.",
            hint="Use the offline-ci, the added packages and the machine that saved it, or start a new session.",
        )
    if (header.memory_bytes or 0) > memory_limit_bytes:
        raise SessionFileError(
            f"The session {path} holds {format_bytes(header.memory_bytes or 0)} of memory, and the limit is "
            f"{format_bytes(memory_limit_bytes)}.",
            hint="Raise the memory limit.",
        )
    store = find_store(header.image)
    if store is None:
        raise SessionFileError(
            f"The session {path} was started from the image {header.image!r}, which is not to be had here.",
            hint="Start from the same image, or build it with: offline-ci runtime build",
        )
    return store


def _read_session(file: BinaryIO, header: SessionHeader, store: PageStore) -> SavedSession:
    body = hashlib.sha256()

    def read(n_bytes: int) -> bytes:
        data = file.read(n_bytes)
        check(len(data) == n_bytes, "it became shorter while it was read")
        body.update(data)
        return data

    def chunks() -> Iterator[Chunk]:
        for first, n, is_stored in header.runs:
            for at in range(0, n * PAGE_BYTES, CHUNK_BYTES):
                size = min(CHUNK_BYTES, n * PAGE_BYTES - at)
                yield first * PAGE_BYTES + at, read(size) if is_stored else bytes(size)

    file.seek(_PREFIX.size)
    pages: PageMap | None = None
    if header.memory_bytes is not None:
        pages = store.load(header.memory_bytes, chunks())
    blobs = [read(n_bytes) for n_bytes in header.blobs]
    check(body.hexdigest() == header.sha256, "its digest is another one")
    state = state_from_json(header.state, blobs, pages)
    return SavedSession(header.build_id, header.image, state, header.extra)
