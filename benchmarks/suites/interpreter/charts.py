"""Reads charts back from their pixels: bar heights, slices, bins, and where points and lines run.

Plots have light backgrounds, bars and wedges are filled evenly, lines and points are coloured: what matplotlib and its
kin draw unless told otherwise. Titles, labels and ticks are not read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from suites.interpreter.pictures import Pixels, pixels
from suites.interpreter.task import Wrong

Mask = NDArray[np.bool_]

_LIGHT = 225
_COLOURED = 40
_ERODED = 4  # what a filled shape loses of its height and width in ``_solid``
_GAP = 20  # text in a bar interrupts it; less than to a legend above it
_CURVE_GAP = 30  # so does a curve over a histogram
_GRID = 8  # what a line through a bar takes away from ``_solid``


def need_chart(path: Path) -> Pixels:
    """The pixels of a chart; a blank or tiny one is refused."""
    picture = pixels(path)
    height, width = picture.shape[:2]
    if width < 200 or height < 150:
        raise Wrong(f"{path.name} is only {width} x {height} pixels")
    drawn = (np.abs(picture - picture[2, 2]).max(axis=2) > 30).mean()
    if drawn < 0.005:
        raise Wrong(f"{path.name} is blank")
    return picture


def need_bars(path: Path, values: Sequence[float], part: tuple[float, float] = (0.0, 1.0)) -> None:
    """Refuse a chart without one bar for each value, upright or lying, as long as the values are.

    Args:
        path: of the picture.
        values: in any order.
        part: where in the picture's width the chart is.
    """
    picture = need_chart(path)
    width = picture.shape[1]
    picture = picture[:, int(part[0] * width) : int(part[1] * width)]
    upright = _bar_lengths(picture)
    lying = _bar_lengths(np.flipud(picture.transpose(1, 0, 2)))
    if not (_proportional(upright, values) or _proportional(lying, values)):
        raise Wrong(f"{path.name}: the {len(upright)} bars do not have the lengths of the {len(values)} values")


def need_histogram(path: Path, counts: Sequence[float]) -> None:
    """Refuse a histogram whose bins are not as high as the counts; the first and last must not be empty."""
    heights = _heights(_solid(need_chart(path)), _CURVE_GAP)
    (filled,) = heights.nonzero()
    if not len(filled):
        raise Wrong(f"{path.name}: no bars")
    width = (filled[-1] - filled[0] + 1) / len(counts)
    starts = [filled[0] + (i + 0.3) * width for i in range(len(counts))]
    found = [float(np.median(heights[int(start) : int(start + 0.4 * width) + 1])) for start in starts]
    if not _proportional(found, counts, ordered=True):
        raise Wrong(f"{path.name}: the bins do not have the heights of {len(counts)} bins of the data")


def need_pie(path: Path, values: Sequence[float]) -> None:
    """Refuse a chart that is no disc with one slice for each value."""
    picture = need_chart(path)
    solid = _solid(picture)
    shares = [share for share in _colour_shares(picture, solid) if share > 0.012]
    wanted = sorted((value / sum(values) for value in values), reverse=True)
    if len(shares) != len(wanted) or max(abs(a - b) for a, b in zip(shares, wanted, strict=True)) > 0.025:
        raise Wrong(f"{path.name}: the slices do not have the sizes of the {len(wanted)} values")
    ys, xs = solid.nonzero()
    radius = 1.08 * math.sqrt(len(xs) / math.pi)
    inside = (xs - np.median(xs)) ** 2 + (ys - np.median(ys)) ** 2 <= radius**2
    if inside.mean() < 0.93:
        raise Wrong(f"{path.name}: not a pie")


def need_line(path: Path, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Refuse a chart without a line through these points."""
    picture = need_chart(path)
    _need_unfilled(path, picture)
    for colour in _line_colours(picture):
        parts = _largest_parts(np.asarray(np.abs(picture - colour).max(axis=2) <= 60))
        if any(_hits(part, xs, ys) >= 0.95 for part in parts):
            return
    raise Wrong(f"{path.name}: no line through the {len(xs)} points")


