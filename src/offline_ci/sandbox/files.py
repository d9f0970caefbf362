"""The guest's files, seen from the host."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from offline_ci.errors import UsageError
from offline_ci.sandbox.backend import Backend
from offline_ci.sandbox.result import GuestFile

MOUNT = "/mnt/data"
MAX_NAME_BYTES = 255


class HostFileReader:
    """A host file opened once, by descriptor: whatever its name means later, this is the file that was granted."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO must not block here
        try:
            self._fd = os.open(path, flags)
        except (OSError, ValueError) as exc:  # the latter: a null character
            raise UsageError(
                f"The input file {str(path)!r} cannot be opened: {getattr(exc, 'strerror', None) or exc}.",
                hint="Give a readable file.",
            ) from exc
        status = os.fstat(self._fd)
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise UsageError(f"The input {path} is not a regular file.", hint="Give the files one by one.")
        if status.st_size == 0 and os.pread(self._fd, 1, 0):  # as in /proc: nobody knows its size before it is read
            self.close()
            raise UsageError(f"The input {path} says that it is empty, and is not.", hint="Copy it to a file first.")
        self.size = status.st_size

    def read_at(self, offset: int, n: int) -> bytes:
        """See ``Reader.read_at``."""
        return os.pread(self._fd, n, offset)

    def close(self) -> None:
        """Close the descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def check_name(name: str) -> str:
    """A file name relative to ``/mnt/data``, normalised.

    Raises:
        UsageError: it is empty, absolute, climbs out, or has a part that no guest file can have.
    """
    relative = name.removeprefix(MOUNT + "/")
    parts = [part for part in relative.split("/") if part not in {"", "."}]
    bad = (
        not parts
        or relative.startswith("/")
        or any(part == ".." or "\0" in part or _encoded_bytes(part) > MAX_NAME_BYTES for part in parts)
    )
    if bad:
        raise UsageError(
            f"{name!r} is no file name below {MOUNT}.", hint="Give a relative path without '..', such as data.csv."
        )
    return "/".join(parts)


def _encoded_bytes(part: str) -> int:
    """Length of a name; too long where it cannot be written in UTF-8."""
    try:
        return len(part.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return MAX_NAME_BYTES + 1


class SandboxFiles:
    """``sandbox.files``: names are relative to ``/mnt/data``, the guest's working directory."""

    def __init__(self, backend: Callable[[], Backend]) -> None:
        self._backend = backend
        self.grants: dict[str, HostFileReader] = {}

    def write(self, name: str, data: bytes) -> None:
        """Create or replace a file; folders are made as needed.

        Raises:
            UsageError: a bad name, or more than the disk limit.
        """
        self._backend().write_file(check_name(name), data)

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            UsageError: there is none of that name.
        """
        return self._backend().read_file(check_name(name))

    def list(self) -> list[GuestFile]:
        """All files, granted ones included, sorted by path."""
        return self._backend().list_files()

    def remove(self, name: str) -> None:
        """Remove a file.

        Raises:
            UsageError: there is none of that name.
        """
        self._backend().remove_file(check_name(name))

    def grant(self, host_path: str | os.PathLike[str], name: str | None = None) -> str:
        """Offer a host file to the guest, read-only and without copying it.

        Args:
            host_path: a regular file; it is opened now.
            name: its name in the guest; by default its own.

        Returns:
            The guest's name for it.

        Raises:
            UsageError: it cannot be opened, or the name is bad.
        """
        path = Path(host_path)
        guest_name = check_name(name or path.name)
        reader = HostFileReader(path)
        self._backend().grant(guest_name, reader)
        previous = self.grants.pop(guest_name, None)
        if previous is not None:
            previous.close()
        self.grants[guest_name] = reader
        return guest_name

    def close(self) -> None:
        """Close all granted files."""
        for reader in self.grants.values():
            reader.close()
        self.grants.clear()
