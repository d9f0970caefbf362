"""Several build tasks at once.

Threads are enough: wasmtime compiles, and wasm runs, without Python's global lock. They have the large stacks that wasm
needs.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from offline_ci import _env
from offline_ci.engine.threads import start_big_stack_thread

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

    The first exception of any task, or Ctrl-C, ends it all: no new task starts, ``stop`` is set for those that run, and
    when they are over the exception is raised.

    Args:
        work: a task; it may look at ``stop`` and raise early.
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
        for thread in threads:
            thread.join()


def _next(finished: queue.SimpleQueue[T]) -> T:
    while True:
        try:
            # In slices: a wait without a timeout cannot be interrupted on every platform.
            return finished.get(timeout=0.5)
        except queue.Empty:
            continue
