"""JSON lines. Only a newline ends one: texts may hold whatever else Python's ``splitlines`` takes for a line's end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from offline_ci.errors import UsageError

T = TypeVar("T")


def read_lines(text: str, read: Callable[[object], T], *, path: Path, kind: str, hint: str) -> Iterator[tuple[int, T]]:
    """What each line of a text holds, with the line's number; empty lines are left out.

    Args:
        text: of the file.
        read: makes something of a line's JSON value; ValueError where it cannot.
        path: the file, for messages.
        kind: what a line must be, for messages.
        hint: the mend.

    Raises:
        UsageError: a line is something else; says which and why.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = read(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}, line {number} is no {kind}: {error}.", hint=hint) from error
        yield number, value


def whole_lines(text: str) -> list[str]:
    """The lines of a file that is written line by line, without a last one that was cut off."""
    return text.split("\n")[:-1]
