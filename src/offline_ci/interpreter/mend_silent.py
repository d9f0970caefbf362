"""Puts right, before a program runs, what would run and give nonsense.

Only what nobody means: an array of pixels that is compared with a colour gives a truth value for each channel, and its
sum counts channels.
"""

from __future__ import annotations

import ast
from typing import Final

_CHANNELS: Final = (3, 4)
_MAKERS: Final = frozenset({"array", "asarray"})
_GATHERING: Final = frozenset({"all", "any"})


def mend_silent(code: str) -> str:
    """The program with comparisons of pixels that look at whole colours; unchanged where there are none.

    Args:
        code: the program.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return code
    arrays = {name for node in ast.walk(tree) if isinstance(node, ast.Assign) for name in _arrays(node)}
    gathered = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GATHERING
        for part in (node.func.value, *node.args)
    }
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and id(node) not in gathered and _is_of_pixels(node, arrays)
    ]
    lines = code.split("\n")
    for node in sorted(found, key=lambda node: (-node.lineno, -node.col_offset)):
        if node.end_lineno == node.lineno and lines[node.lineno - 1].isascii():
            line = lines[node.lineno - 1]
            comparison = line[node.col_offset : node.end_col_offset]
            gathering = "all" if isinstance(node.ops[0], ast.Eq) else "any"
            mended = f"({comparison}).{gathering}(axis=-1)"
            lines[node.lineno - 1] = line[: node.col_offset] + mended + line[node.end_col_offset :]
    return "\n".join(lines)


def _arrays(node: ast.Assign) -> list[str]:
    """Names that become arrays."""
    call = node.value
    is_array = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _MAKERS
    return [target.id for target in node.targets if isinstance(target, ast.Name)] if is_array else []


def _is_of_pixels(node: ast.Compare, arrays: set[str]) -> bool:
    """Whether an array as a whole is compared with one colour."""
    [*_, right] = node.comparators
    is_colour = isinstance(right, (ast.Tuple, ast.List)) and len(right.elts) in _CHANNELS
    return (
        is_colour
        and len(node.ops) == 1
        and isinstance(node.ops[0], (ast.Eq, ast.NotEq))
        and isinstance(node.left, ast.Name)
        and node.left.id in arrays
    )
