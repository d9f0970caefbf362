"""The clock beside running guests: one thread per process, which ticks only while wasm runs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

TICK_S = 0.01
"""Deadlines and interrupts are noticed within this."""
_IDLE_TICKS = 50
"""The thread goes on for that long without guests: to wake it costs more than a short program takes."""


class Run:
    """One guest that runs, as a context: while it is entered, ``tick`` is called on the ticker's thread."""

    __slots__ = ("_is_active", "_lock", "_tick", "_ticker")

    def __init__(self, ticker: Ticker, tick: Callable[[], None]) -> None:
        self._ticker = ticker
        self._tick = tick
        self._lock = threading.Lock()
        self._is_active = True

    def __enter__(self) -> None:
        self._ticker.add(self)

    def __exit__(self, *_: object) -> None:
        with self._lock:  # no tick is under way from here on: the guest's memory may be freed
            self._is_active = False
        self._ticker.remove(self)

    def tick(self) -> None:
        """Call ``tick`` if the guest still runs."""
        with self._lock:
            if self._is_active:
                self._tick()


class Ticker:
    """Calls for every running guest a function of its own, every ``TICK_S``."""

    def __init__(self) -> None:
        self._reset()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._runs: set[Run] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def running(self, tick: Callable[[], None]) -> Run:
        """A context in which ``tick`` is called.

        Args:
            tick: must not raise; while it blocks, other guests' time stands still.
        """
        return Run(self, tick)

    def add(self, run: Run) -> None:
        """Begin to tick for it."""
        with self._lock:
            self._runs.add(run)
            if not self._wake.is_set():
                self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ticker", daemon=True)
                self._thread.start()

    def remove(self, run: Run) -> None:
        """Tick no longer for it."""
        with self._lock:
            self._runs.discard(run)

    def _work(self) -> None:
        idle = 0
        while True:
            self._wake.wait()
            time.sleep(TICK_S)
            with self._lock:
                runs = list(self._runs)
                idle = 0 if runs else idle + 1
                if idle > _IDLE_TICKS:
                    self._wake.clear()
            for run in runs:
                run.tick()


TICKER = Ticker()
