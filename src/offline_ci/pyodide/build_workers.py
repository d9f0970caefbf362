"""Several build tasks at once.

Threads are enough: wasmtime compiles, and wasm runs, without Python's global lock. They have the large stacks that wasm
needs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from offline_ci import _env
from offline_ci.engine.threads import start_big_stack_thread
from offline_ci.errors import RuntimeBuildError

STOP_S = 2.0

T = TypeVar("T")
R = TypeVar("R")


def run_parallel(
    work: Callable[[T, threading.Event], R],
    items: Sequence[T],
    on_done: Callable[[T, R], None],
    *,
    n_threads: int | None = None,
) -> None:
    """Call ``work(item, stop)`` for every item, several at once, in order of start.

    The first exception of any task, or Ctrl-C, ends it all: no new task starts, ``stop`` is set, and the exception is
    raised when the running tasks are over. A compilation cannot be stopped; after ``STOP_S`` it is left to end by
    itself.

    Args:
        work: a task; once ``stop`` is set it may raise early, and it must not write files any more.
        items: what to work on; put the longest first.
        on_done: called in the calling thread as results arrive.
        n_threads: how many at once; by default one for each usable processor.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    finished: queue.SimpleQueue[tuple[T, R] | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    def worker() -> None:
        while not stop.is_set():
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                finished.put((item, work(item, stop)))
            except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
                finished.put(error)
                return

    count = min(n_threads or _env.usable_cpus(), len(items))
    threads = [start_big_stack_thread(worker, name=f"build-{i}") for i in range(count)]
    try:
        for _ in items:
            outcome = _next(finished)
            if isinstance(outcome, BaseException):
                raise outcome
            on_done(*outcome)
    finally:
        stop.set()
        give_up = time.monotonic() + STOP_S
        for thread in threads:
            thread.join(max(0.0, give_up - time.monotonic()))


def check_stop(stop: threading.Event) -> None:
    """For tasks, before they write.

    Raises:
        RuntimeBuildError: ``stop`` is set; nobody sees this error, since an earlier one has ended the build.
    """
    if stop.is_set():
        raise RuntimeBuildError("The build was stopped.")


def _next(finished: queue.SimpleQueue[T]) -> T:
    while True:
        try:
            # In slices: a wait without a timeout cannot be interrupted on every platform.
            return finished.get(timeout=0.5)
        except queue.Empty:
            continue
