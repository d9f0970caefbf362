"""What a check of ``doctor`` finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from offline_ci.errors import OfflineCIError

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    Attributes:
        name: what was looked at.
        state: ``ok``, ``note`` (works, but worth knowing) or ``problem``.
        detail: what was found.
        mend: what to do about it, empty where there is nothing to do.
        required: whether nothing works without it.
    """

    name: str
    state: State
    detail: str
    mend: str = ""
    required: bool = False


def guarded(name: str, check: Callable[[], Check]) -> Check:
    """A check whose own failure is a finding too."""
    try:
        return check()
    except OfflineCIError as error:
        return Check(name, "problem", error.message, error.hint or "")
