"""Judging one function: its program in one sandbox, the tests in another, values in between."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from offline_ci.bench.guest.wire import dumps
from offline_ci.bench.judged import JudgedProgram, Tests
from offline_ci.bench.tasks import Outcome, Task, Verdict
from offline_ci.errors import WorkerCrashedError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.result import ExecutionResult
from offline_ci.sandbox.sandbox import Sandbox

LIMITS: Final = ResourceLimits(memory_bytes=2 << 30, output_bytes=256 << 20)
TESTS_TIME_S: Final = 120.0
_PAUSE_S: Final = 0.02
"""So long an answer is waited for that nobody has asked for yet."""
_STOP: Final = dumps(("stopped", "", ""))
MAX_DETAIL: Final = 300
_REASONS: Final = {
    "SyntaxError": "syntax error",
    "IndentationError": "syntax error",
    "TabError": "syntax error",
    "ModuleNotFoundError": "missing library",
    "ImportError": "missing library",
    "AssertionError": "wrong answer",
    "MemoryError": "memory",
}
_STATUSES: Final = {"time_limit": "time", "memory_limit": "memory", "exit": "exit"}


class TestBench:
    """A sandbox in which the tests of one task after another run, until they have run long."""

    def __init__(self) -> None:
        self.is_closed = False
        with ExitStack() as undo:
            sandbox = undo.enter_context(Sandbox(limits=LIMITS))
            self.tests = undo.enter_context(Tests(sandbox, f"\0{secrets.token_hex(16)} ", TESTS_TIME_S))
            self._undo = undo.pop_all()

    @property
    def is_used_up(self) -> bool:
        """Whether the next tests should have another one: all of them share its time."""
        return self.tests.has_ended or self.tests.used_s > TESTS_TIME_S / 4

    def close(self) -> None:
        """End it."""
        self.is_closed = True
        self._undo.close()


class Attempt:
    """One solution, and how it fares.

    Args:
        task: what it is a solution of.
        guesses: the first questions of the tests, presumably.
        time_s: that the solution's own code may run.
    """

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
        if self._stopped:  # the tests go on: they have caught that
            return [question, _STOP]
        is_guessed = self._n_answered < len(self._guesses)
        if n_used != self._n_answered or (is_guessed and question != self._guesses[self._n_answered]):
            self._was_wrong = True
        if self._was_wrong:
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
        return Verdict(self._task.task_id, outcome, reason, detail[:MAX_DETAIL], round(self._program.used_s, 4))

    def _ended(self, result: ExecutionResult) -> Verdict:
        """What it means that the program itself came to its end."""
        if result.status == "time_limit":
            return self._verdict("TIMEOUT", "time", f"more than {self._time_s:.3g} s")
        if self._program.wants_input:
            return self._verdict("FAIL", "exception", "EOFError: it reads standard input, where there is nothing")
        return self._failed(result)

    def _failed(self, result: ExecutionResult) -> Verdict:
        return failed(self._task.task_id, result, self._program.used_s)

    def _raised(self, name: str, text: str) -> Verdict:
        return self._verdict("FAIL", *why(name, text))


def failed(task_id: str, result: ExecutionResult, seconds: float) -> Verdict:
    """The verdict on a program that did not come to its end.

    Args:
        task_id: the task's.
        result: how it ended.
        seconds: that it ran.
    """
    if result.status == "error" and result.error is not None:
        reason, detail = why(result.error.ename, result.error.evalue)
    else:
        reason, detail = _STATUSES.get(result.status, "crash"), result.status
    return Verdict(task_id, "FAIL", reason, detail, round(seconds, 4))


def why(name: str, text: str) -> tuple[str, str]:
    """The kind of failure that an exception is, and its text, shortened."""
    return _REASONS.get(name, "exception"), f"{name}: {text}".split("\n")[0][:MAX_DETAIL]
