"""Progress of transfers and builds: bars on a terminal, plain lines elsewhere.

One object serves both protocols, ``artifacts.progress.Progress`` and ``pyodide.build_progress.BuildProgress``.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO, TYPE_CHECKING, Protocol, Self

from offline_ci.cli.format import duration, size
from offline_ci.cli.terminal import neutral

if TYPE_CHECKING:
    from offline_ci.pyodide.build_progress import BuildEvent

_LINE_EVERY_S = 5.0


class Reporter(Protocol):
    """Both progress protocols, as a context that cleans the screen up."""

    def start(self, name: str, total_bytes: int) -> None:
        """See ``Progress``."""
        ...

    def advance(self, n_bytes: int) -> None:
        """See ``Progress``."""
        ...

    def finish(self) -> None:
        """See ``Progress``."""
        ...

    def report(self, event: BuildEvent) -> None:
        """See ``BuildProgress``."""
        ...

    def message(self, text: str) -> None:
        """One line worth telling."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, and leave the screen in order."""
        ...


def reporter() -> Reporter:
    """The one that suits standard error."""
    if sys.stderr.isatty():
        from offline_ci.cli.rich_progress import RichReporter

        return RichReporter()
    return PlainReporter(sys.stderr)


class PlainReporter:
    """One line when something begins, one now and then, one when it ends.

    Args:
        out: where to.
        every_s: seconds between lines of one step.
    """

    def __init__(self, out: IO[str], every_s: float = _LINE_EVERY_S) -> None:
        self._out = out
        self._every_s = every_s
        self._name = ""
        self._total = self._done = 0
        self._begin = self._last = 0.0

    def start(self, name: str, total_bytes: int) -> None:
        """See ``Progress``."""
        self._name, self._total, self._done = name, total_bytes, 0
        self._begin = self._last = time.monotonic()
        if total_bytes:
            self.message(f"Fetch {name}: {size(total_bytes)} …")

    def advance(self, n_bytes: int) -> None:
        """See ``Progress``."""
        self._done += n_bytes
        now = time.monotonic()
        if now - self._last < self._every_s:
            return
        self._last = now
        rate = self._done / max(now - self._begin, 1e-6)
        left = f", {duration((self._total - self._done) / rate)} left" if rate > 0 else ""
        self.message(f"Fetch {self._name}: {size(self._done)} of {size(self._total)}, {size(rate)}/s{left}")

    def finish(self) -> None:
        """See ``Progress``."""
        if self._done:
            self.message(f"Fetch {self._name}: {size(self._done)} in {duration(time.monotonic() - self._begin)}")

    def report(self, event: BuildEvent) -> None:
        """See ``BuildProgress``."""
        now = time.monotonic()
        if event.total == 0:  # done in an earlier build
            return
        if event.is_finished:
            self.message(f"{event.step}: {event.total} in {duration(event.seconds)}")
        elif event.done == 0:
            self._last = now
            self.message(f"{event.step} …")
        elif now - self._last >= self._every_s:
            self._last = now
            self.message(f"{event.step}: {event.done} of {event.total}, {duration(_left(event))} left")

    def message(self, text: str) -> None:
        """See ``Progress``."""
        self._out.write(neutral(text) + "\n")
        self._out.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._out.flush()


def _left(event: BuildEvent) -> float:
    return event.seconds / event.share * (1 - event.share) if event.share else 0.0
