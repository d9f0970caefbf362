"""Judging solutions: the program in one sandbox, the tests in another, values in between.

A program that shares an interpreter with its tests can read them, patch ``assert``, end the process with status 0 or
print what a right one would print. Here it sees arguments and gives values: no code of it ever runs among the tests.
"""

from __future__ import annotations

import queue
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

from offline_ci.bench.guest.wire import dumps
from offline_ci.bench.tasks import Task
from offline_ci.errors import WorkerCrashedError
from offline_ci.interpreter.guest_call import guest_expression
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.pool import SandboxPool
from offline_ci.sandbox.result import ExecutionResult
from offline_ci.sandbox.sandbox import Sandbox

Outcome = Literal["PASS", "FAIL", "TIMEOUT"]
MIN_TIME_S: Final = 3.0
"""As OpenAI's human-eval; a slow reference raises it, as in EvalPlus."""
REFERENCE_FACTOR: Final = 4.0
_TESTS_TIME_S: Final = 120.0
_ATTEMPTS: Final = 3
"""A process can be killed for another one's memory; a solution that kills its own does so again."""
_LIMITS: Final = ResourceLimits(memory_bytes=2 << 30, output_bytes=256 << 20)
_PACKAGE: Final = "offline_ci.bench.guest"
_MAX_REASON: Final = 300
_REASONS: Final = {
    "SyntaxError": "syntax error",
    "IndentationError": "syntax error",
    "TabError": "syntax error",
    "ModuleNotFoundError": "missing library",
    "ImportError": "missing library",
    "AssertionError": "wrong answer",
    "MemoryError": "memory",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a solution.

    Attributes:
        task_id: the task's.
        outcome: PASS, FAIL, or TIMEOUT.
        reason: the kind of failure: ``wrong answer``, ``exception``, ``syntax error``, ``missing library``,
            ``no function``, ``time``, ``memory``, ``exit``, ``crash``; empty for PASS.
        detail: the exception's text, shortened.
        seconds: that the solution's own code ran.
    """

    task_id: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    seconds: float = 0.0


class Grader:
    """Judges solutions, several at once, each in fresh sandboxes.

    Args:
        workers: solutions at a time; by default one for each processor.

    Raises:
        ArtifactMissingError: the runtime has not been built.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._tests: queue.SimpleQueue[Sandbox] = queue.SimpleQueue()
        """Not renewed: nothing but tests runs there."""
        with ExitStack() as undo:
            self._solutions = undo.enter_context(SandboxPool(workers, limits=_LIMITS))
            for _ in range(self._solutions.workers):
                self._tests.put(undo.enter_context(Sandbox(limits=_LIMITS)))
            self._undo = undo.pop_all()
        self._reference_s: dict[str, float] = {}

    def grade(self, task: Task, solution: str) -> Verdict:
        """Judge one solution.

        Args:
            task: what it is a solution of.
            solution: a program that defines the task's function.
        """
        verdict = self._attempt(task, solution, MIN_TIME_S)
        if verdict.outcome == "TIMEOUT" and task.reference is not None:
            limit_s = REFERENCE_FACTOR * self._seconds_of_reference(task)
            if limit_s > MIN_TIME_S:
                verdict = self._attempt(task, solution, limit_s)
        return verdict

    def grade_all(self, samples: Iterable[tuple[Task, str]]) -> Iterator[Verdict]:
        """Judge many, in order, ``workers`` at a time."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._solutions.workers, thread_name_prefix="grade") as threads:
            yield from threads.map(lambda sample: self.grade(*sample), samples)

    def _seconds_of_reference(self, task: Task) -> float:
        assert task.reference is not None  # noqa: S101 - for the type checker
        if task.task_id not in self._reference_s:
            self._reference_s[task.task_id] = self._attempt(task, task.reference, _TESTS_TIME_S).seconds
        return self._reference_s[task.task_id]

    def _attempt(self, task: Task, solution: str, time_s: float) -> Verdict:
        for _ in range(_ATTEMPTS):
            ours = self._tests.get()
            try:
                if not ours.is_alive():
                    ours.reset()
                with self._solutions.sandbox() as theirs:
                    return _Attempt(task, theirs, time_s).judge(solution, ours)
            except WorkerCrashedError as error:  # the system was short of memory, say; the pool has replaced it
                crash = error.message
            finally:
                self._tests.put(ours)
        return Verdict(task.task_id, "FAIL", "crash", crash[:_MAX_REASON])

    def close(self) -> None:
        """End all workers; a second call does nothing."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Attempt:
    """One solution in its sandbox, and how it fares."""

    def __init__(self, task: Task, sandbox: Sandbox, time_s: float) -> None:
        self._task = task
        self._sandbox = sandbox
        self._time_s = time_s
        self._used_s = 0.0
        self._mark = f"\0{secrets.token_hex(16)} "
        self._asked: list[str] = []
        self._stopped: Verdict | None = None

    def judge(self, solution: str, tests: Sandbox) -> Verdict:
        """Load the solution, then let the tests call it."""
        loaded = self._run(solution)
        if loaded.status != "ok":
            return self._stopped or self._failed(loaded)
        is_there = f"callable(globals().get({self._task.entry_point!r}))"
        if self._run(f"__judged__ = {guest_expression(_PACKAGE, 'solution')}\n{is_there}").result != "True":
            return self._verdict("FAIL", "no function", f"it does not define {self._task.entry_point}")
        result = tests.run(self._program(), on_output=self._hear, on_input=self._answer, time_s=_TESTS_TIME_S)
        if self._stopped is None and result.status == "ok":
            return self._verdict("PASS")
        return self._stopped or self._failed(result)

    def _program(self) -> str:
        task = self._task
        return guest_expression(_PACKAGE, "tests", self._mark, task.entry_point, task.setup, task.test)

    # --- between the two

    def _hear(self, output: dict[str, Any]) -> None:
        if output.get("output_type") == "stream" and output.get("name") == "stdout":
            self._asked.append(output["text"])

    def _answer(self, _prompt: str) -> str:
        said = "".join(self._asked)
        self._asked.clear()
        question = said.rpartition(self._mark)[2].strip("\n")
        call = f"__judged__(globals(), {self._task.entry_point!r}, {question!r})"
        result = self._run(call)
        if self._stopped is None and result.status == "ok" and result.result is not None:
            return _text(result.result)
        if self._stopped is None:
            self._stopped = self._failed(result)
        return dumps(("stopped", self._stopped.reason, ""))

    def _run(self, code: str) -> ExecutionResult:
        """Run something in the solution's sandbox, within what is left of its time."""
        result = self._sandbox.run(code, time_s=max(0.05, self._time_s - self._used_s))
        self._used_s += result.elapsed_s
        if result.status == "time_limit" or self._used_s > self._time_s:
            self._stopped = self._verdict("TIMEOUT", "time", f"more than {self._time_s:.3g} s")
        return result

    # --- verdicts

    def _verdict(self, outcome: Outcome, reason: str = "", detail: str = "") -> Verdict:
        return Verdict(self._task.task_id, outcome, reason, detail[:_MAX_REASON], round(self._used_s, 4))

    def _failed(self, result: ExecutionResult) -> Verdict:
        if result.status == "error" and result.error is not None:
            name, text = result.error.ename, result.error.evalue
            return self._verdict("FAIL", _REASONS.get(name, "exception"), f"{name}: {text}".split("\n")[0])
        reasons = {"time_limit": "time", "memory_limit": "memory", "exit": "exit"}
        return self._verdict("FAIL", reasons.get(result.status, "crash"), result.status)


def _text(representation: str) -> str:
    """The string of a ``repr``; whatever else a program that is judged made of it stops it."""
    import ast

    try:
        value = ast.literal_eval(representation)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, str) or "\n" in value:
        return dumps(("stopped", "crash", ""))
    return value
