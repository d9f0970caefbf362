"""Text that comes in pieces, printed line by line: a line is printed when it is finished, and never again."""

from __future__ import annotations

import re
from itertools import accumulate, takewhile

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from offline_ci.cli.rich_activity import Activity

_SHOWN_PIECES = 200


class Lines:
    """Collects pieces to lines.

    Args:
        console: the terminal.
        activity: shows the line that is not finished.
    """

    def __init__(self, console: Console, activity: Activity) -> None:
        self._console = console
        self._activity = activity
        self._pieces: list[str] = []
        self._style = ""

    def write(self, text: str, style: str, *, wrap: bool = False) -> None:
        """More text.

        Args:
            text: to be shown as it is.
            style: of all of it; another style than before begins another line.
            wrap: break lines between words; otherwise the terminal breaks them where it must.
        """
        if style != self._style:
            self.end()
            self._style = style
        self._pieces.append(text)
        if wrap or "\n" in text:
            *finished, rest = "".join(self._pieces).split("\n")
            lines = [part for line in finished for part in (self._broken(line) if wrap else [line])]
            if wrap:
                *full, rest = self._broken(rest)
                lines += full
            if lines:
                self._print("\n".join(lines))  # all at once: rich takes seven times as long for one line each
            self._pieces = [rest] if rest else []
        self._activity.unfinished(self._unfinished if self._pieces else None)

    def end(self) -> None:
        """Print what is unfinished, so that what follows begins on its own line."""
        if self._pieces:
            self._print("".join(self._pieces))
            self._pieces = []
            self._activity.unfinished(None)

    def _unfinished(self) -> Text:
        return Text("".join(self._pieces[-_SHOWN_PIECES:]), style=self._style)

    def _broken(self, line: str) -> list[str]:
        return wrapped(line, self._console.width)

    def _print(self, lines: str) -> None:
        self._console.print(Text(lines, style=self._style), soft_wrap=True)


def wrapped(line: str, width: int) -> list[str]:
    """A line in lines that fit, broken between words; a word that is too long is broken anywhere.

    Spaces stay at the end of the line before a break, so that all lines together are the line.
    """
    lines, current = [], ""
    for word in _words(line):
        visible = word.rstrip(" ")
        if current and cell_len(current) + cell_len(visible) > width:
            lines.append(current)
            current = ""
        rest = word
        while cell_len(rest.rstrip(" ")) > width:
            end = _fitting(rest, width)
            lines.append(rest[:end])
            rest = rest[end:]
        current += rest
    return [*lines, current]


def _fitting(word: str, width: int) -> int:
    """How many characters fit, at least one."""
    cells = accumulate(map(cell_len, word))
    return max(1, sum(1 for used in takewhile(lambda used: used <= width, cells)))


def _words(line: str) -> list[str]:
    """Words, each with the spaces after it."""
    return re.findall(r" *[^ ]+ *|^ +$", line)
