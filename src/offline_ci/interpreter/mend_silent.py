"""Puts right, before a program runs, what would run and give nonsense.

Only what nobody means: an array of pixels that is compared with a colour gives a truth value for each channel, and its
sum counts channels; a column times the sum of another (``df["units"] * df["price"].sum()``) is no sum of products.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from offline_ci.interpreter.extract import syntax_tree

_CHANNELS: Final = (3, 4)
_MAKERS: Final = frozenset({"array", "asarray"})
_GATHERING: Final = frozenset({"all", "any"})


def mend_silent(code: str) -> str:
    """The program with comparisons of pixels that look at whole colours, and sums of products; else unchanged.

    Args:
        code: the program.
    """
    tree = syntax_tree(code)
    if tree is None:
        return code
    changes = [*_comparisons(tree), *_products(tree)]
    lines = code.split("\n")
    for node, pattern in sorted(changes, key=lambda change: (-change[0].lineno, -change[0].col_offset)):
        if node.end_lineno == node.lineno and lines[node.lineno - 1].isascii():
            line = lines[node.lineno - 1]
            mended = pattern.format(line[node.col_offset : node.end_col_offset])
            lines[node.lineno - 1] = line[: node.col_offset] + mended + line[node.end_col_offset :]
    return "\n".join(lines)


def _comparisons(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Comparisons of pixels with what they become; ``{}`` stands for what was there."""
    arrays = {name for node in ast.walk(tree) if isinstance(node, ast.Assign) for name in _arrays(node)}
    gathered = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GATHERING
        for part in (node.func.value, *node.args)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and id(node) not in gathered and _is_of_pixels(node, arrays):
            yield node, "({})." + ("all" if isinstance(node.ops[0], ast.Eq) else "any") + "(axis=-1)"


def _products(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """A column, or a group's, times the sum of another column of the same table, with what they become."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
            continue
        match node.right:
            case ast.Call(
                func=ast.Attribute(value=ast.Subscript(value=ast.Name(id=table)) as other, attr="sum"), args=[]
            ):
                pass
            case _:
                continue
        match node.left:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant()) if name == table:
                yield node, _braced(f"({ast.unparse(node.left)} * {ast.unparse(other)}).sum()")
            case ast.Subscript(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="groupby"),
                    args=[ast.Constant(value=str() as group)],
                ),
                slice=ast.Constant(value=str() as column),
            ) if name == table:
                product = f"({table}[{column!r}] * {ast.unparse(other)})"
                yield node, _braced(f"{product}.groupby({table}[{group!r}]).sum()")


def _braced(text: str) -> str:
    """Text that ``str.format`` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")


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
