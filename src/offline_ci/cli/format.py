"""Sizes, times and tables as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def size(n_bytes: float) -> str:
    """``1.1 GB``; decimal units."""
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 1000:
            if unit == "bytes":
                return f"{n_bytes:.0f} byte{'' if n_bytes == 1 else 's'}"
            return f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.2f} GB"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s`` or ``3 min 20 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of text, the last one unpadded."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )
