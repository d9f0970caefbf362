"""How a build says what it is doing; the command line draws it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """Where a build stands.

    Attributes:
        step: which step, for people: ``Translate exceptions``.
        done: how many of its items are finished.
        total: how many there are.
        seconds: since the step began.
        item: what was finished last, empty at the start.
        share: of the step's work that is done, 0 to 1; large items count for more than small ones.
    """

    step: str
    done: int
    total: int
    seconds: float
    item: str = ""
    share: float = 0.0

    @property
    def is_finished(self) -> bool:
        """Whether the step is over."""
        return self.done >= self.total


class BuildProgress(Protocol):
    """Told about every finished item, in the thread that called the build."""

    def report(self, event: BuildEvent) -> None:
        """A step began (``done`` 0), or one more of its items is finished."""
        ...

    def message(self, text: str) -> None:
        """One line worth telling, for example that another build is being waited for."""
        ...


class SilentBuildProgress:
    """Tells nobody."""

    def report(self, event: BuildEvent) -> None:
        """See ``BuildProgress``."""

    def message(self, text: str) -> None:
        """See ``BuildProgress``."""


@dataclass(slots=True)
class StepClock:
    """Counts one step's items and reports them.

    Attributes:
        progress: who is told.
        step: the step's name.
        sizes: each item's work, in any unit, by name.
    """

    progress: BuildProgress
    step: str
    sizes: Mapping[str, float]
    _done: int = 0
    _done_size: float = 0.0
    _started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.progress.report(BuildEvent(self.step, 0, len(self.sizes), 0.0))

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.perf_counter() - self._started

    def advance(self, item: str) -> None:
        """One more item is finished."""
        self._done += 1
        self._done_size += self.sizes[item]
        share = self._done_size / sum(self.sizes.values())
        self.progress.report(BuildEvent(self.step, self._done, len(self.sizes), self.seconds, item, share))
