"""Ctrl-C: the first ends the running step, which then reports what it has; the second ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """While entered, the first SIGINT calls ``stop`` instead of raising KeyboardInterrupt.

    Args:
        stop: asks the running step to end soon. It is called on a thread of its own: the handler may have interrupted
            the main thread while it held a lock that ``stop`` needs.

    Attributes:
        pressed: whether the user has pressed Ctrl-C.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self.pressed = False

    def __enter__(self) -> Self:
        self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        threading.Thread(target=self._stop, name="interrupt", daemon=True).start()
