"""The epoch's clock: one thread per process, which ticks only while wasm runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from offline_ci.engine.config import shared_engine

TICK_S = 0.01
"""Deadlines and interrupts are noticed within this."""


class Ticker:
    """Increments the engine's epoch every ``TICK_S`` while ``running`` is entered somewhere."""

    def __init__(self) -> None:
        self._reset()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._active = 0
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Tick for the length of this block."""
        with self._lock:
            self._active += 1
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, name="epoch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1
                if not self._active:
                    self._wake.clear()

    def _tick(self) -> None:
        engine, pause = shared_engine(), threading.Event()
        while True:
            self._wake.wait()
            pause.wait(TICK_S)
            engine.increment_epoch()


TICKER = Ticker()
