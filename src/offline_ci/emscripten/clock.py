"""The guest's clocks, and how its waiting becomes the host's sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

_NS_PER_S = 1_000_000_000
_NS_PER_MS = 1_000_000


class ClockState(NamedTuple):
    """Readings of a guest's clocks at one moment.

    Attributes:
        fixed_ns: the last time of day of a fixed clock; None for the real one.
        monotonic_ns: monotonic time.
        cpu_ns: processor time.
    """

    fixed_ns: int | None
    monotonic_ns: int
    cpu_ns: int


class Clock:
    """Time as one guest sees it.

    The monotonic clock is the host's, moved on where a restored guest knows a later time. The time of day is the
    host's too, unless ``epoch_ns`` fixes it: then it starts there and each reading advances it by ``step_ns``, whatever
    the time, so that a program sees the same times in each run, and never the same time twice.

    Args:
        epoch_ns: time of day at the start, in nanoseconds since 1970; None for the real one.
        step_ns: what a reading advances a fixed clock by.
    """

    def __init__(self, epoch_ns: int | None = None, *, step_ns: int = 1000) -> None:
        self._fixed_ns = epoch_ns
        self._step_ns = step_ns
        self._cpu_start_ns = time.process_time_ns()
        self._monotonic_offset_ns = 0

    def save(self) -> ClockState:
        """The clocks' state."""
        return ClockState(self._fixed_ns, self.monotonic_ns(), self.cpu_ns())

    def restore(self, state: ClockState) -> None:
        """Go on from a state: no clock that only ever goes forward goes back, or starts anew.

        Whether the time of day is fixed stays as it is; if it is, and was, it goes on where it was.
        """
        if self._fixed_ns is not None and state.fixed_ns is not None:
            self._fixed_ns = state.fixed_ns
        self._monotonic_offset_ns += max(0, state.monotonic_ns - self.monotonic_ns())
        self._cpu_start_ns = time.process_time_ns() - state.cpu_ns

    def realtime_ns(self) -> int:
        """Time of day, since 1970."""
        if self._fixed_ns is None:
            return time.time_ns()
        self._fixed_ns += self._step_ns
        return self._fixed_ns

    def monotonic_ns(self) -> int:
        """Since some moment in the past."""
        return time.monotonic_ns() + self._monotonic_offset_ns

    def cpu_ns(self) -> int:
        """Processor time that the host's process used since the guest started; guests have one thread."""
        return time.process_time_ns() - self._cpu_start_ns


class SpinSleeper:
    """Turns libc's waiting loop into sleep.

    Emscripten's single-threaded ``emscripten_thread_sleep`` (system/lib/pthread/library_pthread_stub.c), to which
    every sleep of the C library comes down, reads ``emscripten_get_now`` in a loop until enough time has passed, and
    the host is not told how much. Nothing else in CPython reads it, and each sleep is preceded by another clock reading
    (``restart``). So from the second reading in a row the host sleeps before it answers: a small part of what the loop
    has waited so far, so that a short sleep is not made much longer, and at most ``_LONGEST_S``.

    Args:
        sleep: waits that many seconds; may return early, and may raise ``GuestTrap``.
        is_interrupted: whether a signal waits for the guest; True ends its sleep at the next reading.
    """

    _SHORTEST_S = 0.00005
    _LONGEST_S = 0.02
    _PART = 1 / 16
    _NEW_LOOP_S = 0.005
    """A pause between readings longer than this was not spent in the loop."""
    _FOREVER_MS = 1e15

    def __init__(self, sleep: Callable[[float], None], is_interrupted: Callable[[], bool]) -> None:
        self._sleep = sleep
        self._is_interrupted = is_interrupted
        self._start = self._last = 0.0

    def restart(self) -> None:
        """The guest did something else: the next reading begins a new loop."""
        self._last = 0.0

    def poll_ms(self) -> float:
        """The next reading of ``emscripten_get_now``, in milliseconds."""
        now = time.monotonic()
        if now - self._last > self._NEW_LOOP_S:
            self._start = self._last = now
            return now * 1000.0
        if self._is_interrupted():
            # ends the loop; the interpreter looks for signals right after its sleep
            self.restart()
            return now * 1000.0 + self._FOREVER_MS
        self._sleep(min(max((now - self._start) * self._PART, self._SHORTEST_S), self._LONGEST_S))
        self._last = now = time.monotonic()
        return now * 1000.0
