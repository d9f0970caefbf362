"""Work on many items at once, each with one of a few models."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from typing import TypeVar

from offline_ci.artifacts.models import ResolvedModel
from offline_ci.llm.base import CodeModel
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.llama_cpp_parallel import ParallelLlamaCpp

_T = TypeVar("_T")
_R = TypeVar("_R")


def run_jobs(file: ResolvedModel, jobs: int, work: Callable[[_T, CodeModel], _R], items: Iterable[_T]) -> Iterator[_R]:
    """Results as they come: in order with the model that users have where one job runs at a time.

    Args:
        file: the model.
        jobs: items at a time; more than one share a context.
        work: is given an item and a model.
        items: what is to be worked on.
    """
    if jobs == 1:
        with closing(LlamaCppModel(file.path, name=file.name, sha256=file.sha256)) as model:
            for item in items:
                yield work(item, model)
        return
    with (
        ParallelLlamaCpp(file.path, jobs, name=file.name, sha256=file.sha256) as parallel,
        ThreadPoolExecutor(jobs) as pool,
    ):
        yield from map_with(pool, parallel.models, work, items)


def map_with(
    pool: ThreadPoolExecutor, models: Sequence[CodeModel], work: Callable[[_T, CodeModel], _R], items: Iterable[_T]
) -> Iterator[_R]:
    """Results as they come, in no order.

    Args:
        pool: with at most one thread for each model.
        models: each is used by one thread at a time.
        work: is given an item and a model.
        items: what is to be worked on.
    """
    free: queue.SimpleQueue[CodeModel] = queue.SimpleQueue()
    for model in models:
        free.put(model)

    def work_on(item: _T) -> _R:
        model = free.get()
        try:
            return work(item, model)
        finally:
            free.put(model)

    waiting = [pool.submit(work_on, item) for item in items]
    try:
        for future in as_completed(waiting):
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()
