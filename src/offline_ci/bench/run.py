"""A run: samples are written, several at a time, judged as they come, and kept."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from offline_ci.artifacts.models import ResolvedModel
from offline_ci.bench.generate import Decoding, write_solution
from offline_ci.bench.grade import Grader
from offline_ci.bench.records import Record, RunFolder, record_of
from offline_ci.bench.tasks import AnyTask, Suite, Verdict, Written
from offline_ci.interpreter.loaded_model import LoadSettings
from offline_ci.llm.base import CodeModel

if TYPE_CHECKING:
    from offline_ci.llm.server_http import ServerAddress

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LOAD: Final = LoadSettings()


@contextmanager
def loaded(
    source: ResolvedModel | ServerAddress, jobs: int, load: LoadSettings = DEFAULT_LOAD
) -> Iterator[Sequence[CodeModel]]:
    """As many models as there are jobs: one as users have it, several in one context, or connections to a server.

    Args:
        source: the model's file, or its server.
        jobs: how many.
        load: how a file is loaded.

    Raises:
        ModelError: it cannot be loaded.
        UsageError: the server has several models, and none was named.
    """
    if not isinstance(source, ResolvedModel):
        from offline_ci.llm.server import ServerModel

        yield [ServerModel(source) for _ in range(jobs)]
        return
    # A second of imports that other commands do without.
    from offline_ci.llm.llama_cpp import LlamaCppModel, try_out
    from offline_ci.llm.llama_cpp_parallel import ParallelLlamaCpp

    how: dict[str, Any] = {"n_ctx": load.n_ctx, "gpu_layers": load.gpu_layers, "options": load.llama}
    try_out(source)
    if jobs == 1:
        model = LlamaCppModel(source.path, name=source.name, sha256=source.sha256, **how)
        try:
            yield [model]
        finally:
            model.close()
        return
    with ParallelLlamaCpp(source.path, jobs, name=source.name, sha256=source.sha256, **how) as parallel:
        yield parallel.models


def run_suite(
    suite: Suite,
    models: Sequence[CodeModel],
    decoding: Decoding,
    run: RunFolder,
    on_record: Callable[[Record], None],
) -> None:
    """Write, judge and keep every sample that the run lacks.

    Args:
        suite: the tasks.
        models: each is used by one thread at a time.
        decoding: how samples are drawn.
        run: where they are kept.
        on_record: told of each.
    """
    left = [(suite.tasks[task_id], index) for task_id, index in run.left(suite)]

    def write(item: tuple[AnyTask, int], model: CodeModel) -> tuple[AnyTask, int, Written]:
        task, index = item
        return task, index, write_solution(task, model, decoding, index, len(models))

    # One grader: judging takes a hundredth of the time of writing, and the processors are the model's.
    with Grader(1) as grader:
        for task, index, written in spread(models, write, left):
            record = judged(grader, task, index, written)
            run.add(record)
            on_record(record)


def judged(grader: Grader, task: AnyTask, index: int, written: Written) -> Record:
    """A sample with its verdict."""
    if written.error:
        verdict = Verdict(task.task_id, "FAIL", "nothing written", written.error)
    else:
        verdict = written.verdict or grader.grade(task, written.solution, written.answer)
    return record_of(verdict, index, written)


def spread(models: Sequence[CodeModel], work: Callable[[T, CodeModel], R], items: Iterable[T]) -> Iterator[R]:
    """Results as they come: in order with one model, in any order with several.

    Args:
        models: each is used by one thread at a time.
        work: is given an item and a model.
        items: what is to be worked on.
    """
    if len(models) == 1:
        for item in items:
            yield work(item, models[0])
        return
    free: queue.SimpleQueue[CodeModel] = queue.SimpleQueue()
    for model in models:
        free.put(model)

    def work_on(item: T) -> R:
        model = free.get()
        try:
            return work(item, model)
        finally:
            free.put(model)

    waiting: list[Future[R]] = []
    with ThreadPoolExecutor(len(models), thread_name_prefix="write") as pool:
        waiting += [pool.submit(work_on, item) for item in items]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
            if not all(future.done() for future in waiting):  # Ctrl-C, say: nobody waits for what is being written
                for model in models:
                    model.interrupt()
