"""The session's variables, as the guest reports them after a failure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from offline_ci.interpreter.ports import CellRunner

_TIME_S = 5.0


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the session.

    Attributes:
        name: its name.
        kind: type and size in words.
        columns: columns of a table, keys of a dict.
    """

    name: str
    kind: str
    columns: list[str]


def list_variables(sandbox: CellRunner) -> list[Variable]:
    """The session's variables, newest last; empty where the guest cannot tell."""
    call = "ns['main'](globals())"
    cell = f"print((lambda ns: (exec({_source()!r}, ns), {call})[1])({{'__name__': 'offline_ci_variables'}}))"
    result = sandbox.run(cell, time_s=_TIME_S)
    if not result.ok:
        return []
    try:
        return [
            Variable(str(v["name"]), str(v["kind"]), [str(c) for c in v["columns"]]) for v in json.loads(result.stdout)
        ]
    except (ValueError, TypeError, KeyError):  # the user's program replaced print or json
        return []


@cache
def _source() -> str:
    return resources.files(__package__).joinpath("guest_variables.py").read_text(encoding="utf-8")
