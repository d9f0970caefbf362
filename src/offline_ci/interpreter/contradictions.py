"""What a program says of itself and does not do: wrong whatever the request is.

A chart that is saved under the name of another, and a rate that is upside down (``miles_per_gallon = litres / miles``).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import Final

from offline_ci.interpreter.extract import syntax_tree

_RATE: Final = re.compile(r"([a-z]+)_per_(?:[a-z]+_)?([a-z]+)", re.IGNORECASE)
_FIGURES: Final = frozenset({"figure", "subplots"})


def find_contradiction(code: str) -> str | None:
    """What is wrong with a program, in a sentence for the model; None where nothing is.

    Args:
        code: the program.
    """
    tree = syntax_tree(code)
    if tree is None:
        return None
    return _overwritten_chart(tree) or _inverted_rate(tree)


def _overwritten_chart(tree: ast.Module) -> str | None:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    figures = [call for call in calls if _name(call) in _FIGURES]
    saved = Counter(
        str(call.args[0].value)
        for call in calls
        if _name(call) == "savefig" and call.args and isinstance(call.args[0], ast.Constant)
    )
    name, times = saved.most_common(1)[0] if saved else ("", 0)
    if times < 2 or len(figures) < 2:
        return None
    return (
        f"{name} is saved {times} times, so the last chart replaces the others. For one picture with "
        f"{times} charts make one figure: fig, axes = plt.subplots(1, {times}, figsize=({5 * times}, 5)); "
        f"draw on axes[0] to axes[{times - 1}]; fig.savefig({name!r}) once, at the end."
    )


def _inverted_rate(tree: ast.Module) -> str | None:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=left, op=ast.Div(), right=right)):
                pass
            case _:
                continue
        rate = _RATE.fullmatch(name)
        if rate is None:
            continue
        above, below = (word.lower().rstrip("s") for word in rate.groups())
        if _mentions(right, above) and not _mentions(left, above) and not _mentions(right, below):
            return f"{name} is the {rate[1]} divided by the {rate[2]}s, not {ast.unparse(node.value)}."
    return None


def _mentions(node: ast.expr, word: str) -> bool:
    names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    return any(word in name.lower() for name in names)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""
