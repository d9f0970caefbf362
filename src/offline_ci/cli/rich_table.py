"""A table on a terminal: what fits of it, numbers to the right."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from offline_ci.cli.tables import Cells, is_number

_MAX_CELL: Final = 32
_GAP: Final = 2
_LEFT_OUT: Final = "…"


def drawn(cells: Cells, width: int) -> Table:
    """The table, with columns left out in the middle where they are too many.

    Args:
        cells: what is in it.
        width: of the terminal.
    """
    lines = [*cells.header, *cells.rows]
    widths = [max(min(cell_len(line[i]), _MAX_CELL) for line in lines) + _GAP for i in range(len(lines[0]))]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, show_header=bool(cells.header))
    kept = _kept(widths, width)
    for i in kept:
        title = "" if i is None else "\n".join(line[i] for line in cells.header if line[i])
        values = [] if i is None else [row[i] for row in cells.rows if row[i] not in {"", "...", "NaN", "NaT", "None"}]
        is_numeric = bool(values) and all(map(is_number, values))
        table.add_column(
            Text(_LEFT_OUT if i is None else title),
            justify="right" if is_numeric else "left",
            style="dim" if i is None or i < cells.n_labels else "",
            no_wrap=True,
            max_width=_MAX_CELL,
            overflow="ellipsis",
        )
    for row in cells.rows:
        table.add_row(*(Text(_LEFT_OUT if i is None else row[i]) for i in kept))
    return table


def _kept(widths: list[int], width: int) -> list[int | None]:
    """The columns that fit, from both ends; None stands for those left out."""
    if sum(widths) <= width:
        return list(range(len(widths)))
    left, right = [0], list[int]()
    room = width - widths[0] - len(_LEFT_OUT) - _GAP
    middle = list(range(1, len(widths)))
    while middle:
        from_left = len(left) <= len(right)
        column = middle.pop(0 if from_left else -1)
        room -= widths[column]
        if room < 0:
            break
        if from_left:
            left.append(column)
        else:
            right.insert(0, column)
    return [*left, None, *right]
