"""What the guest's files may use, and whether that was refused."""

from __future__ import annotations

from typing import NamedTuple

from offline_ci.emscripten.abi.errno import Errno, ErrnoError

MAX_FILE_BYTES = 1 << 44
"""Larger files are refused with EFBIG whatever the quota says; ext4's limit."""


class Refusal(NamedTuple):
    """A request that a limit forbade.

    Attributes:
        name: ``disk_bytes`` or ``files``.
        limit: what is allowed.
        asked: what the request would have brought it to.
    """

    name: str
    limit: int
    asked: int


class Quota:
    """Limits of one file system, and what is used of them.

    Args:
        disk_bytes: the contents of all files together.
        files: files, directories and links that exist at once.
        open_files: descriptors open at once.
    """

    def __init__(self, *, disk_bytes: int = 1 << 30, files: int = 100_000, open_files: int = 1024) -> None:
        self.disk_bytes = disk_bytes
        self.files = files
        self.open_files = open_files
        self.used_bytes = 0
        self.used_files = 0
        self.refused: Refusal | None = None
        """The first refusal since ``clear_refused``."""

    def clear_refused(self) -> None:
        """Forget refusals, before a cell runs."""
        self.refused = None

    def _refuse(self, name: str, limit: int, asked: int) -> ErrnoError:
        self.refused = self.refused or Refusal(name, limit, asked)
        return ErrnoError(Errno.ENOSPC)

    def grant(self, n_bytes: int) -> int:
        """How many of ``n_bytes`` more there is room for; a shortfall is noted. Nothing is charged yet."""
        room = max(0, self.disk_bytes - self.used_bytes)
        if n_bytes > room:
            self._refuse("disk_bytes", self.disk_bytes, self.used_bytes + n_bytes)
        return min(n_bytes, room)

    def check(self, n_bytes: int) -> None:
        """Whether there is room for all of ``n_bytes`` more; a refusal is noted.

        Raises:
            ErrnoError: ENOSPC.
        """
        if n_bytes > self.disk_bytes - self.used_bytes:
            raise self._refuse("disk_bytes", self.disk_bytes, self.used_bytes + n_bytes)

    def charge(self, n_bytes: int) -> None:
        """Use ``n_bytes`` more, all or nothing; ENOSPC as ``check``."""
        self.check(n_bytes)
        self.used_bytes += n_bytes

    def release(self, n_bytes: int) -> None:
        """Give bytes back."""
        self.used_bytes -= n_bytes

    def charge_file(self) -> None:
        """One more node.

        Raises:
            ErrnoError: ENOSPC.
        """
        if self.used_files >= self.files:
            raise self._refuse("files", self.files, self.used_files + 1)
        self.used_files += 1

    def release_file(self) -> None:
        """A node is gone."""
        self.used_files -= 1
