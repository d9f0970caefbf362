"""Progress bars on a terminal: bytes, rate and time left for transfers, items and time for build steps."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from offline_ci.cli.format import duration, size
from offline_ci.cli.terminal import neutral

if TYPE_CHECKING:
    from offline_ci.pyodide.build_progress import BuildEvent


class _Amount(ProgressColumn):
    """``45.2 of 130.0 MB  8.1 MB/s`` or ``12 of 74``."""

    def render(self, task: Task) -> Text:
        if not task.fields.get("in_bytes"):
            return Text(f"{task.fields['done']} of {task.fields['items']}", style="progress.download")
        rate = f"  {size(task.speed)}/s" if task.speed else ""
        return Text(f"{size(task.completed)} of {size(task.total or 0)}{rate}", style="progress.download")


class _Left(ProgressColumn):
    """Time left, or time taken once it is done."""

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(duration(task.finished_time or 0.0), style="green")
        left = task.time_remaining
        return Text("" if left is None else f"{duration(left)} left", style="progress.remaining")


class RichReporter:
    """See ``Reporter``."""

    def __init__(self, console: Console | None = None) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            _Amount(),
            _Left(),
            console=console or Console(stderr=True, highlight=False),
        )
        self._transfer: TaskID | None = None
        self._steps: dict[str, TaskID] = {}

    def start(self, name: str, total_bytes: int) -> None:
        """See ``Progress``."""
        if total_bytes:
            self._transfer = self._bars.add_task(f"Fetch {escape(neutral(name))}", total=total_bytes, in_bytes=True)

    def advance(self, n_bytes: int) -> None:
        """See ``Progress``."""
        if self._transfer is not None:
            self._bars.advance(self._transfer, n_bytes)

    def finish(self) -> None:
        """See ``Progress``."""
        if self._transfer is not None:
            self._bars.stop_task(self._transfer)
            self._transfer = None

    def report(self, event: BuildEvent) -> None:
        """See ``BuildProgress``."""
        if event.total == 0:  # done in an earlier build
            return
        if event.step not in self._steps:
            self._steps[event.step] = self._bars.add_task(escape(event.step), total=1.0, done=0, items=event.total)
        self._bars.update(self._steps[event.step], completed=event.share, done=event.done)

    def message(self, text: str) -> None:
        """See ``Progress``."""
        self._bars.console.print(Text(neutral(text)))

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()
