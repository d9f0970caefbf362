"""The public face of the sandbox."""

from __future__ import annotations

from dataclasses import asdict
from types import TracebackType
from typing import Literal, Self

from offline_ci.errors import UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.backend import Backend, SandboxOptions
from offline_ci.sandbox.files import SandboxFiles
from offline_ci.sandbox.result import ExecutionResult, OnInput, OnOutput

Isolation = Literal["process", "inline"]


class Sandbox:
    """A Python that sees nothing of this machine: no files but its own, no network, no processes.

    State stays from cell to cell. Whatever guest code does comes back as a value: if ``run`` raises, the runtime is
    missing or damaged, or we have a bug. A sandbox is used from one thread; ``interrupt`` from any.

    Args:
        limits: what it may use.
        isolation: ``process``: in a worker process of its own (default); ``inline``: in this one.
        seed: fixes ``random``, hash seed and ``os.urandom``; by default they differ from sandbox to sandbox.
        epoch: the guest's clock starts at this Unix time; by default at the host's.

    Raises:
        ArtifactMissingError: the runtime has not been built; the message says which command builds it.
    """

    def __init__(
        self,
        *,
        limits: ResourceLimits | None = None,
        isolation: Isolation = "process",
        seed: int | None = None,
        epoch: float | None = None,
    ) -> None:
        self.limits = limits or ResourceLimits()
        options = SandboxOptions(limits=asdict(self.limits), seed=seed, epoch=epoch)
        self._backend: Backend | None = _backend(isolation, options)
        self.start_s = self._backend.start_s
        self.files = SandboxFiles(self._alive)

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

    def interrupt(self) -> None:
        """End the running cell with status ``interrupted``; from any thread or a signal handler."""
        if self._backend is not None:
            self._backend.interrupt()

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


def _backend(isolation: Isolation, options: SandboxOptions) -> Backend:
    # Imported here: the process that only talks to a worker needs no engine.
    if isolation == "process":
        from offline_ci.sandbox.process import ProcessBackend

        return ProcessBackend(options)
    if isolation == "inline":
        from offline_ci.sandbox.inline import InlineBackend

        return InlineBackend(options)
    raise UsageError(f"There is no isolation {isolation!r}.", hint="Use 'process' or 'inline'.")
