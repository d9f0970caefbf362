"""The public face of the sandbox."""

from __future__ import annotations

import itertools
import os
import weakref
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from offline_ci.errors import UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.backend import Backend, SandboxOptions
from offline_ci.sandbox.files import SandboxFiles
from offline_ci.sandbox.result import ExecutionResult, OnInput, OnOutput

Isolation = Literal["process", "inline"]


_NUMBERS = itertools.count(1)


class Checkpoint:
    """A sandbox's state at one moment: variables, libraries, files. It is freed when nobody refers to it."""

    __slots__ = ("__weakref__", "_backend", "_number")

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._number = next(_NUMBERS)
        backend.checkpoint(self._number)
        weakref.finalize(self, backend.forget, self._number).atexit = False


class Sandbox:
    """A Python that sees nothing of this machine: no files but its own, no network, no processes.

    State stays from cell to cell. Whatever guest code does comes back as a value: if ``run`` raises, the runtime is
    missing or damaged, or we have a bug. A sandbox is used from one thread; ``interrupt`` from any.

    Args:
        limits: what it may use.
        isolation: ``process``: in a worker process of its own (default); ``inline``: in this one.
        seed: fixes ``random``, hash seed and ``os.urandom``; by default they differ from sandbox to sandbox.
        epoch: the guest's clock starts at this Unix time; by default at the host's.
        image: what is imported when it starts: ``standard`` (numpy, pandas, matplotlib, Pillow), ``science`` (scipy,
            scikit-learn, lxml and seaborn too) or ``plain``; by default ``standard`` where that image was built.

    Raises:
        ArtifactMissingError: the runtime has not been built; the message says which command builds it.
        UsageError: there is no such image.
    """

    def __init__(
        self,
        *,
        limits: ResourceLimits | None = None,
        isolation: Isolation = "process",
        seed: int | None = None,
        epoch: float | None = None,
        image: str | None = None,
        _backend: Backend | None = None,
    ) -> None:
        self.limits = limits or ResourceLimits()
        if _backend is None:
            options = SandboxOptions(limits=asdict(self.limits), seed=seed, epoch=epoch, image=image)
            _backend = _new_backend(isolation, options)
        self._backend: Backend | None = _backend
        self.start_s = _backend.start_s
        self.files = SandboxFiles(self._alive)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, limits: ResourceLimits | None = None, isolation: Isolation = "process"
    ) -> Self:
        """Go on with a session that ``save`` kept, on this machine or another with the same runtime.

        Args:
            path: the session file.
            limits: as for a new sandbox.
            isolation: as for a new sandbox.

        Raises:
            SessionFileError: the file cannot be read, is damaged, or is not for this runtime or these limits.
        """
        limits = limits or ResourceLimits()
        options = SandboxOptions(limits=asdict(limits), session=str(Path(path).resolve()))
        return cls(limits=limits, _backend=_new_backend(isolation, options))

    def _alive(self) -> Backend:
        if self._backend is None:
            raise UsageError("This sandbox is closed.", hint="Make a new one.")
        return self._backend

    def run(
        self,
        code: str,
        *,
        on_output: OnOutput | None = None,
        on_input: OnInput | None = None,
        time_s: float | None = None,
    ) -> ExecutionResult:
        """Run a cell.

        Args:
            code: Python source; the value of a last expression is shown.
            on_output: told each nbformat 4 output as it happens.
            on_input: answers ``input(prompt)``; without it ``input`` raises EOFError.
            time_s: seconds this cell may run; by default ``limits.time_s``.

        Returns:
            What happened; see ``ExecutionResult``.
        """
        backend = self._alive()
        limit = self.limits.time_s if time_s is None else time_s
        if limit <= 0:
            raise UsageError(f"The time limit is {limit!r}.", hint="Give a number above zero.")
        return backend.run(code, limit, on_output, on_input)

    def is_alive(self) -> bool:
        """Whether its process still lives; if not, variables and files are gone, and the next cell says so."""
        return self._backend is not None and self._backend.is_alive()

    def interrupt(self) -> None:
        """End the running cell with status ``interrupted``; from any thread or a signal handler."""
        if self._backend is not None:
            self._backend.interrupt()

    # --- states

    def checkpoint(self) -> Checkpoint:
        """The present state, to go back to; it costs what has changed since the last one."""
        return Checkpoint(self._alive())

    def restore(self, checkpoint: Checkpoint) -> None:
        """Be as at that checkpoint, which can be used again.

        Raises:
            UsageError: the checkpoint is another sandbox's.
        """
        backend = self._alive()
        if checkpoint._backend is not backend:  # noqa: SLF001 - ours
            raise UsageError(
                "The checkpoint was taken of another sandbox.", hint="Restore it there, or fork that sandbox."
            )
        backend.restore(checkpoint._number)  # noqa: SLF001

    def fork(self) -> Sandbox:
        """Another sandbox in the same state; from here on neither sees what the other does."""
        return Sandbox(limits=self.limits, _backend=self._alive().fork())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Keep the session in a file, for ``Sandbox.load``; input files that were granted are copied into it.

        Raises:
            SessionFileError: it cannot be written there, or the files are more than the disk limit.
            DiskSpaceError: the disk is too small. In any case what was there before is still there.
        """
        from offline_ci.snapshot import session_file

        session_file.save(Path(path), self._alive().save())

    def reset(self) -> None:
        """Start afresh: a new Python, and no files but the granted ones."""
        self._alive().reset()

    def close(self) -> None:
        """End it and free everything; a second call does nothing."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None
            self.files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _new_backend(isolation: Isolation, options: SandboxOptions) -> Backend:
    # Imported here: the process that only talks to a worker needs no engine.
    if isolation == "process":
        from offline_ci.sandbox.process import ProcessBackend

        return ProcessBackend(options)
    if isolation == "inline":
        from offline_ci.sandbox.inline import InlineBackend

        return InlineBackend(options)
    raise UsageError(f"There is no isolation {isolation!r}.", hint="Use 'process' or 'inline'.")
