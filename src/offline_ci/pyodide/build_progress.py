"""How a build says what it is doing; the command line draws it."""

from __future__ import annotations

import time
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
    """

    step: str
    done: int
    total: int
    seconds: float
    item: str = ""

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
        total: how many items it has.
    """

    progress: BuildProgress
    step: str
    total: int
    _done: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.progress.report(BuildEvent(self.step, 0, self.total, 0.0))

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.perf_counter() - self._started

    def advance(self, item: str) -> None:
        """One more item is finished."""
        self._done += 1
        self.progress.report(BuildEvent(self.step, self._done, self.total, self.seconds, item))
