"""Many jobs, each in a fresh sandbox, several at once."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from offline_ci.errors import UsageError, WorkerCrashedError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.sandbox import Checkpoint, Sandbox

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Worker:
    """One of a pool's.

    Attributes:
        sandbox: None where it has not been started, or has died.
        prepared: what each job begins from; None: from a sandbox as it starts.
    """

    sandbox: Sandbox | None = None
    prepared: Checkpoint | None = None


class SandboxPool:
    """Worker processes that stay, and a fresh sandbox in one of them for every job.

    A job sees nothing of the one before it: its sandbox starts anew, from an image in some milliseconds. A worker that
    dies costs the job that it ran, which gets the error, and is replaced. Used from any number of threads.

    Args:
        workers: how many jobs can run at once; by default one for each processor that this process may use.
        limits: of each sandbox.
        image: see ``Sandbox``.
        prepare: a cell that has run in each sandbox before its job begins, at the cost of running it once for each
            worker. All jobs of a worker begin in the same state then, random numbers included.

    Raises:
        ArtifactMissingError: the runtime has not been built.
        UsageError: the cell ``prepare`` fails.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        limits: ResourceLimits | None = None,
        image: str | None = None,
        prepare: str = "",
    ) -> None:
        self.workers = _n_processors() if workers is None else workers
        if self.workers < 1:
            raise UsageError(f"A pool of {self.workers} workers.", hint="Give a number above zero.")
        self._limits = limits
        self._image = image
        self._prepare = prepare
        self._closed = False
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(_Worker())
        with self.sandbox():  # the first one's error is the caller's, not that of a job
            pass

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """A fresh sandbox for the length of this block; waits while all workers are busy."""
        if self._closed:
            raise UsageError("This pool is closed.", hint="Make a new one.")
        worker = self._idle.get()
        try:
            if worker.sandbox is None:
                worker.sandbox = Sandbox(limits=self._limits, image=self._image)
                self._prepare_for_jobs(worker, worker.sandbox)
            elif not worker.sandbox.is_alive():  # killed while it was idle: no job's fault
                worker.sandbox.reset()
                self._prepare_for_jobs(worker, worker.sandbox)
            yield worker.sandbox
        except BaseException:
            # It may be in the middle of something that nobody waits for any more.
            _discard(worker)
            raise
        finally:
            self._renew(worker)
            self._idle.put(worker)

    def _prepare_for_jobs(self, worker: _Worker, sandbox: Sandbox) -> None:
        if not self._prepare:
            return
        result = sandbox.run(self._prepare)
        if not result.ok:
            reason = result.error.evalue if result.error else result.status
            raise UsageError(f"The cell that prepares a pool's sandboxes fails: {reason}.", hint="Run it in a Sandbox.")
        worker.prepared = sandbox.checkpoint()

    def _renew(self, worker: _Worker) -> None:
        if worker.sandbox is None or self._closed:
            return
        try:
            if worker.prepared is None:
                worker.sandbox.reset()
            else:
                worker.sandbox.restore(worker.prepared)
        except (WorkerCrashedError, UsageError):  # the latter: its process was replaced, and the state with it
            _discard(worker)

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
            _discard(self._idle.get())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _discard(worker: _Worker) -> None:
    sandbox, worker.sandbox, worker.prepared = worker.sandbox, None, None
    if sandbox is not None:
        sandbox.close()


def _n_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
