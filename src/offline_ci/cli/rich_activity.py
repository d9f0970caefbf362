"""The last line of the screen while something goes on: what it is, for how long, how fast.

Above it stands the line of text that is not finished yet. Both are redrawn; whatever is printed goes above them and
stays, so scrolling back shows everything once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

_REFRESHES: Final = 8
_SILENT_S: Final = 1.0
"""How long something takes before the time is shown."""
_MIN_TOKENS: Final = 8


class Activity:
    """What goes on.

    Args:
        console: the terminal.
        clock: seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._spinner = Spinner("dots")
        self._live: Live | None = None
        self._what = ""
        self._began = 0.0
        self._token_times: tuple[float, float] = (0.0, 0.0)
        self._n_tokens = 0
        self._unfinished: Callable[[], Text] | None = None

    def begin(self, what: str) -> None:
        """Something else goes on from now."""
        self._what, self._began, self._n_tokens = what, self._clock(), 0
        self._show()

    def token(self, what: str) -> None:
        """The model has written a token, of whatever this is."""
        if self._what != what or self._live is None:
            self.begin(what)
        now = self._clock()
        self._token_times = (self._token_times[0] if self._n_tokens else now, now)
        self._n_tokens += 1

    def unfinished(self, line: Callable[[], Text] | None) -> None:
        """The beginning of a line that is to be printed later; asked for on another thread when the screen is drawn."""
        self._unfinished = line

    def stop(self) -> None:
        """Nothing goes on; a second call does nothing."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the screen to somebody else for a moment."""
        was_shown = self._live is not None
        self.stop()
        yield
        if was_shown:
            self._show()

    def _show(self) -> None:
        if self._live is None:
            self._live = Live(
                console=self._console, get_renderable=self._render, refresh_per_second=_REFRESHES, transient=True
            )
            self._live.start(refresh=True)

    def _render(self) -> Group | Text:
        now = self._clock()
        status = self._spinner.render(self._console.get_time())
        line = Text.assemble(status if isinstance(status, Text) else "", " ", (self._told(now), "dim"))
        line.no_wrap, line.overflow = True, "ellipsis"
        unfinished = self._unfinished
        return Group(_end_of(unfinished(), self._console.width), line) if unfinished else line

    def _told(self, now: float) -> str:
        parts = [f"{self._what} …"]
        elapsed_s = now - self._began
        if elapsed_s >= _SILENT_S:
            parts.append(f"{elapsed_s:.0f} s")
        first, last = self._token_times
        if self._n_tokens >= _MIN_TOKENS and last > first:
            parts.append(f"{(self._n_tokens - 1) / (last - first):.0f} tokens/s")
        return " · ".join(parts)


def _end_of(line: Text, width: int) -> Text:
    """What of a line fits, from its end: that is where it grows."""
    end = line
    if cell_len(line.plain) > width:
        end = line[-(width // 2) :] if cell_len(line.plain) > len(line.plain) else line[-width:]
    end = end.copy()
    end.no_wrap, end.overflow = True, "crop"
    return end
