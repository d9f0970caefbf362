"""Many jobs, each in a fresh sandbox, several at once."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from offline_ci.errors import UsageError, WorkerCrashedError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.sandbox import Sandbox

T = TypeVar("T")
R = TypeVar("R")


class SandboxPool:
    """Worker processes that stay, and a fresh sandbox in one of them for every job.

    A job sees nothing of the one before it: its sandbox starts anew, from an image in some milliseconds. A worker that
    dies costs the job that it ran, which gets the error, and is replaced. Used from any number of threads.

    Args:
        workers: how many jobs can run at once; by default one for each processor that this process may use.
        limits: of each sandbox.
        image: see ``Sandbox``.

    Raises:
        ArtifactMissingError: the runtime has not been built.
    """

    def __init__(
        self, workers: int | None = None, *, limits: ResourceLimits | None = None, image: str | None = None
    ) -> None:
        self.workers = _n_processors() if workers is None else workers
        if self.workers < 1:
            raise UsageError(f"A pool of {self.workers} workers.", hint="Give a number above zero.")
        self._limits = limits
        self._image = image
        self._closed = False
        self._idle: queue.SimpleQueue[Sandbox | None] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(None)
        with self.sandbox():  # the first one's error is the caller's, not that of a job
            pass

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """A fresh sandbox for the length of this block; waits while all workers are busy."""
        if self._closed:
            raise UsageError("This pool is closed.", hint="Make a new one.")
        sandbox = self._idle.get()
        try:
            if sandbox is None:
                sandbox = Sandbox(limits=self._limits, image=self._image)
            elif not sandbox.is_alive():  # killed while it was idle: no job's fault
                sandbox.reset()
            yield sandbox
        except BaseException:
            # It may be in the middle of something that nobody waits for any more.
            if sandbox is not None:
                sandbox.close()
            sandbox = None
            raise
        finally:
            self._idle.put(self._renewed(sandbox))

    def _renewed(self, sandbox: Sandbox | None) -> Sandbox | None:
        if sandbox is None or self._closed:
            return None
        try:
            sandbox.reset()
        except WorkerCrashedError:
            sandbox.close()
            return None
        return sandbox

    def map(self, job: Callable[[Sandbox, T], R], items: Iterable[T]) -> Iterator[R]:
        """``job(sandbox, item)`` for each item, several at once; results in the items' order.

        What a job raises is raised in its result's place, and no further jobs are started then.
        """
        from concurrent.futures import ThreadPoolExecutor

        def run(item: T) -> R:
            with self.sandbox() as sandbox:
                return job(sandbox, item)

        with ThreadPoolExecutor(self.workers, thread_name_prefix="pool") as executor:
            yield from executor.map(run, items)

    def close(self) -> None:
        """End all workers, after the jobs that still run; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self.workers):
            sandbox = self._idle.get()
            if sandbox is not None:
                sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _n_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
