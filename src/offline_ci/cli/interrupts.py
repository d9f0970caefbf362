"""Ctrl-C: the first ends the running step, which then reports what it has; a later one ends the program."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

_AGAIN_S = 0.25


class Interrupts:
    """While entered, the first SIGINT calls ``stop`` instead of raising KeyboardInterrupt.

    Args:
        stop: asks the running step to end soon. It is called on a thread of its own: the handler may have interrupted
            the main thread while it held a lock that ``stop`` needs. It is called again and again until the step has
            ended: the first call may come just before the step begins, and be lost.
        patience_s: seconds after the first in which further ones do nothing; then they raise KeyboardInterrupt.

    Attributes:
        pressed: whether the user has pressed Ctrl-C.
    """

    def __init__(self, stop: Callable[[], None], patience_s: float = 0.0) -> None:
        self._stop = stop
        self._patience_s = patience_s
        self._pressed_at = 0.0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.pressed = False

    def __enter__(self) -> Self:
        self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._previous)
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        if self.pressed:
            if time.monotonic() - self._pressed_at >= self._patience_s:
                raise KeyboardInterrupt
            return
        self.pressed = True
        self._pressed_at = time.monotonic()
        self._thread = threading.Thread(target=self._insist, name="interrupt", daemon=True)
        self._thread.start()

    def _insist(self) -> None:
        while True:
            self._stop()
            if self._over.wait(_AGAIN_S):
                return
