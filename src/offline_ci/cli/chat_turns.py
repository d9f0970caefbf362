"""The turns of a chat: asked, run, taken back, tried again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from offline_ci.cli.failure import explanation
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer, Exchange, Step, UserCell, files_of, turns_of
from offline_ci.interpreter.shorten import shorten_line

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import Checkpoint, CodeInterpreter

DEPTH: Final = 20
PATIENCE_S: Final = 5.0
"""How long a step may take to end before a further Ctrl-C breaks it off."""
_LINE_CHARS: Final = 100
T = TypeVar("T")


class Turns:
    """What has been done in a chat, and the way back.

    Args:
        interpreter: model and sandbox.
        view: shows.
    """

    def __init__(self, interpreter: CodeInterpreter, view: View) -> None:
        self._interpreter = interpreter
        self._view = view
        self._before: deque[Checkpoint] = deque(maxlen=DEPTH)
        self._variant = 0

    # --- forward

    def ask(self, request: str) -> Answer:
        """Have a request answered.

        Raises:
            OfflineCIError, KeyboardInterrupt: it broke off, and never was.
        """
        self._variant = 0
        answer = self._do(lambda: self._answer(request))
        self._show_saved(answer)
        return answer

    def run(self, code: str) -> UserCell:
        """Run a program of the user's.

        Raises:
            OfflineCIError, KeyboardInterrupt: it broke off, and never was.
        """
        cell = self._do(lambda: self._run(code))
        self._show_saved(cell)
        return cell

    def last_request(self) -> str:
        """The last request.

        Raises:
            UsageError: there is none.
        """
        if not self._interpreter.exchanges:
            raise UsageError("Nothing was asked yet.", hint="Ask something first.")
        return self._interpreter.exchanges[-1].request

    def last_program(self) -> str:
        """The last program, the model's or the user's.

        Raises:
            UsageError: there is none.
        """
        for step in reversed(self._interpreter.history):
            for turn in reversed(turns_of(step)):
                return turn.code
        raise UsageError("No program has run yet.", hint="Ask something, or give the program: /run CODE.")

    # --- back

    def undo(self) -> None:
        """Take the last turn back.

        Raises:
            UsageError: there is none, or its beginning is no longer known.
        """
        history = self._interpreter.history
        if not self._before:
            self._refuse_to_go_back()
        with interrupts(self._interpreter):
            self._interpreter.restore(self._before[-1])
        self._before.pop()
        kept = "\nWhat it saved to the output folder stays there." if files_of(history[-1]) else ""
        self._view.note(f"Taken back: {told(history[-1])}{kept}")

    def retry(self) -> Answer:
        """Take the last request back and ask it again, so that the model tries something else.

        Where that comes to nothing, the answer that there was comes back.

        Raises:
            OfflineCIError, KeyboardInterrupt: it broke off, and all is as it was.
        """
        request = self.last_request()
        self._variant += 1
        return self._ask_instead(request)

    def ask_instead(self, request: str) -> Answer:
        """Take the last request back and ask another one.

        Raises:
            OfflineCIError, KeyboardInterrupt: it broke off, and all is as it was.
        """
        self._variant = 0
        return self._ask_instead(request)

    def forget(self) -> None:
        """The way back is gone: the sandbox is another one."""
        self._before.clear()

    # ---

    def _ask_instead(self, request: str) -> Answer:
        history = self._interpreter.history
        first = next(i for i in reversed(range(len(history))) if isinstance(history[i], Exchange))
        n_back = len(history) - first
        earlier = self._interpreter.exchanges[-1].answer
        if n_back > len(self._before):
            self._refuse_to_go_back()
        kept = list(self._before)
        now = self._interpreter.checkpoint()
        with interrupts(self._interpreter):
            self._interpreter.restore(self._before[-n_back])
        for step in history[first + 1 :]:
            self._view.note(f"Taken back: {told(step)}")
        del kept[-n_back:]
        try:
            before = self._interpreter.checkpoint()
            answer = self._answer(request)
        except BaseException:
            with suppress(UsageError):
                self._interpreter.restore(now)
            raise
        if answer.status != "ok" and (earlier.status == "ok" or answer.status == "interrupted"):
            self._interpreter.restore(now)
            self._view.note("The earlier answer stands.")
            return answer
        self._before = deque([*kept, before], maxlen=DEPTH)
        self._show_saved(answer)
        return answer

    def _show_saved(self, step: Answer | UserCell) -> None:
        self._view.saved(step.files)
        if step.save_error is not None:
            self._view.problem(explanation(step.save_error))

    def _do(self, work: Callable[[], T]) -> T:
        before = self._interpreter.checkpoint()
        try:
            done = work()
        except BaseException:
            # Half a turn is no turn. Where the sandbox's process died, the checkpoint died with it.
            with suppress(UsageError):
                self._interpreter.restore(before)
            raise
        self._before.append(before)
        return done

    def _answer(self, request: str) -> Answer:
        with interrupts(self._interpreter):
            return self._interpreter.ask(request, on_event=self._view.event, variant=self._variant)

    def _run(self, code: str) -> UserCell:
        self._view.working("running")
        with interrupts(self._interpreter):
            cell = self._interpreter.run(code, on_event=self._view.event)
        self._view.rest()
        return cell

    def _refuse_to_go_back(self) -> None:
        more = f" Only the last {DEPTH} turns since the chat began are kept." if self._interpreter.history else ""
        raise UsageError(f"There is nothing to take back.{more}", hint="/reset begins anew.")


def interrupts(interpreter: CodeInterpreter) -> Interrupts:
    """Ctrl-C ends the step but not in the middle of moving the sandbox's state, which that would lose."""
    return Interrupts(interpreter.interrupt, PATIENCE_S)


def told(step: Step) -> str:
    """A step in one line."""
    text = step.request if isinstance(step, Exchange) else f"!{step.turn.code}"
    return neutral_line(shorten_line(text, _LINE_CHARS))
