"""The session's variables, as the guest reports them after a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from offline_ci.interpreter.guest_call import NAMES, guest_cell, printed_json
from offline_ci.interpreter.ports import CellRunner

_TIME_S = 5.0


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the session.

    Attributes:
        name: its name.
        kind: type and size in words.
        columns: columns of a table, keys of a dict.
        words: of a table, the distinct texts of each column that has few.
    """

    name: str
    kind: str
    columns: list[str]
    words: dict[str, list[str]] = field(default_factory=dict)


def list_variables(sandbox: CellRunner) -> list[Variable]:
    """The session's variables, newest last; empty where the guest cannot tell."""
    found = printed_json(sandbox.run(guest_cell("variables", NAMES), time_s=_TIME_S))
    try:
        return [_variable(document) for document in found or ()]
    except (ValueError, TypeError, KeyError, AttributeError):  # the user's program replaced print or json
        return []


def _variable(document: dict[str, Any]) -> Variable:
    words = {str(column): [str(word) for word in words] for column, words in document["words"].items()}
    return Variable(str(document["name"]), str(document["kind"]), [str(c) for c in document["columns"]], words)
