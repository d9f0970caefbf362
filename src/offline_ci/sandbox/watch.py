"""Ending a cell: first a signal that Python code sees as KeyboardInterrupt, then a trap."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from offline_ci.emscripten.unwind import GuestTrap

GRACE_S = 0.5
"""Between the signal and the trap: time for ``finally`` blocks, and for nothing else."""
SIGINT = 2

Reason = Literal["time_limit", "output_limit", "interrupted"]


class Watch:
    """Decides when a running cell must end.

    ``request`` may come from any thread, ``tick`` from the guest's and from the one that watches the time, the rest
    from the guest's.
    """

    def __init__(self) -> None:
        self.reason: Reason | None = None
        self.raise_signal: Callable[[int], None] = lambda _number: None
        """How the running guest is told; set with each new interpreter."""
        self._requested: Reason | None = None
        self._lock = threading.Lock()
        self._soft = self._hard = float("inf")
        self._running = self._is_waiting = False

    def start(self, time_s: float) -> None:
        """A cell begins."""
        with self._lock:
            self.reason = self._requested = None
            self.raise_signal(0)
            self._soft, self._hard = time.monotonic() + time_s, float("inf")
            self._running = True

    def stop(self) -> None:
        """The cell is over; later requests are for nothing."""
        with self._lock:
            self._running = False
            self.raise_signal(0)
            self._soft = self._hard = float("inf")

    def request(self, reason: Reason) -> None:
        """End the running cell soon."""
        with self._lock:
            if self._running and self._requested is None:
                self._requested = reason

    def tick(self) -> None:
        """Look at the clock.

        Raises:
            GuestTrap: the cell had its grace and still runs.
        """
        with self._lock:
            now = time.monotonic()
            if not self._running or self._is_waiting:
                return
            if self.reason is None:
                reason = self._requested or ("time_limit" if now >= self._soft else None)
                if reason is not None:
                    self.reason, self._hard = reason, now + GRACE_S
                    self.raise_signal(SIGINT)
            elif now >= self._hard:
                raise GuestTrap("interrupt", "the program did not stop when it was told to")

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While the cell waits for a person its time stands still."""
        begin = time.monotonic()
        self._is_waiting = True
        try:
            yield
        finally:
            with self._lock:
                self._is_waiting = False
                self._soft += time.monotonic() - begin

    def sleep(self, seconds: float) -> None:
        """Sleep for the guest; returns early when the cell is to end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.tick()
            if self.reason is not None:
                return
            time.sleep(min(left, 0.02))
