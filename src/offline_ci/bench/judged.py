"""The two sides of judging a solution: its program, and the tests, each in a sandbox of its own."""

from __future__ import annotations

import json
import queue
from collections.abc import Sequence
from typing import Any, Final

from offline_ci.bench.dialogue import Dialogue
from offline_ci.bench.tasks import GUEST_PACKAGE
from offline_ci.interpreter.guest_call import guest_expression
from offline_ci.sandbox.result import ExecutionResult
from offline_ci.sandbox.sandbox import Sandbox


class JudgedProgram(Dialogue):
    """The program that is judged.

    Args:
        sandbox: where ``PREPARE`` has run.
        mark: see ``Dialogue``.
        name: of its function.
        program: its source.
        guesses: the first questions, presumably: it answers them without being asked.
        time_s: that its own code may run.

    Attributes:
        wants_input: it has read standard input, which ended it.
    """

    PREPARE: Final = f"_serve = {guest_expression(GUEST_PACKAGE, 'solution')}"

    def __init__(
        self, sandbox: Sandbox, mark: str, name: str, program: str, guesses: Sequence[str], time_s: float
    ) -> None:
        cell = f"globals().pop('_serve')(globals(), {name!r}, {mark!r}, {program!r}, {list(guesses)!r})"
        super().__init__(sandbox, cell, mark, time_s)
        self.wants_input = False
        self._n_awaited = 1 + len(guesses)

    def early_reply(self, timeout_s: float) -> str | None:
        """The next line that it says, where it says one soon."""
        try:
            reply = self.reply(timeout_s)
        except queue.Empty:
            return None
        return reply if isinstance(reply, str) else None

    def _said(self, line: str) -> None:
        if not self.wants_input:
            self._n_awaited -= 1
            super()._said(line)

    def _next_line(self) -> str:
        if self._n_awaited:  # it is not for us that it asks
            self.wants_input = self._is_ending = True
            return ""
        self._n_awaited = 1
        return super()._next_line()


class Tests(Dialogue):
    """The tests of one task after another.

    Args:
        sandbox: where nothing else runs.
        mark: see ``Dialogue``.
        time_s: that all of them may run.
    """

    def __init__(self, sandbox: Sandbox, mark: str, time_s: float) -> None:
        super().__init__(sandbox, f"{guest_expression(GUEST_PACKAGE, 'tests')}({mark!r})", mark, time_s)

    def begin(self, name: str, setup: str, test: str) -> None:
        """Have them check a function, see ``guest.tests``."""
        self.say(json.dumps([name, setup, test]))

    def next(self) -> list[Any] | ExecutionResult:
        """What they say next, or how they ended.

        Returns:
            ``["asks", N, QUESTION]``, ``["passed"]`` or ``["failed", CLASS, TEXT]``.

        Raises:
            WorkerCrashedError: the process is gone.
        """
        reply = self.reply()
        return reply if isinstance(reply, ExecutionResult) else list(json.loads(reply))

    def answer(self, answers: Sequence[str]) -> None:
        """Answer a question, and the next ones: a question and its answer, in turns."""
        self.say(json.dumps(answers))
