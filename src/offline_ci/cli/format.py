"""Sizes, times and tables as people read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

_GAP: Final = 2
_LEAST: Final = 9
_LABEL: Final = 27


def size(n_bytes: float) -> str:
    """``1.1 GB``; decimal units."""
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 1000:
            if unit == "bytes":
                return f"{n_bytes:.0f} byte{'' if n_bytes == 1 else 's'}"
            return f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.2f} GB"


def short_size(n_bytes: float) -> str:
    """``98 MB``, ``1.1 GB`` or ``19 GB``: two digits at least, for a narrow column."""
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 999.5:
            return f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} GB" if n_bytes < 9.95 else f"{n_bytes:.0f} GB"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s`` or ``3 min 20 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def fitted_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, right: Collection[str] = ()
) -> str:
    """Columns of text, of which those on the right are left out that do not fit, and the last one is cut.

    Args:
        header: names of the columns.
        rows: their texts. A first cell wider than ``_LABEL`` moves the rest of its row instead of all columns.
        width: characters of a line.
        right: names of the columns that are set to the right.
    """
    widths = [max(len(line[i]) for line in (header, *rows)) for i in range(len(header))]
    widths[0] = min(widths[0], _LABEL)
    n_columns = len(header)
    while n_columns > 1 and _room(widths, n_columns, width) < min(widths[n_columns - 1], _LEAST):
        n_columns -= 1
    room = _room(widths, n_columns, width)
    lines = []
    for line in (header, *rows):
        cells = [*line[: n_columns - 1], _cut(line[n_columns - 1], room)] if n_columns > 1 else [line[0]]
        sides = [str.rjust if name in right else str.ljust for name in header]
        lines.append((" " * _GAP).join(side(c, w) for side, c, w in zip(sides, cells, widths, strict=False)).rstrip())
    return "\n".join(lines)


def _room(widths: Sequence[int], n_columns: int, width: int) -> int:
    """Characters that are left for the last of so many columns."""
    return width - sum(widths[: n_columns - 1]) - _GAP * (n_columns - 1)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of text, the last one unpadded."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )
