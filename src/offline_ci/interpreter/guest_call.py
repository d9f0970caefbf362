"""Calls our own functions inside the sandbox: see ``interpreter.guest``."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any, Final

from offline_ci.sandbox.result import ExecutionResult

_PACKAGE: Final = "offline_ci.interpreter.guest"


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
    return f"print({guest_expression(_PACKAGE, module, *arguments)})"


def guest_expression(package: str, module: str, *arguments: object) -> str:
    """An expression whose value is what ``main`` of a module gives.

    Args:
        package: full name of the package of modules that run in the guest.
        module: one of them; it may import others of the package.
        arguments: see ``guest_cell``.
    """
    call = f"ns['call']({_sources(package, module)!r}, {arguments!r})"
    loader = guest_source(_PACKAGE, "loader")
    return f"(lambda ns: (exec({loader!r}, ns), {call})[1])({{'__name__': 'offline_ci_{module}'}})"


def printed_json(result: ExecutionResult) -> Any:
    """What such a cell printed; None where it failed, or the user's program replaced ``print`` or ``json``."""
    try:
        return json.loads(result.stdout) if result.ok else None
    except (ValueError, RecursionError):
        return None


@cache
def _sources(package: str, module: str) -> dict[str, str]:
    """The texts of a module and of those that it imports, these first."""
    text, found = guest_source(package, module), dict[str, str]()
    for needed in re.findall(rf"^from {re.escape(package)}\.(\w+) import", text, re.MULTILINE):
        found |= _sources(package, needed)
    return {**found, f"{package}.{module}": text}


@cache
def guest_source(package: str, module: str) -> str:
    """The text of a module that runs in the guest.

    Args:
        package: full name of its package.
        module: its own name.
    """
    return resources.files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
