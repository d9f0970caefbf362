"""``/limits``: what programs may use, shown and changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from offline_ci.cli.format import table
from offline_ci.cli.options import MAX_MEMORY_MB, MIN_MEMORY_MB
from offline_ci.errors import UsageError
from offline_ci.limits import ResourceLimits

_MB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Limit:
    """One limit as a person sees it.

    Attributes:
        field: of ``ResourceLimits``.
        unit: that follows the number.
        factor: from the person's number to the field's.
        low: smallest number.
        high: largest number.
        takes: a number of the field's kind.
    """

    field: str
    unit: str
    factor: int
    low: float
    high: float
    takes: Callable[[float], Any]


_LIMITS: Final = {
    "time": _Limit("time_s", "s", 1, 0.001, 1_000_000, float),
    "memory": _Limit("memory_bytes", "MB", _MB, MIN_MEMORY_MB, MAX_MEMORY_MB, int),
    "disk": _Limit("disk_bytes", "MB", _MB, 1, 1_000_000, int),
}


def shown(limits: ResourceLimits) -> str:
    """The limits, and how each is changed."""
    rows = [(name, _value(limits, name), f"/limits {name} {_number(limits, name):.10g}") for name in _LIMITS]
    return table(("LIMIT", "NOW", "TO CHANGE IT"), rows)


def changed(limits: ResourceLimits, argument: str) -> ResourceLimits:
    """The limits with what ``/limits WHAT N`` wants.

    Raises:
        UsageError: that makes no sense.
    """
    words = argument.split()
    name = words[0].lower()
    if name not in _LIMITS:
        raise UsageError(f"There is no limit {name!r}.", hint=f"There are {', '.join(_LIMITS)}: /limits time 120.")
    limit = _LIMITS[name]
    text = "".join(words[1:]).lower().removesuffix(limit.unit.lower())
    try:
        number = float(text)
    except ValueError as exc:
        raise UsageError(f"That is no number of {limit.unit}.", hint=f"Write /limits {name} N.") from exc
    if not limit.low <= number <= limit.high:
        raise UsageError(
            f"The limit {name} cannot be {number:.10g} {limit.unit}.",
            hint=f"Give a number from {limit.low:.10g} to {limit.high:.10g}.",
        )
    return replace(limits, **{limit.field: limit.takes(number * limit.factor)})


def _number(limits: ResourceLimits, name: str) -> float:
    return float(getattr(limits, _LIMITS[name].field)) / _LIMITS[name].factor


def _value(limits: ResourceLimits, name: str) -> str:
    return f"{_number(limits, name):.10g} {_LIMITS[name].unit}"
