"""EvalPlus's way of judging: what a function gives is compared with what the reference gives, for many inputs.

Source: evalplus 0.3.1, ``evalplus/eval/__init__.py`` (``unsafe_execute``) and ``_special_oracle.py``.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

_SETS = {
    "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
    "intersection_array", "find_dissimilar", "Diff",
}  # fmt: skip
"""Functions of MBPP+ whose results are compared as sets."""
_NOT_NONE = {"check_str", "text_match_three", "text_starta_endb"}
"""Functions of MBPP+ that give a truth value, or something for true and None for false."""


def check_all(
    name: str,
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    inputs: Sequence[Sequence[Any]],
    atol: float,
) -> None:
    """Raise AssertionError where a function is wrong.

    Args:
        name: of the function: some have more than one right result.
        candidate: it.
        reference: a right one.
        inputs: arguments of each call.
        atol: floats may differ by so much; 0: by 1e-6 where all is floats.
    """
    for arguments in inputs:
        expected = reference(*copy.deepcopy(arguments))
        out = candidate(*copy.deepcopy(arguments))
        assert is_right(name, arguments, out, expected, atol), (arguments, out, expected)  # noqa: S101 - the verdict


def is_right(name: str, arguments: Sequence[Any], out: Any, expected: Any, atol: float) -> bool:
    """Whether a result will do."""
    if name == "find_zero":  # HumanEval/32; of one input even the reference's result misses by rounding of ``math.pow``
        return bool(out == expected) or abs(_polynomial(arguments[0], out)) <= (atol or 1e-4)
    if name in _SETS:
        return set(out) == set(expected)
    if name in _NOT_NONE:
        return (out if isinstance(out, bool) else out is not None) == (expected is not None and expected is not False)
    if out == expected or (name in _ALSO and _ALSO[name](arguments, out, atol)):
        return True
    if atol == 0 and _is_floats(expected):
        atol = 1e-6
    return atol != 0 and type(out) is type(expected) and _is_close(out, expected, atol)


def _is_floats(value: Any) -> bool:
    return isinstance(value, float) or (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(item, float) for item in value)
    )


def _is_close(out: Any, expected: Any, atol: float) -> bool:
    if isinstance(expected, list | tuple):
        return len(out) == len(expected) and all(map(_is_close, out, expected, [atol] * len(out)))
    try:
        if math.isnan(expected) or math.isnan(out):
            return math.isnan(expected) and math.isnan(out)
        return bool(out == expected or abs(out - expected) <= atol + 1e-7 * abs(expected))
    except TypeError:
        return False


def _polynomial(coefficients: Sequence[float], x: float) -> float:
    return sum(coefficient * math.pow(x, i) for i, coefficient in enumerate(coefficients))


def _pyramid(arguments: Sequence[Any], out: Any, atol: float) -> bool:
    """The surface of a square pyramid whose height is the perpendicular one."""
    base, height = arguments
    surface = base**2 + 2 * base * math.sqrt((base / 2) ** 2 + height**2)
    return bool(abs(out - round(surface)) <= atol)


def _digits(arguments: Sequence[Any], out: Any, _atol: float) -> bool:
    """The distance of the digits of numbers of unequal length."""
    texts = [str(number) for number in arguments]
    width = max(map(len, texts))
    pairs = zip(*(text.zfill(width) for text in texts), strict=True)
    return bool(out == sum(abs(int(a) - int(b)) for a, b in pairs))


_ALSO: dict[str, Callable[[Sequence[Any], Any, float], bool]] = {
    "are_equivalent": lambda _arguments, _out, _atol: True,
    "sum_div": lambda _arguments, out, _atol: bool(out == 0),
    "surface_Area": _pyramid,
    "digit_distance_nums": _digits,
}
"""What is right besides the reference's result, for tasks of MBPP+ that can be understood in two ways."""
