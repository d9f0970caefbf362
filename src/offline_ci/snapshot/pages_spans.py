"""Arithmetic on runs and spans of pages; all sequences are in order, and their members do not overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from offline_ci.snapshot.pages import Span
from offline_ci.snapshot.pages_log import Run

_SMALL_GROUP = 64


def crossings(spans: Iterable[Span], runs: Sequence[Run]) -> Iterator[tuple[Span, Sequence[Run]]]:
    """Each span with the runs that share a page with it."""
    starts = [run.first for run in runs]
    ends = [run.first + run.n for run in runs]
    for span in spans:
        yield span, runs[bisect_right(ends, span[0]) : bisect_left(starts, span[1])]


def subtract(span: Span, runs: Iterable[Run]) -> list[Span]:
    """What runs that cross a span leave of it."""
    at, end = span
    left = []
    for run in runs:
        if run.first > at:
            left.append((at, run.first))
        at = run.end
    if at < end:
        left.append((at, end))
    return left


def overlay(below: Sequence[Run], above: Sequence[Run]) -> list[Run]:
    """What is seen of two layers: everything above, and what it leaves of the lower one."""
    seen = list(above)
    if not seen:
        return list(below)
    for (span, hiding), run in zip(crossings(((run.first, run.end) for run in below), above), below, strict=True):
        seen += [run.part(*left) for left in subtract(span, hiding)]
    seen.sort(key=lambda run: run.first)
    return seen


def coalesce(spans: Iterable[Span], gap: int) -> list[Span]:
    """Spans in order of their starts, with those made one that overlap or lie at most ``gap`` pages apart."""
    joined: list[Span] = []
    for first, end in spans:
        if joined and first - joined[-1][1] <= gap:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((first, end))
    return joined


def crowded(runs: Sequence[Run], at_most: int) -> list[Span]:
    """Spans that, each stored as one run, leave at most so many runs; small neighbours are put together first."""
    size = _SMALL_GROUP
    while True:
        groups: list[list[Run]] = []
        for run in runs:
            if groups and run.end - groups[-1][0].first <= size:
                groups[-1].append(run)
            else:
                groups.append([run])
        if len(groups) <= at_most:
            return [(group[0].first, group[-1].end) for group in groups if len(group) > 1]
        size *= 2
