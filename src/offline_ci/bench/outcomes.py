"""Checking the outcome of a request: its answer and the files that came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from offline_ci.bench.tasks import Check
from offline_ci.sandbox.sandbox import Sandbox

_NUMBER: Final = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d+)?")
_FIELD: Final = re.compile(r"@(\w+)\[(.*?)\]")
_TIME_S: Final = 60.0
_MAX_SHOWN: Final = 80


def find_unmet(checks: Sequence[Check], answer: str, files: Mapping[str, bytes], sandbox: Sandbox) -> str | None:
    """The first check that does not hold, in words; None where all do.

    Args:
        checks: of the task.
        answer: what the user was told.
        files: that were written, by path in the working directory.
        sandbox: a fresh one, for checks that are programs.
    """
    is_laid_out = False
    for check in checks:
        if check.kind == "python":
            if not is_laid_out:
                for name, data in files.items():
                    sandbox.files.write(name, data)
                is_laid_out = True
            unmet = _program(check, answer, sandbox)
        elif check.kind == "file":
            unmet = None if files.get(check.value) else f"{check.value} was not written"
        else:
            unmet = _of_answer(check, answer)
        if unmet is not None:
            return unmet
    return None


def _program(check: Check, answer: str, sandbox: Sandbox) -> str | None:
    result = sandbox.run(f"answer = {answer!r}\n{check.value}", time_s=_TIME_S)
    if result.ok:
        return None
    return f"{result.error.ename}: {result.error.evalue}" if result.error else f"the check ended with {result.status}"


def _of_answer(check: Check, answer: str) -> str | None:
    value = check.value
    if check.kind == "answer_has":
        return None if value.casefold() in answer.casefold() else f"the answer lacks {value[:_MAX_SHOWN]!r}"
    if check.kind == "answer_matches":
        return None if re.search(value, answer) else f"the answer does not match {value[:_MAX_SHOWN]!r}"
    if check.kind == "answer_number":
        is_there = any(abs(number - float(value)) <= check.tolerance for number in numbers_in(answer))
        return None if is_there else f"the answer lacks the number {value}"
    found = dict(_FIELD.findall(answer)).get(check.name)
    if found == value:
        return None
    with suppress(ValueError, TypeError):
        if abs(float(found) - float(value)) < check.tolerance:  # type: ignore[arg-type]
            return None
    return f"@{check.name} is {'missing' if found is None else found[:_MAX_SHOWN]}"


def numbers_in(text: str) -> list[float]:
    """The numbers of a text, with or without commas between thousands."""
    return [float(found.replace(",", "").replace("\u2212", "-")) for found in _NUMBER.findall(text) if found]
