"""A cell with which one talks while it runs: lines go in through ``input``, lines come out behind a mark."""

from __future__ import annotations

import queue
import threading
import time
from types import TracebackType
from typing import Any, Final, Self

from offline_ci.sandbox.result import ExecutionResult
from offline_ci.sandbox.sandbox import Sandbox

_GRACE_S: Final = 0.05


class Dialogue:
    """Runs a cell on a thread of its own; a context manager that ends it.

    An empty line tells the cell to end; one that does not is interrupted.

    Args:
        sandbox: where it runs.
        cell: its source.
        mark: stands before each line that it says to us; what else it prints is dropped.
        time_s: that it may run, time in which it waits for us excluded.

    Attributes:
        has_ended: it has come to its end.
    """

    def __init__(self, sandbox: Sandbox, cell: str, mark: str, time_s: float) -> None:
        self._used_s = 0.0
        self._since: float | None = None
        """When it began to run; None while it waits for us, or has ended."""
        self.has_ended = False
        self._sandbox = sandbox
        self._cell = cell
        self._mark = mark
        self._time_s = time_s
        self._is_ending = False
        self._begun = ""
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[str | ExecutionResult | BaseException] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="dialogue", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lines.put("")
        self._thread.join(_GRACE_S)
        if self._thread.is_alive():  # it still works on what nobody wants to know any more
            self._sandbox.interrupt()
        self._thread.join()

    def say(self, line: str) -> None:
        """Give it a line, which is not empty, when it asks for one."""
        self._lines.put(line)

    def reply(self, timeout_s: float | None = None) -> str | ExecutionResult:
        """The next line that it says, or, after the last one, how it ended.

        Raises:
            queue.Empty: it says nothing for so long.
            WorkerCrashedError: its process is gone.
        """
        reply = self._replies.get(timeout=timeout_s)
        if isinstance(reply, str):
            return reply
        self._replies.put(reply)  # it is the last one, whoever asks
        if isinstance(reply, BaseException):
            raise reply
        return reply

    @property
    def used_s(self) -> float:
        """Seconds that it has run so far, without those in which it waited for us."""
        since = self._since
        return self._used_s + (0.0 if since is None else time.perf_counter() - since)

    # --- on its thread

    def _pause(self) -> None:
        self._used_s, self._since = self.used_s, None

    def _run(self) -> None:
        self._since = time.perf_counter()
        try:
            result = self._sandbox.run(self._cell, on_output=self._hear, on_input=self._wait, time_s=self._time_s)
            self._pause()
        except BaseException as error:  # noqa: BLE001 - raised where the reply is waited for
            self.has_ended = True
            self._replies.put(error)
        else:
            self.has_ended = True
            self._replies.put(result)

    def _hear(self, output: dict[str, Any]) -> None:
        if output.get("output_type") != "stream" or output.get("name") != "stdout":
            return
        *lines, self._begun = f"{self._begun}{output['text']}".split("\n")
        for line in lines:
            if line.startswith(self._mark):
                self._said(line[len(self._mark) :])

    def _said(self, line: str) -> None:
        self._replies.put(line)

    def _wait(self, _prompt: str) -> str:
        self._pause()
        line = "" if self._is_ending else self._next_line()
        if self._is_ending:  # it was told to end, and goes on asking
            self._sandbox.interrupt()
        self._is_ending = not line
        self._since = time.perf_counter()
        return line

    def _next_line(self) -> str:
        return self._lines.get()
