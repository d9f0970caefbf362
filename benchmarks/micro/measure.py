"""What a measurement is, and when it is good enough."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Goal:
    """What is asked of one measure.

    Attributes:
        measure: its name in the table.
        unit: of all its numbers.
        must: the bound that may not be missed.
        aim: the bound that is aimed at.
        more_is_better: the bounds are lower ones.
    """

    measure: str
    unit: str
    must: float
    aim: float
    more_is_better: bool = False

    def verdict(self, value: float) -> str:
        """``aim``, ``must`` or ``missed``."""
        sign = -1 if self.more_is_better else 1
        return next((name for name in ("aim", "must") if sign * value <= sign * getattr(self, name)), "missed")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        goal: what was asked.
        value: what was measured: a median where it was measured more than once.
        samples: everything that was measured, in order; empty where the value is derived.
        beside: what peers take for the same, in the goal's unit, or why that is not known.
        details: more numbers, by name.
    """

    goal: Goal
    value: float
    samples: Sequence[float] = ()
    beside: dict[str, float | str] = field(default_factory=dict)
    details: dict[str, float | str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As a JSON object."""
        goal = self.goal
        return {
            "measure": goal.measure, "unit": goal.unit, "must": goal.must, "aim": goal.aim,
            "measured": round(self.value, 4), "verdict": goal.verdict(self.value), "runs": len(self.samples),
            "min": round(min(self.samples, default=self.value), 4),
            "max": round(max(self.samples, default=self.value), 4),
            "beside": self.beside, "details": self.details,
        }  # fmt: skip


def milliseconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    function()
    return (time.perf_counter() - begin) * 1000


def sample(
    function: Callable[[], object], runs: int, *, before: Callable[[], object] = lambda: None, warm: int = 2
) -> list[float]:
    """Milliseconds of ``runs`` calls, each after a call of ``before`` that does not count; ``warm`` more come first."""
    times = []
    for _ in range(warm + runs):
        before()
        times.append(milliseconds(function))
    return times[warm:]


def row(
    goal: Goal,
    samples: Sequence[float],
    beside: dict[str, float | str] | None = None,
    details: dict[str, float | str] | None = None,
) -> Row:
    """A row whose value is the samples' median."""
    return Row(goal, statistics.median(samples), samples, beside or {}, details or {})


def table(rows: Sequence[Row]) -> str:
    """All rows, for people."""
    lines = [f"{'measure':62} {'must':>7} {'aim':>7} {'measured':>9}  verdict"]
    for entry in rows:
        goal = entry.goal
        relation = "≥" if goal.more_is_better else "≤"
        name = f"{goal.measure} ({goal.unit})"
        bounds = f"{relation}{goal.must:>6g} {relation}{goal.aim:>6g}"
        lines.append(f"{name:62} {bounds} {entry.value:>9.4g}  {goal.verdict(entry.value)}")
        for title, extra in (("beside", entry.beside), ("", entry.details)):
            if extra:
                said = ", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                                 for key, value in extra.items())  # fmt: skip
                lines.append(f"    {title}{': ' if title else ''}{said}")
    return "\n".join(lines)
