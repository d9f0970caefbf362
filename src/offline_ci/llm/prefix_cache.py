"""Evaluated prompt beginnings on disk, so that a new process need not evaluate the system prompt again.

A cache: whatever goes wrong with it costs time and nothing else. Its bytes go into C code that trusts them, so every
file carries the sha256 of its contents, is written whole or not at all, and is ignored (and removed) when it differs.

File: magic, sha256 of the rest, tokens as 32-bit integers behind their count, state.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from offline_ci.artifacts.files import make_private_dir, temporary_beside
from offline_ci.errors import ArtifactError

_MAGIC: Final = b"OFFLINE-CI-KV-1\n"
_DIGEST_BYTES: Final = 32
_SUFFIX: Final = ".kv"
_STALE_S: Final = 3600
DEFAULT_BUDGET_BYTES: Final = 512 << 20


class PrefixCache:
    """States by token sequence, for one model in one configuration.

    Args:
        folder: where they live; shared by all models.
        configuration: all that the bytes depend on besides the tokens: model digest, llama.cpp build, cache types.
        budget_bytes: of all files together; the longest unused go first.
    """

    def __init__(self, folder: Path, configuration: Sequence[str], budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._folder = folder
        self._configuration = "\0".join(configuration).encode()
        self._budget_bytes = budget_bytes

    def load(self, tokens: Sequence[int]) -> bytes | None:
        """The state after exactly these tokens, or None."""
        path = self._path(tokens)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        head = _packed(tokens)
        start = len(_MAGIC) + _DIGEST_BYTES
        body = memoryview(data)[start:]
        if (
            data.startswith(_MAGIC)
            and hashlib.sha256(body).digest() == data[len(_MAGIC) : start]
            and body[: len(head)] == head
        ):
            with suppress(OSError):
                os.utime(path)
            return bytes(body[len(head) :])
        with suppress(OSError):
            path.unlink()
        return None

    def save(self, tokens: Sequence[int], state: bytes | memoryview) -> bool:
        """Keep the state after these tokens; returns whether it is there now."""
        head = _packed(tokens)
        total = len(_MAGIC) + _DIGEST_BYTES + len(head) + len(state)
        if total > self._budget_bytes:
            return False
        digest = hashlib.sha256(head)
        digest.update(state)
        try:
            path = make_private_dir(self._folder) / self._path(tokens).name
            self._make_room(total)
            with temporary_beside(path) as temporary:
                with temporary.open("wb") as file:
                    for part in (_MAGIC, digest.digest(), head, state):
                        file.write(part)
                temporary.replace(path)
        except (OSError, ArtifactError):
            return False
        return True

    def _path(self, tokens: Sequence[int]) -> Path:
        key = hashlib.sha256(self._configuration + b"\0\0" + _packed(tokens)).hexdigest()[:32]
        return self._folder / f"{key}{_SUFFIX}"

    def _make_room(self, need_bytes: int) -> None:
        files = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                status = path.stat()
                if path.suffix == _SUFFIX:
                    files.append((status.st_mtime, status.st_size, path))
                elif path.suffix == ".tmp" and time.time() - status.st_mtime > _STALE_S:
                    path.unlink()
        total = sum(size for _, size, _ in files) + need_bytes
        for _, size, path in sorted(files):
            if total <= self._budget_bytes:
                break
            with suppress(OSError):
                path.unlink()
                total -= size


def _packed(tokens: Sequence[int]) -> bytes:
    return struct.pack(f"<I{len(tokens)}i", len(tokens), *tokens)
