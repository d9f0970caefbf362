"""Judging solutions: the program in one sandbox, the tests in another, values in between.

A program that shares an interpreter with its tests can read them, patch ``assert``, end the process with status 0 or
print what a right one would print. Here it sees arguments and gives values: no code of it ever runs among the tests.
"""

from __future__ import annotations

import queue
import secrets
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self

from offline_ci.bench.attempt import LIMITS, MAX_DETAIL, TESTS_TIME_S, Attempt, TestBench, failed
from offline_ci.bench.guesses import guess_questions
from offline_ci.bench.judged import JudgedProgram
from offline_ci.bench.outcomes import find_unmet
from offline_ci.bench.tasks import AnyTask, InsertedTask, RequestTask, SessionTask, Task, Verdict
from offline_ci.errors import OfflineCIError, UsageError, WorkerCrashedError
from offline_ci.interpreter.outputs import shown_text
from offline_ci.sandbox.pool import SandboxPool
from offline_ci.sandbox.sandbox import Sandbox

MIN_TIME_S: Final = 3.0
"""As OpenAI's human-eval; a slow reference raises it, as in EvalPlus."""
REFERENCE_FACTOR: Final = 4.0
_ATTEMPTS: Final = 3
"""A process can be killed for another one's memory; a solution that kills its own does so again."""


class Grader:
    """Judges solutions, several at once, each in fresh sandboxes.

    Args:
        workers: solutions at a time; by default one for each processor.

    Raises:
        ArtifactMissingError: the runtime has not been built.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._solutions = SandboxPool(workers, limits=LIMITS, prepare=JudgedProgram.PREPARE)
        self._idle: queue.SimpleQueue[TestBench | None] = queue.SimpleQueue()
        for _ in range(self._solutions.workers):
            self._idle.put(None)
        self._reference_s: dict[str, float] = {}

    def grade(self, task: AnyTask, solution: str, answer: str = "") -> Verdict:
        """Judge one solution.

        Args:
            task: what it is a solution of.
            solution: a program that defines the task's function, or lines to be inserted, or one that does what is
                asked for.
            answer: what the user was told; by default what the program printed.

        Raises:
            UsageError: the task judges itself, when it is solved.
        """
        if isinstance(task, SessionTask):
            raise UsageError(
                f"{task.task_id} is a session, which is judged while it lasts.", hint="Run it: offline-ci bench run."
            )
        for _ in range(_ATTEMPTS):
            try:
                if isinstance(task, Task):
                    return self._grade_function(task, solution)
                if isinstance(task, InsertedTask):
                    return _grade_inserted(task, solution)
                return _grade_request(task, solution, answer)
            except WorkerCrashedError as error:  # the system was short of memory, say; the pool has replaced it
                crash = error.message
        return Verdict(task.task_id, "FAIL", "crash", crash[:MAX_DETAIL])

    def grade_all(self, samples: Iterable[tuple[AnyTask, str, str]]) -> Iterator[Verdict]:
        """Judge many, given as task, solution and answer, in order, ``workers`` at a time."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._solutions.workers, thread_name_prefix="grade") as threads:
            yield from threads.map(lambda sample: self.grade(*sample), samples)

    # --- functions

    def _grade_function(self, task: Task, solution: str) -> Verdict:
        verdict = self._judge(task, solution, MIN_TIME_S)
        if verdict.outcome == "TIMEOUT" and task.reference is not None:
            limit_s = REFERENCE_FACTOR * self._seconds_of_reference(task, task.reference)
            if limit_s > MIN_TIME_S:
                verdict = self._judge(task, solution, limit_s)
        return verdict

    def _seconds_of_reference(self, task: Task, reference: str) -> float:
        if task.task_id not in self._reference_s:
            self._reference_s[task.task_id] = self._judge(task, reference, TESTS_TIME_S).seconds
        return self._reference_s[task.task_id]

    def _judge(self, task: Task, solution: str, time_s: float) -> Verdict:
        bench = self._idle.get()
        try:
            bench = bench or TestBench()
            for guesses in (guess_questions(task.test, task.entry_point), ()):
                with self._solutions.sandbox() as theirs:
                    verdict = Attempt(task, guesses, time_s).judge(solution, theirs, bench.tests)
                if verdict is not None:
                    break
            if bench.is_used_up:
                bench.close()
        except BaseException:
            if bench is not None:
                bench.close()
            raise
        finally:
            self._idle.put(None if bench is None or bench.is_closed else bench)
        assert verdict is not None  # noqa: S101 - where nothing is guessed nothing is guessed wrong
        return verdict

    def close(self) -> None:
        """End all workers; a second call does nothing."""
        for _ in range(self._solutions.workers):
            if (bench := self._idle.get()) is not None:
                bench.close()
            self._idle.put(None)
        self._solutions.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


_LONG_TIME_S: Final = 60.0
_MAX_FILES: Final = 100


def _grade_inserted(task: InsertedTask, solution: str) -> Verdict:
    """As DS-1000 itself does: program and tests share an interpreter, here a fresh one."""
    word = secrets.token_hex(16)
    also = "test_string(solution)\n" if "def test_string(" in task.context else ""
    cell = f"{task.context}\nsolution = {solution!r}\ntest_execution(solution)\n{also}{word!r}"
    with Sandbox(limits=LIMITS) as sandbox:
        result = sandbox.run(cell, time_s=_LONG_TIME_S)
    if result.status == "time_limit":
        return Verdict(task.task_id, "TIMEOUT", "time", f"more than {_LONG_TIME_S:.3g} s", result.elapsed_s)
    if result.ok and result.result == repr(word):
        return Verdict(task.task_id, "PASS", seconds=round(result.elapsed_s, 4))
    return failed(task.task_id, result, result.elapsed_s)


def _grade_request(task: RequestTask, solution: str, answer: str) -> Verdict:
    """Run the program beside the request's files, and check what came of it."""
    with Sandbox(limits=LIMITS) as sandbox:
        for file in task.files:
            sandbox.files.grant(file)
        result = sandbox.run(solution, time_s=_LONG_TIME_S)
        if result.status == "time_limit":
            return Verdict(task.task_id, "TIMEOUT", "time", f"more than {_LONG_TIME_S:.3g} s", result.elapsed_s)
        if not result.ok:
            return failed(task.task_id, result, result.elapsed_s)
        written = sandbox.files.list()[:_MAX_FILES]
        files = {file.path: sandbox.files.read(file.path) for file in written}
    with Sandbox(limits=LIMITS) as sandbox:
        try:
            unmet = find_unmet(task.checks, answer or shown_text(result), files, sandbox)
        except OfflineCIError as error:  # more files than a sandbox may hold, say
            unmet = error.message
    if unmet is None:
        return Verdict(task.task_id, "PASS", seconds=round(result.elapsed_s, 4))
    return Verdict(task.task_id, "FAIL", "wrong answer", unmet[:MAX_DETAIL], round(result.elapsed_s, 4))
