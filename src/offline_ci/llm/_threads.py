"""How many threads may compute, while others use the processors too.

llama.cpp's threads wait for each other a thousand times a token. If one of them shares its processor with another
program, all wait for it: measured on two processors beside three busy processes, two threads write 0.4 tokens a second
and one writes 13. So we take the processors that nobody else is using, and look again several times a second. The
answer does not depend on it: with flash attention off, llama.cpp computes the same bits on any number of threads.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WINDOW_S: Final = 0.25
"""Seconds between two looks; processor times come in steps of a hundredth."""

_CALM_WINDOWS: Final = 2
_ROUND_UP_FROM: Final = 0.7
_WAITING: Final = (1, 3, 4)
"""Columns of /proc/stat that are no load: work of low priority, which makes way, idle and iowait. Guest time, behind
``steal``, is counted in user time."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time so far.

    Attributes:
        wall_s: when.
        all_s: used by anybody on the processors that this process may use.
        own_s: used by this process and its children: sandboxes and templates that start beside the model are no load.
        n_cpus: how many processors these are.
    """

    wall_s: float
    all_s: float
    own_s: float
    n_cpus: int


def read_usage(stat: Path = Path("/proc/stat")) -> Usage | None:
    """The present usage, or None where the platform does not tell."""
    try:
        lines = stat.read_text(encoding="ascii").splitlines()
        names = {f"cpu{cpu}" for cpu in os.sched_getaffinity(0)}
        times = [[int(ticks) for ticks in line.split()[1:9]] for line in lines if line.split(" ", 1)[0] in names]
        ticks_per_s = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):
        return None
    busy = sum(sum(columns) - sum(columns[i] for i in _WAITING) for columns in times)
    own_s = time.process_time() + _children_s(ticks_per_s)
    return Usage(time.monotonic(), busy / ticks_per_s, own_s, len(times)) if times else None


def _children_s(ticks_per_s: int) -> float:
    """Of those that live and those that were waited for; 0 where the platform does not tell."""
    ticks = 0
    with suppress(OSError):
        for path in Path("/proc/self/task").glob("*/children"):
            for pid in path.read_text(encoding="ascii").split():
                with suppress(OSError):  # it has just ended
                    # The name, in brackets, may have spaces and brackets of its own. Source: proc_pid_stat(5).
                    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
                    ticks += sum(map(int, fields.split()[11:13]))
    done = os.times()
    return ticks / ticks_per_s + done.children_user + done.children_system


class ThreadGovernor:
    """Follows the load: down at once, up when it has been calm for a moment.

    Args:
        most: threads on an idle machine.
        read: tells the usage.
    """

    def __init__(self, most: int, read: Callable[[], Usage | None] = read_usage) -> None:
        self._most = most
        self._read = read
        self._now = most
        self._calm = 0
        self._last = read()

    def threads(self) -> int:
        """Threads to compute with now."""
        if self._last is None or time.monotonic() - self._last.wall_s < WINDOW_S:
            return self._now
        usage = self._read()
        if usage is None:
            return self._now
        passed_s = max(usage.wall_s - self._last.wall_s, 1e-3)
        others = max(0.0, (usage.all_s - self._last.all_s) - (usage.own_s - self._last.own_s)) / passed_s
        self._last = usage
        wanted = max(1, min(self._most, int(usage.n_cpus - others + 1 - _ROUND_UP_FROM)))
        self._calm = self._calm + 1 if wanted > self._now else 0
        if wanted < self._now or self._calm >= _CALM_WINDOWS:
            self._now = wanted
            self._calm = 0
        return self._now
