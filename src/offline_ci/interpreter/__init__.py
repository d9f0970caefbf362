"""The interpreter: a request in, code, runs and an answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offline_ci.interpreter.answer import Answer, SavedFile, Turn
    from offline_ci.interpreter.interpreter import CodeInterpreter

_HOMES = {"Answer": "answer", "CodeInterpreter": "interpreter", "SavedFile": "answer", "Turn": "answer"}

__all__ = ["Answer", "CodeInterpreter", "SavedFile", "Turn"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: ``exec`` needs only a part of this package."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
