"""Charts as SVG inside a page: colours are the page's style sheet's, so that they follow its light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from offline_ci.bench.score import Interval

_WIDTH: Final = 640
_LABEL: Final = 230
_ROW: Final = 30
_SCATTER_HEIGHT: Final = 280
_MARGIN: Final = 52
_CELL: Final = 11
_CELLS_A_ROW: Final = 41
_TICKS: Final = 4


class Bar(NamedTuple):
    """A share from 0 to 1 with its interval."""

    label: str
    share: float
    interval: Interval


class Point(NamedTuple):
    """A place in a scatter chart."""

    label: str
    x: float
    y: float


def bars(rows: Sequence[Bar]) -> str:
    """Horizontal bars with whiskers, from 0 to 100 %."""
    span = _WIDTH - _LABEL - 60
    height = _ROW * len(rows) + 24
    parts = [
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 20}"/>'
        f'<text class="axis" x="{x:.1f}" y="{height - 5}" text-anchor="middle">{percent}</text>'
        for percent in range(0, 101, 25)
        for x in [_LABEL + span * percent / 100]
    ]
    for i, row in enumerate(rows):
        middle = i * _ROW + _ROW / 2
        low, high = (_LABEL + span * end for end in row.interval)
        parts.append(
            f'<text x="{_LABEL - 8}" y="{middle + 4:.1f}" text-anchor="end">{escape(_short(row.label))}</text>'
            f'<rect class="bar" x="{_LABEL}" y="{middle - 8:.1f}" width="{span * row.share:.1f}" height="16"/>'
            f'<path class="whisker" d="M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {middle - 4:.1f}v8'
            f'M{high:.1f} {middle - 4:.1f}v8"/>'
            f'<text x="{high + 6:.1f}" y="{middle + 4:.1f}">{100 * row.share:.1f}</text>'
        )
    return _svg(_WIDTH, height, "Share of samples that pass, per cent", parts)


def scatter(points: Sequence[Point], x_title: str, y_title: str) -> str:
    """Points with their labels; both axes begin at 0, the upright one ends at 100 %."""
    step = _round_step(max((point.x for point in points), default=1.0) / _TICKS)
    top = step * _TICKS
    width, height = _WIDTH - 2 * _MARGIN, _SCATTER_HEIGHT - 2 * _MARGIN
    frame = f'<path class="frame" d="M{_MARGIN} {_MARGIN}V{_MARGIN + height}H{_MARGIN + width}"/>'
    parts = [frame, _axis(_MARGIN + width / 2, _SCATTER_HEIGHT - 10, "middle", x_title)]
    parts.append(_axis(_MARGIN, _MARGIN - 14, "start", y_title))
    for share in (0.0, 0.5, 1.0):
        y = _MARGIN + height * (1 - share)
        parts.append(f'<line class="grid" x1="{_MARGIN}" x2="{_MARGIN + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_axis(_MARGIN - 6, y + 4, "end", f"{100 * share:.0f}"))
    for tick in range(_TICKS + 1):
        x = _MARGIN + width * tick / _TICKS
        parts.append(_axis(x, _MARGIN + height + 16, "middle", f"{step * tick:.4g}"))
    for point in points:
        x, y = _MARGIN + width * point.x / top, _MARGIN + height * (1 - point.y)
        # To the left of a point that has no room to its right.
        side, anchor = (-9, "end") if x > _WIDTH * 0.6 else (9, "start")
        parts.append(
            f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
            f'<text x="{x + side:.1f}" y="{y - 7:.1f}" text-anchor="{anchor}">{escape(_short(point.label))}</text>'
        )
    return _svg(_WIDTH, _SCATTER_HEIGHT, f"{y_title} against {x_title}", parts)


def heat_map(rows: Sequence[tuple[str, str]]) -> str:
    """A square for each task, in order, coloured by its outcome.

    Args:
        rows: a task's name, and ``PASS``, ``FAIL`` or ``TIMEOUT``.
    """
    parts = []
    for i, (name, outcome) in enumerate(rows):
        line, column = divmod(i, _CELLS_A_ROW)
        parts.append(
            f'<rect class="{outcome.lower()}" x="{column * (_CELL + 4)}" y="{line * (_CELL + 4)}" width="{_CELL}" '
            f'height="{_CELL}" rx="2"><title>{escape(name)}: {escape(outcome)}</title></rect>'
        )
    lines = -(-len(rows) // _CELLS_A_ROW)
    return _svg(_CELLS_A_ROW * (_CELL + 4), lines * (_CELL + 4), "Outcome of each task", parts)


def _round_step(least: float) -> float:
    """The next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * 0.999)


def _axis(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text class="axis" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def _short(label: str, limit: int = 34) -> str:
    return label if len(label) <= limit else f"{label[: limit - 1]}…"
