"""Calls a function of modules that came as text, and forgets them again."""

import sys
from types import ModuleType
from typing import Any


def call(sources: dict[str, str], arguments: tuple[Any, ...]) -> Any:
    """What ``main`` of the last module gives.

    Args:
        sources: full name of each module to its text, those that others import first.
        arguments: of ``main``.
    """
    try:
        for name, source in sources.items():
            module = sys.modules[name] = ModuleType(name)
            exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - our own, in the guest
        return module.main(*arguments)
    finally:
        for name in sources:
            sys.modules.pop(name, None)
