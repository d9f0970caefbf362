"""The sandbox of a session: a new one, one that goes on from a file, one that moves."""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Literal

from offline_ci.errors import SessionFileError, UsageError
from offline_ci.interpreter.memory import Resumed
from offline_ci.interpreter.ports import CellRunner
from offline_ci.limits import ResourceLimits

Isolation = Literal["process", "inline"]
_Arguments = tuple[ResourceLimits | None, Isolation, int | None, Resumed | None]


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


class OpeningSandbox:
    """A sandbox that opens on a thread of its own while the caller loads the model.

    Args:
        limits: see ``open_sandbox``, as the others.
    """

    def __init__(
        self, limits: ResourceLimits | None, isolation: Isolation, seed: int | None, resume: Resumed | None
    ) -> None:
        self._opened: Future[CellRunner] = Future()
        arguments = (limits, isolation, seed, resume)
        threading.Thread(target=self._open, args=arguments, name="opening the sandbox").start()

    def _open(self, *arguments: *_Arguments) -> None:
        try:
            self._opened.set_result(open_sandbox(*arguments))
        except BaseException as error:  # noqa: BLE001 - it is raised where the sandbox is asked for
            self._opened.set_exception(error)

    def result(self) -> CellRunner:
        """The sandbox, once it is open.

        Raises:
            ArtifactError: the runtime is missing or damaged, or the session.
        """
        return self._opened.result()

    def close(self) -> None:
        """Close it, once it is open."""
        if self._opened.exception() is None:
            self._opened.result().close()


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