def need_points(path: Path, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Refuse a chart without a mark at each point."""
    picture = need_chart(path)
    _need_unfilled(path, picture)
    ink = np.ptp(picture, axis=2) > _COLOURED
    if _hits(ink, xs, ys) < 0.95:
        raise Wrong(f"{path.name}: no marks at the {len(xs)} points")
    if ink.sum() > 150 * len(xs) * max(1, picture.shape[1] / 640) ** 2:
        raise Wrong(f"{path.name}: not a scatter plot")


def _solid(picture: Pixels) -> Mask:
    """Pixels in the midst of evenly filled shapes: lines and text vanish."""
    solid = np.asarray(picture.min(axis=2) < _LIGHT)
    for shift in product(range(-2, 3), repeat=2):
        solid &= (np.abs(np.roll(picture, shift, axis=(0, 1)) - picture) <= 6).all(axis=2)
    return solid


def _heights(solid: Mask, gap: int = _GAP) -> NDArray[np.int64]:
    """How high the filled shapes that stand on the common ground are, for each column."""
    per_row = solid.sum(axis=1)
    heights = np.zeros(solid.shape[1], np.int64)
    if not per_row.any():
        return heights
    ground = int((per_row >= 0.95 * per_row.max()).nonzero()[0][-1])
    for x in solid[ground].nonzero()[0]:
        ys = solid[: ground + 1, x].nonzero()[0][::-1]
        breaks = (ys[:-1] - ys[1:] > gap).nonzero()[0]
        top = ys[breaks[0]] if len(breaks) else ys[-1]
        heights[x] = ground - top + 1 + _ERODED
    return _without_grid(heights)


def _without_grid(heights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bars in one piece again that a line of the grid or an error bar cuts."""
    (filled,) = heights.nonzero()
    for a, b in pairwise(filled):
        if b - a <= _GRID + len(heights) // 400 and abs(heights[a] - heights[b]) <= 3:
            heights[a:b] = heights[a]
    return heights


def _bar_lengths(picture: Pixels) -> list[float]:
    heights = _heights(_solid(picture))
    steps = [0, *(1 + (np.abs(np.diff(heights)) > 3).nonzero()[0]), len(heights)]
    runs = [heights[a:b] for a, b in pairwise(steps)]
    return [float(np.median(run)) for run in runs if len(run) >= 4 and np.median(run) > 0]


def _proportional(found: Sequence[float], values: Sequence[float], *, ordered: bool = False) -> bool:
    if len(found) != len(values) or not sum(found):
        return False
    scale = sum(found) / sum(values)
    pairs = zip(found, values, strict=True) if ordered else zip(sorted(found), sorted(values), strict=True)
    return all(abs(length - scale * value) <= max(4.0, 0.03 * max(found)) for length, value in pairs)


def _colour_shares(picture: Pixels, solid: Mask) -> list[float]:
    """The share of each colour of the filled shapes, largest first."""
    colours = picture[solid]
    codes = (colours[:, 0] << 16) | (colours[:, 1] << 8) | colours[:, 2]
    _, counts = np.unique(codes, return_counts=True)
    return [float(count) / max(1, len(codes)) for count in sorted(counts, reverse=True)]


def _need_unfilled(path: Path, picture: Pixels) -> None:
    if (_solid(picture) & (np.ptp(picture, axis=2) > _COLOURED)).mean() > 0.06:
        raise Wrong(f"{path.name}: filled areas instead of a line or points")


def _line_colours(picture: Pixels) -> list[NDArray[np.int64]]:
    """Black, and the commonest colours that are no shade of grey."""
    coloured = picture[np.ptp(picture, axis=2) > _COLOURED]
    found, counts = np.unique(coloured, axis=0, return_counts=True)
    return [*found[np.argsort(counts)[::-1][:6]], np.zeros(3, np.int64)]


def _largest_parts(mask: Mask) -> list[Mask]:
    """The three connected parts that span most: the line, the frame and others, not the line's sample in the legend."""
    left = set(zip(*(axis.tolist() for axis in mask.nonzero()), strict=True))
    around = list(product(range(-6, 7), repeat=2))  # dashes count as connected
    parts: list[list[tuple[int, int]]] = []
    while left:
        part = [left.pop()]
        for y, x in part:
            near = {(y + dy, x + dx) for dy, dx in around} & left
            left -= near
            part.extend(near)
        parts.append(part)
    masks = []
    for part in sorted(parts, key=_span, reverse=True)[:3]:
        masks.append(np.zeros_like(mask))
        masks[-1][tuple(np.array(part).T)] = True
    return masks


def _span(part: list[tuple[int, int]]) -> int:
    rows, columns = zip(*part, strict=True)
    return int((max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1))


def _hits(ink: Mask, xs: Sequence[float], ys: Sequence[float]) -> float:
    """The share of points that have ink where they belong, if the ink's extent is that of the points."""
    rows, columns = ink.nonzero()
    height, width = ink.shape
    if not len(rows) or np.ptp(rows) < height / 5 or np.ptp(columns) < width / 4:  # text
        return 0.0
    x = np.asarray(xs, float)
    y = np.asarray(ys, float)
    pixel_x = columns.min() + (x - x.min()) / max(np.ptp(x), 1e-12) * np.ptp(columns)
    pixel_y = rows.max() - (y - y.min()) / max(np.ptp(y), 1e-12) * np.ptp(rows)
    reach = max(6, ink.shape[1] // 100)  # half a marker
    padded = np.pad(ink, reach)
    hits = [
        padded[round(b) : round(b) + 2 * reach + 1, round(a) : round(a) + 2 * reach + 1].any()
        for a, b in zip(pixel_x, pixel_y, strict=True)
    ]
    return float(np.mean(hits))
