"""What the facade asks of whatever holds the guest: this process (``inline``) or a worker (``process``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.sandbox.result import ExecutionResult, GuestFile, OnInput, OnOutput


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How a guest is started.

    Attributes:
        limits: as keyword arguments of ``ResourceLimits``.
        seed: fixes ``random``, the hash seed and ``os.urandom``; None draws from the host.
        epoch: the guest's clock starts at this Unix time; None for the host's time.
        image: what the guest starts from: an image's name; ``plain`` for a Python that has imported nothing; None for
            the default image.
        session: a session file that the guest goes on from; None for a fresh guest.
    """

    limits: dict[str, Any]
    seed: int | None = None
    epoch: float | None = None
    image: str | None = None
    session: str | None = None


class Backend(Protocol):
    """Holds one guest. Methods are called from one thread at a time, except ``interrupt``."""

    start_s: float

    def run(self, code: str, time_s: float, on_output: OnOutput | None, on_input: OnInput | None) -> ExecutionResult:
        """Run a cell."""
        ...

    def is_alive(self) -> bool:
        """Whether the process that holds the guest still lives."""
        ...

    def interrupt(self) -> None:
        """End the running cell soon."""
        ...

    def write_file(self, path: str, data: bytes) -> None:
        """Write below ``/mnt/data``."""
        ...

    def read_file(self, path: str) -> bytes:
        """Read below ``/mnt/data``."""
        ...

    def list_files(self) -> list[GuestFile]:
        """All files below ``/mnt/data``."""
        ...

    def remove_file(self, path: str) -> None:
        """Remove below ``/mnt/data``."""
        ...

    def grant(self, name: str, reader: Reader) -> None:
        """Offer a host file as ``/mnt/data/<name>``, read-only."""
        ...

    def checkpoint(self, number: int) -> None:
        """Keep the present state under a number that was never used before."""
        ...

    def restore(self, number: int) -> None:
        """Go back to a kept state, which stays kept.

        Raises:
            UsageError: it is gone, with the worker that kept it.
        """
        ...

    def forget(self, number: int) -> None:
        """Let a kept state go; from any thread, at any time, so it may take effect later."""
        ...

    def fork(self) -> Backend:
        """Another guest in the present state, which knows none of the kept ones."""
        ...

    def save(self) -> Iterator[bytes]:
        """A session file, piece by piece; nothing else may be asked in between."""
        ...

    def reset(self) -> None:
        """Start afresh: a new Python, no files but the granted ones."""
        ...

    def close(self) -> None:
        """Free everything; a second call does nothing."""
        ...
