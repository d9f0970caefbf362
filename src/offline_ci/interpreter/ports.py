"""What the loop asks of a sandbox. ``offline_ci.sandbox.Sandbox`` is one."""

from __future__ import annotations

import os
from typing import Any, Protocol

from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.result import ExecutionResult, GuestFile, OnInput, OnOutput


class GuestFiles(Protocol):
    """Files below ``/mnt/data``, by relative name."""

    def write(self, name: str, data: bytes) -> None:
        """Create or replace a file."""
        ...

    def read(self, name: str) -> bytes:
        """A file's content."""
        ...

    def list(self) -> list[GuestFile]:
        """All files."""
        ...

    def grant(self, host_path: str | os.PathLike[str], name: str | None = None) -> str:
        """Offer a host file read-only; returns its name in the guest."""
        ...


class CellRunner(Protocol):
    """Runs cells one after another in one session."""

    limits: ResourceLimits

    @property
    def files(self) -> GuestFiles:
        """The session's files."""
        ...

    def run(
        self,
        code: str,
        *,
        on_output: OnOutput | None = None,
        on_input: OnInput | None = None,
        time_s: float | None = None,
    ) -> ExecutionResult:
        """Run a cell; whatever the code does is in the result."""
        ...

    def interrupt(self) -> None:
        """End the running cell soon."""
        ...

    def checkpoint(self) -> Any:
        """The state of Python and its files now, for ``restore``."""
        ...

    def restore(self, checkpoint: Any) -> None:
        """Go back to a checkpoint."""
        ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Keep the state in a file, from which another sandbox can go on."""
        ...

    def reset(self) -> None:
        """Start afresh: a new Python, no files but the granted ones."""
        ...

    def close(self) -> None:
        """Free everything; a second call does nothing."""
        ...
