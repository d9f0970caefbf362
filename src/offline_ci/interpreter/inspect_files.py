"""What the attached files hold, found out inside the sandbox before the model writes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from offline_ci.interpreter.guest_call import guest_cell, printed_json
from offline_ci.interpreter.ports import CellRunner

_TIME_S = 20.0
_TOTAL_CHARS = 5000
_MAX_CHARS = 1800
_MIN_CHARS = 250


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One inspected file.

    Attributes:
        name: below ``/mnt/data``.
        text: for the model; begins with the name.
        columns: names of columns or keys, for spelling suggestions.
        members: names of an archive's members.
    """

    name: str
    text: str
    columns: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)


def inspect_files(sandbox: CellRunner, names: Sequence[str], given: Sequence[str] = ()) -> list[FileFacts]:
    """Describe files of the session; a file that defeats the inspection is described by its name.

    Args:
        sandbox: whose files.
        names: below ``/mnt/data``.
        given: other files; where a picture shows what one of these shows, it is said.
    """
    if not names:
        return []
    max_chars = max(_MIN_CHARS, min(_MAX_CHARS, _TOTAL_CHARS // len(names)))
    cell = guest_cell("inspect", list(names), max_chars, list(given))
    found = printed_json(sandbox.run(cell, time_s=_TIME_S))
    facts = found if isinstance(found, dict) else {}
    return [_facts(name, facts.get(name)) for name in names]


def _facts(name: str, found: Any) -> FileFacts:
    if not isinstance(found, dict):
        return FileFacts(name, name)
    return FileFacts(name, str(found.get("text") or name), _strings(found, "columns"), _strings(found, "members"))


def _strings(found: dict[str, Any], key: str) -> list[str]:
    values = found.get(key)
    return [str(value) for value in values] if isinstance(values, list) else []
