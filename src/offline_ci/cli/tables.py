"""The table in the HTML that a program shows for a DataFrame, as plain cells.

The HTML is the program's and can be anything: only the text of its cells is taken. What is not one simple table of a
reasonable size is none; whoever shows it then falls back on the plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

from offline_ci.cli.terminal import neutral_line
from offline_ci.sandbox.result import Output

_MAX_HTML_CHARS: Final = 400_000
_MAX_CELLS: Final = 6_000
_MAX_SPAN: Final = 200
_TOKEN: Final = re.compile(r"<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?P<rest>[^<>]*+)>|[^<]+|<")
"""A tag, or text. Never twice over the same characters: html.parser takes quadratic time for what is not closed."""
_ATTRIBUTE: Final = re.compile(r"\b(rowspan|colspan)=[\"']?(\d{1,6})\b")


@dataclass(frozen=True, slots=True)
class Cells:
    """A table.

    Attributes:
        header: lines of column names.
        rows: the other lines; all lines are of one length.
        n_labels: columns at the left that name the rows.
        footer: text beneath it, such as pandas' the numbers of rows and columns.
    """

    header: list[list[str]]
    rows: list[list[str]]
    n_labels: int
    footer: str


def table_of(output: Output) -> Cells | None:
    """The table that an output shows, None where it shows none."""
    html = output.get("data", {}).get("text/html")
    if not isinstance(html, str) or len(html) > _MAX_HTML_CHARS or "<table" not in html:
        return None
    parser = _TableParser()
    for token in _TOKEN.finditer(html):
        if token["tag"] is None:
            parser.text(unescape(token[0]))
        elif token["end"]:
            parser.end(token["tag"].lower())
        else:
            parser.start(token["tag"].lower(), dict(_ATTRIBUTE.findall(token["rest"])))
    return parser.cells()


def is_number(text: str) -> bool:
    """Whether a cell belongs to the right."""
    try:
        float(text.replace(",", "").removesuffix("%"))
    except ValueError:
        return False
    return True


class _TableParser:
    """Collects the cells of the only table."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = []
        self._is_header: list[bool] = []
        self._n_labels = 0
        self._hanging: dict[int, tuple[int, str]] = {}
        """Cells that reach into the next lines: column to (lines left, text)."""
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._in_head = self._in_paragraph = False
        self._n_tables = self._n_cells = 0
        self._footer: list[str] = []
        self._is_broken = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag that opens an element."""
        if tag == "table":
            self._n_tables += 1
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._end_cell()
            self._lines.append([])
            self._is_header.append(self._in_head)
        elif tag in {"td", "th"} and self._lines:
            self._end_cell()
            self._begin_cell(tag, attributes)
        elif tag == "p":
            self._in_paragraph = self._n_tables > 0

    def end(self, tag: str) -> None:
        """A tag that closes an element."""
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_cell()
            self._fill()
        elif tag == "thead":
            self._in_head = False
        elif tag == "p":
            self._in_paragraph = False

    def text(self, data: str) -> None:
        """What is between tags."""
        if self._text is not None:
            self._text.append(data)
        elif self._in_paragraph:
            self._footer.append(data)

    def _begin_cell(self, tag: str, attributes: dict[str, str]) -> None:
        self._fill()
        self._text = []
        self._span = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))
        if tag == "th" and not self._in_head:
            self._n_labels = max(self._n_labels, len(self._lines[-1]) + 1)

    def _end_cell(self) -> None:
        if self._text is None:
            return
        text = neutral_line(" ".join("".join(self._text).split()))
        n_lines, n_columns = self._span
        for _ in range(n_columns):
            if n_lines > 1:
                self._hanging[len(self._lines[-1])] = (n_lines - 1, "")
            self._add(text)
        self._text = None

    def _fill(self) -> None:
        """Add what reaches into this line from above."""
        while self._lines and len(self._lines[-1]) in self._hanging:
            column = len(self._lines[-1])
            n_lines, text = self._hanging.pop(column)
            if n_lines > 1:
                self._hanging[column] = (n_lines - 1, text)
            self._add(text)

    def _add(self, text: str) -> None:
        self._n_cells += 1
        self._is_broken |= self._n_cells > _MAX_CELLS
        if not self._is_broken:
            self._lines[-1].append(text)

    def cells(self) -> Cells | None:
        """The table, if that is what it was."""
        lengths = {len(line) for line in self._lines}
        if self._is_broken or self._n_tables != 1 or len(lengths) != 1 or not max(lengths):
            return None
        header = [line for line, is_header in zip(self._lines, self._is_header, strict=True) if is_header]
        rows = [line for line, is_header in zip(self._lines, self._is_header, strict=True) if not is_header]
        return Cells(header, rows, self._n_labels, neutral_line(" ".join("".join(self._footer).split())))


def _span(value: str | None) -> int:
    return min(int(value), _MAX_SPAN) if value and value.isdecimal() and int(value) > 0 else 1
