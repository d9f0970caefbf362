"""The sandbox of a session: a new one, one that goes on from a file, one that moves."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from offline_ci.errors import SessionFileError, UsageError
from offline_ci.interpreter.memory import Resumed
from offline_ci.interpreter.ports import CellRunner
from offline_ci.limits import ResourceLimits

Isolation = Literal["process", "inline"]


def open_sandbox(
    limits: ResourceLimits | None, isolation: Isolation, seed: int | None, resume: Resumed | None
) -> CellRunner:
    """A sandbox for a session.

    Raises:
        ArtifactError: the runtime is missing or damaged, or the session.
    """
    from offline_ci.sandbox import Sandbox

    if resume is None:
        return Sandbox(limits=limits, isolation=isolation, seed=seed)
    return Sandbox.load(resume.sandbox_file, limits=limits or resume.memory.limits, isolation=isolation)


def move_sandbox(sandbox: CellRunner, limits: ResourceLimits, isolation: Isolation) -> CellRunner:
    """The same session under other limits; the old sandbox is closed.

    Raises:
        UsageError: it holds more than that; then the old one is as it was.
        DiskSpaceError, SessionFileError: there is no room to move it.
    """
    from offline_ci.sandbox import Sandbox

    with tempfile.TemporaryDirectory(prefix="offline-ci-") as folder:
        path = Path(folder) / "session"
        sandbox.save(path)
        try:
            moved = Sandbox.load(path, limits=limits, isolation=isolation)
        except SessionFileError as error:
            raise UsageError("The session holds more than that.", hint="It keeps the limits that it has.") from error
    sandbox.close()
    return moved
