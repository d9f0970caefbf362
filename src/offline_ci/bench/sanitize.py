"""From what a model wrote to the program that is judged: its code, as far as it is Python, without what only runs."""

from __future__ import annotations

import ast
from typing import Final

from offline_ci.interpreter.extract import extract_code, parses

_KEPT: Final = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign,
)  # fmt: skip


def sanitize(text: str, entry_point: str | None = None) -> str:
    """The imports and definitions of the longest beginning of a text that is Python.

    Examples, calls and prints at the end of a program are left out: they cost time, and may fail where the function
    does not.

    Args:
        text: a program, or an answer with a block of code.
        entry_point: keep only what this function needs, where the program defines it.

    Returns:
        A program; empty where the text has none.
    """
    code = extract_code(text) or text
    lines = code.split("\n")
    code = next((begin for n in range(len(lines), 0, -1) if parses(begin := "\n".join(lines[:n]))), "")
    kept: list[ast.stmt] = [node for node in ast.parse(code).body if isinstance(node, _KEPT)]
    if entry_point is not None and any(entry_point in _defined(node) for node in kept):
        kept = _needed(kept, entry_point)
    return "\n".join(ast.unparse(node) for node in kept)


def _needed(nodes: list[ast.stmt], entry_point: str) -> list[ast.stmt]:
    """All imports, and the definitions that can be reached by name from the function's."""
    wanted, seen = {entry_point}, set[str]()
    while fresh := wanted - seen:
        seen |= fresh
        for node in nodes:
            if _defined(node) & fresh:
                wanted |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) or _defined(node) & seen]


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        # x.y = 1 and x[0] = 1 change what x is.
        return {inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)}
    return set()
