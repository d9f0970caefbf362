"""Judging solutions: the program in one sandbox, the tests in another, values in between.

A program that shares an interpreter with its tests can read them, patch ``assert``, end the process with status 0 or
print what a right one would print. Here it sees arguments and gives values: no code of it ever runs among the tests.
"""

from __future__ import annotations

import queue
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Self

from offline_ci.bench.guesses import guess_questions
from offline_ci.bench.guest.wire import dumps
from offline_ci.bench.judged import JudgedProgram, Tests
from offline_ci.bench.tasks import Task
from offline_ci.errors import WorkerCrashedError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.pool import SandboxPool
from offline_ci.sandbox.result import ExecutionResult
from offline_ci.sandbox.sandbox import Sandbox

Outcome = Literal["PASS", "FAIL", "TIMEOUT"]
MIN_TIME_S: Final = 3.0
"""As OpenAI's human-eval; a slow reference raises it, as in EvalPlus."""
REFERENCE_FACTOR: Final = 4.0
_TESTS_TIME_S: Final = 120.0
_PAUSE_S: Final = 0.02
"""So long an answer is waited for that nobody has asked for yet."""
_ATTEMPTS: Final = 3
"""A process can be killed for another one's memory; a solution that kills its own does so again."""
_LIMITS: Final = ResourceLimits(memory_bytes=2 << 30, output_bytes=256 << 20)
_STOP: Final = dumps(("stopped", "", ""))
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
        self._solutions = SandboxPool(workers, limits=_LIMITS, prepare=JudgedProgram.PREPARE)
        self._idle: queue.SimpleQueue[_Bench | None] = queue.SimpleQueue()
        for _ in range(self._solutions.workers):
            self._idle.put(None)
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
            try:
                return self._judge(task, solution, time_s)
            except WorkerCrashedError as error:  # the system was short of memory, say; the pool has replaced it
                crash = error.message
        return Verdict(task.task_id, "FAIL", "crash", crash[:_MAX_REASON])

    def _judge(self, task: Task, solution: str, time_s: float) -> Verdict:
        bench = self._idle.get() or _Bench()
        try:
            for guesses in (guess_questions(task.test, task.entry_point), ()):
                with self._solutions.sandbox() as theirs:
                    verdict = _Attempt(task, guesses, time_s).judge(solution, theirs, bench.tests)
                if verdict is not None:
                    break
            if bench.is_used_up:
                bench.close()
        except BaseException:
            bench.close()
            raise
        finally:
            self._idle.put(None if bench.is_closed else bench)
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


class _Bench:
    """A sandbox in which the tests of one task after another run, until they have run long."""

    def __init__(self) -> None:
        self.is_closed = False
        with ExitStack() as undo:
            sandbox = undo.enter_context(Sandbox(limits=_LIMITS))
            self.tests = undo.enter_context(Tests(sandbox, f"\0{secrets.token_hex(16)} ", _TESTS_TIME_S))
            self._undo = undo.pop_all()

    @property
    def is_used_up(self) -> bool:
        """Whether the next tests should have another one: all of them share its time."""
        return self.tests.has_ended or self.tests.used_s > _TESTS_TIME_S / 4

    def close(self) -> None:
        """End it."""
        self.is_closed = True
        self._undo.close()


class _Attempt:
    """One solution, and how it fares."""

    def __init__(self, task: Task, guesses: Sequence[str], time_s: float) -> None:
        self._task = task
        self._guesses = guesses
        self._time_s = time_s
        self._n_answered = 0
        self._was_wrong = False
        self._stopped: Verdict | None = None

    def judge(self, solution: str, theirs: Sandbox, tests: Tests) -> Verdict | None:
        """Load the solution in its sandbox, then let the tests call it.

        Returns:
            None where the tests ask something else than was guessed: so the program has done what nobody asked for.

        Raises:
            WorkerCrashedError: a process is gone.
        """
        task, mark = self._task, f"\0{secrets.token_hex(16)} "
        with JudgedProgram(theirs, mark, task.entry_point, solution, self._guesses, self._time_s) as self._program:
            ready = self._program.reply()
            if isinstance(ready, ExecutionResult):
                return self._ended(ready)
            if ready != "ready":
                return self._verdict("FAIL", "no function", f"it does not define {task.entry_point}")
            tests.begin(task.entry_point, task.setup, task.test)
            return self._conduct(tests)

    def _conduct(self, tests: Tests) -> Verdict | None:
        """Pass on what the tests ask, until they have come to an end."""
        while True:
            said = tests.next()
            if isinstance(said, ExecutionResult):
                return self._stopped or self._failed(said)
            match said:
                case ["asks", int(n_used), str(question)]:
                    tests.answer(self._answers(n_used, question))
                case ["passed"]:
                    ended = self._verdict("PASS")
                    break
                case ["failed", str(name), str(text)]:
                    ended = self._raised(name, text)
                    break
                case _:
                    raise WorkerCrashedError("The tests said what makes no sense.")
        return None if self._was_wrong else self._stopped or ended

    def _answers(self, n_used: int, question: str) -> list[str]:
        """The answer to what the tests ask, and to the next questions as far as it is known."""
        is_guessed = self._n_answered < len(self._guesses)
        if n_used != self._n_answered or (is_guessed and question != self._guesses[self._n_answered]):
            self._was_wrong = True
        if self._was_wrong or self._stopped:
            return [question, _STOP]
        if not is_guessed:
            self._program.say(question)
        reply = self._program.reply()
        if isinstance(reply, ExecutionResult):
            self._stopped = self._ended(reply)
            return [question, _STOP]
        answers = [question, reply]
        self._n_answered += 1
        while self._n_answered < len(self._guesses):
            further = self._program.early_reply(_PAUSE_S)
            if further is None:
                break
            answers += [self._guesses[self._n_answered], further]
            self._n_answered += 1
        return answers

    # --- verdicts

    def _verdict(self, outcome: Outcome, reason: str = "", detail: str = "") -> Verdict:
        return Verdict(self._task.task_id, outcome, reason, detail[:_MAX_REASON], round(self._program.used_s, 4))

    def _ended(self, result: ExecutionResult) -> Verdict:
        """What it means that the program itself came to its end."""
        if result.status == "time_limit":
            return self._verdict("TIMEOUT", "time", f"more than {self._time_s:.3g} s")
        if self._program.wants_input:
            return self._verdict("FAIL", "exception", "EOFError: it reads standard input, where there is nothing")
        return self._failed(result)

    def _failed(self, result: ExecutionResult) -> Verdict:
        if result.status == "error" and result.error is not None:
            return self._raised(result.error.ename, result.error.evalue)
        reasons = {"time_limit": "time", "memory_limit": "memory", "exit": "exit"}
        return self._verdict("FAIL", reasons.get(result.status, "crash"), result.status)

    def _raised(self, name: str, text: str) -> Verdict:
        return self._verdict("FAIL", _REASONS.get(name, "exception"), f"{name}: {text}".split("\n")[0])
