"""Calls the interpreter's own functions inside the sandbox: see ``interpreter.guest``."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any, Final

from offline_ci.sandbox.result import ExecutionResult

_PACKAGE: Final = "offline_ci.interpreter.guest"
_IMPORT: Final = re.compile(rf"^from {re.escape(_PACKAGE)}\.(\w+) import", re.MULTILINE)


class _Expression(str):
    """Stands for itself in a program."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


NAMES: Final = _Expression("globals()")
"""As an argument: the session's variables by name."""


def guest_cell(module: str, *arguments: object) -> str:
    """A cell that prints what ``main`` of a module gives, and leaves no name behind in the session.

    Args:
        module: of ``interpreter.guest``.
        arguments: of ``main``: values whose ``repr`` is Python, or ``NAMES``.
    """
    call = f"ns['call']({_sources(module)!r}, {arguments!r})"
    return f"print((lambda ns: (exec({_text('loader')!r}, ns), {call})[1])({{'__name__': 'offline_ci_{module}'}}))"


def printed_json(result: ExecutionResult) -> Any:
    """What such a cell printed; None where it failed, or the user's program replaced ``print`` or ``json``."""
    try:
        return json.loads(result.stdout) if result.ok else None
    except (ValueError, RecursionError):
        return None


@cache
def _sources(module: str) -> dict[str, str]:
    """The texts of a module and of those that it imports, these first."""
    text, found = _text(module), dict[str, str]()
    for needed in _IMPORT.findall(text):
        found |= _sources(needed)
    return {**found, f"{_PACKAGE}.{module}": text}


@cache
def _text(module: str) -> str:
    return resources.files(_PACKAGE).joinpath(f"{module}.py").read_text(encoding="utf-8")
