"""Remember a file's digest, so that a gigabyte is hashed once and not at every start.

A stamp holds what ``stat`` said when the file was hashed. Any difference (size, times, inode, device) forces a new
hash. A stamp is a cache: where it cannot be read or written, the file is hashed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from offline_ci.artifacts.digest import Digest, digest_file
from offline_ci.artifacts.files import write_atomically
from offline_ci.errors import ArtifactError

# A kernel stamps times from a clock that ticks every 1 to 10 ms. A file hashed within the tick of its last write could
# change once more without a trace in stat; so its hash is not taken before the tick is over.
_TICK_S: Final = 0.02
_ATTEMPTS: Final = 3


class Stamps:
    """Digests of files, by path.

    Args:
        folder: where the stamps are kept; created when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def digest(self, path: Path) -> Digest:
        """A file's digest, from its stamp where that still holds.

        Raises:
            OSError: the file cannot be read.
            ArtifactError: it changes all the time.
        """
        path = path.resolve()
        identity = _identity(path)
        known = self._read(path, identity)
        if known is not None:
            return known
        for _ in range(_ATTEMPTS):
            _wait_for_next_tick(path)
            identity = _identity(path)
            digest = digest_file(path)
            if _identity(path) == identity:
                self._write(path, identity, digest)
                return digest
        raise ArtifactError(f"{path} changes while it is read.", hint="Wait until nothing writes to it.")

    def record(self, path: Path, digest: Digest) -> None:
        """Remember the digest of a file that the caller has just hashed and that nobody else can have changed."""
        path = path.resolve()
        self._write(path, _identity(path), digest)

    def forget(self, path: Path) -> None:
        """Remove a file's stamp."""
        self._stamp(path.resolve()).unlink(missing_ok=True)

    def _stamp(self, path: Path) -> Path:
        return self._folder / (hashlib.sha256(os.fsencode(path)).hexdigest()[:32] + ".json")

    def _read(self, path: Path, identity: list[int]) -> Digest | None:
        try:
            stamp = json.loads(self._stamp(path).read_text(encoding="utf-8"))
            if stamp["path"] != str(path) or stamp["identity"] != identity:
                return None
            return Digest(str(stamp["sha256"]), identity[0])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, path: Path, identity: list[int], digest: Digest) -> None:
        stamp = {"path": str(path), "identity": identity, "sha256": digest.sha256}
        with suppress(OSError, ArtifactError):
            write_atomically(self._stamp(path), json.dumps(stamp))


def _identity(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev]


def _wait_for_next_tick(path: Path) -> None:
    age_s = time.time() - path.stat().st_ctime
    if 0 <= age_s < _TICK_S:
        time.sleep(_TICK_S - age_s)
