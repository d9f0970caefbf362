"""Makes of a failed cell the few lines that help a small model to mend it.

No library frames: the exception, the program's own line, and a hint with real names (columns, files, variables).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from offline_ci.interpreter.hints import hint_for
from offline_ci.interpreter.hints_sql import sql_hint
from offline_ci.interpreter.shorten import shorten_line, shorten_middle
from offline_ci.interpreter.variables import Variable
from offline_ci.sandbox.result import ExecutionResult, GuestError

_FRAME = re.compile(r'^\s*File "<cell \d+>", line (\d+)')
_MAX_EVALUE = 400


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a hint may name.

    Attributes:
        files: names below ``/mnt/data``.
        columns: column names of the inspected files.
        variables: of the session, after the failure.
        databases: descriptions of the inspected ones.
    """

    files: Sequence[str] = ()
    columns: Sequence[str] = ()
    variables: Sequence[Variable] = field(default_factory=list)
    databases: Sequence[str] = ()


def distil(result: ExecutionResult, code: str, around: Surroundings) -> str:
    """What to tell the model about a cell that did not run to its end.

    Args:
        result: its status is not ``ok``.
        code: the program that ran.
        around: names for hints.
    """
    if result.limit is not None:
        text = _limit_text(result)
    elif result.status == "exit":
        text = "The program called exit() before it was done. Do not call exit() or quit()."
    elif result.error is None:
        text = f"The program was stopped ({result.status})."
    else:
        text = _error_text(result.error, code, around)
    if result.state_lost:
        text += "\nAll variables are gone: import and load everything again."
    elif result.rolled_back:
        text += "\nNothing that it did is left: variables are as they were before it."
    return text


def failing_line(error: GuestError, code: str) -> tuple[int, str] | None:
    """Number and text of the program's line that failed: its innermost frame."""
    numbers = [int(m[1]) for line in error.traceback for part in line.split("\n") if (m := _FRAME.match(part))]
    lines = code.split("\n")
    if not numbers or not 0 < numbers[-1] <= len(lines):
        return None
    return numbers[-1], lines[numbers[-1] - 1].strip()


def closest(name: str, candidates: Sequence[str]) -> str | None:
    """The candidate that is spelt most alike, case aside; None where none is near."""
    lowered = {candidate.lower(): candidate for candidate in reversed(candidates)}
    found = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def _error_text(error: GuestError, code: str, around: Surroundings) -> str:
    lines = [f"{error.ename}: {shorten_middle(error.evalue, _MAX_EVALUE)}"]
    where = failing_line(error, code)
    if where is not None:
        lines.append(f"in line {where[0]}: {shorten_line(where[1], 200)}")
    hint = sql_hint(error.evalue, around.databases) or hint_for(
        error, where[1] if where else "", around.files, around.columns, around.variables, closest
    )
    if hint:
        lines.append(f"Hint: {hint}")
    return "\n".join(lines)


def _limit_text(result: ExecutionResult) -> str:
    limit = result.limit
    assert limit is not None  # noqa: S101 - the caller looked
    if limit.name == "time_s":
        return f"The program was stopped after {limit.limit:g} seconds. Find a faster way: vectorise, use less data."
    if limit.name == "output_bytes":
        return "The program printed too much and was stopped. Print only the results."
    if limit.name == "disk_bytes":
        return "The program wrote more to files than fits and was stopped. Write less."
    return f"The program needed more than {limit.limit / 2**20:.0f} MB of memory. Work on smaller pieces."
