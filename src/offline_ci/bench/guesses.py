"""The calls that tests will make, as far as their source tells: made beforehand, they cost no question each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from offline_ci.bench.guest.wire import dumps

_MAX_CHARS: Final = 1 << 20
_REPEATS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.If, ast.Try)


@lru_cache(maxsize=1024)
def guess_questions(test: str, name: str) -> tuple[str, ...]:
    """The first questions of a task's tests, in their order, as ``guest.tests`` asks them.

    Args:
        test: source of the tests.
        name: of the function, which is also called ``candidate``.

    Returns:
        Those before the first call that could come out otherwise. A guess may be wrong nevertheless.
    """
    try:
        body = ast.parse(test).body
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found: list[str] = []
    left = _MAX_CHARS
    for question in _listed(body) or _called(body, {name, "candidate"}):
        left -= len(question)
        if left < 0:
            break
        found.append(question)
    return tuple(found)


def _listed(body: list[ast.stmt]) -> list[str]:
    """Of tests that go through a list of arguments, see ``tasks``."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "INPUTS":
            try:
                return [dumps((list(arguments), {})) for arguments in ast.literal_eval(node.value)]
            except ValueError:  # infinity, say
                return []
    return []


def _called(body: list[ast.stmt], names: set[str]) -> Iterator[str]:
    check = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == "check"), None)
    for statement in check.body if check else ():
        is_uncertain = any(isinstance(node, _REPEATS) for node in ast.walk(statement))
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and _calls(node, names)]
        for call in sorted(calls, key=lambda call: (call.end_lineno, call.end_col_offset)):
            arguments = None if is_uncertain else _literal(call)
            if arguments is None:
                return
            yield dumps(arguments)


def _calls(call: ast.Call, names: set[str]) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in names


def _literal(call: ast.Call) -> tuple[list[Any], dict[str, Any]] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    try:
        values = [ast.literal_eval(argument) for argument in call.args]
        return values, {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
