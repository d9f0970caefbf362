"""Mends without the model what needs no thought: a name that is right but for case, spaces and underscores.

Only after the program has failed over that name: a program may well rename columns before it uses them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from offline_ci.sandbox.result import ExecutionResult

MENDABLE: Final = frozenset({"KeyError", "FileNotFoundError"})
_QUOTED: Final = re.compile(r"'([^']+)'")


def mend_names(result: ExecutionResult, code: str, names: Sequence[str]) -> str | None:
    """The program with a misspelt column or file name put right.

    Args:
        result: how the program failed.
        code: the program.
        names: columns and files that are really there.

    Returns:
        None where the failure is another, or more than one name could be meant.
    """
    if result.status != "error" or result.error is None or result.error.ename not in MENDABLE:
        return None
    mended = code
    for quoted in _QUOTED.findall(result.error.evalue):
        wrong = quoted.removeprefix("/mnt/data/")
        meant = {name for name in names if _plain(name) == _plain(wrong)}
        if wrong not in names and len(meant) == 1:
            mended = _replace_literal(mended, wrong, meant.pop())
    return mended if mended != code else None


def _replace_literal(code: str, wrong: str, right: str) -> str:
    return re.sub(rf"(['\"])(?:/mnt/data/)?{re.escape(wrong)}\1", lambda _: repr(right), code)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
