"""What the build has made, by content: an interrupted or repeated build goes on where the last one stopped.

A file's name is ``<key>-<sha256 of its bytes><suffix>``. It appears whole or not at all, and what is found is checked
against the digest in its own name; the store remembers that it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import NamedTuple

from offline_ci.artifacts.files import make_private_dir, raise_if_full
from offline_ci.artifacts.store import Store

_DIGEST_CHARS = 64


class CachedFile(NamedTuple):
    """A file of the cache: where it is, its digest, its size in bytes."""

    path: Path
    sha256: str
    size: int

    def place(self, target: Path) -> None:
        """Have the same file under another name: a link to it where that can be, else a copy."""
        if target.exists():  # two libraries with the same code
            return
        try:
            os.link(self.path, target)
        except OSError:  # a file system without hard links
            shutil.copyfile(self.path, target)


class ContentCache:
    """Files of one kind.

    Args:
        store: whose root the cache lives under, and which remembers digests.
        folder: name of the folder below ``cache``.
        suffix: end of every file name.
    """

    def __init__(self, store: Store, folder: str, suffix: str) -> None:
        self._store = store
        self._suffix = suffix
        self._folder = make_private_dir(store.root / "cache" / folder)
        self._names: dict[str, str] = {}
        self._used: set[str] = set()
        for entry in self._folder.iterdir():
            if key := self._key(entry.name):
                self._names[key] = entry.name

    def adopt(self, folder: Path) -> None:
        """Have files of this kind that lie elsewhere under the names they had here, for keys that are not here.

        A bundle brings runtimes and no caches; what a runtime was put together from need not be made again.
        """
        for file in folder.glob(f"*{self._suffix}"):
            key = self._key(file.name)
            if key and key not in self._names:
                CachedFile(file, "", 0).place(self._folder / file.name)
                self._names[key] = file.name

    def _key(self, name: str) -> str:
        """The key in a file's name, empty where the name is none of ours."""
        key, _, rest = name.rpartition("-")
        return key if rest.endswith(self._suffix) and len(rest) == _DIGEST_CHARS + len(self._suffix) else ""

    def find(self, key: str) -> CachedFile | None:
        """The file of that key; None where there is none or where it is damaged."""
        name = self._names.get(key)
        if name is None:
            return None
        path = self._folder / name
        expected = name[len(key) + 1 : len(name) - len(self._suffix)]
        if path.is_file():
            found = self._store.digest(path)
            if found.sha256 == expected:
                self._used.add(name)
                return CachedFile(path, found.sha256, found.size_bytes)
            path.unlink(missing_ok=True)
        self._names.pop(key, None)
        return None

    def put(self, key: str, data: bytes) -> CachedFile:
        """Keep ``data`` under ``key``.

        Raises:
            DiskSpaceError: the disk is full; nothing is left behind.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / f"{key}-{digest}{self._suffix}"
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            temporary.write_bytes(data)
            temporary.replace(path)
        except OSError as error:
            raise_if_full(error, temporary)
            raise
        finally:
            temporary.unlink(missing_ok=True)
        self._names[key] = path.name
        self._used.add(path.name)
        return CachedFile(path, digest, len(data))

    def is_empty(self) -> bool:
        """Whether no file of any key is there."""
        return not self._names

    def remove_unused(self) -> None:
        """Remove what this build neither found nor put, unless a runtime still links to it."""
        for name in set(self._names.values()) - self._used:
            path = self._folder / name
            if path.is_file() and path.stat().st_nlink == 1:
                path.unlink()

    def remove_temporaries(self) -> None:
        """Remove what a killed build left half-written; the caller holds the build's lock."""
        for leftover in self._folder.glob(".*.tmp"):
            leftover.unlink(missing_ok=True)
