"""Python's plain values as JSON and back: what goes between the program that is judged and the tests that judge it.

What cannot be sent as a value arrives as something that equals nothing, so that no method of a stranger's object ever
runs among the tests.
"""

from __future__ import annotations

import fractions
import json
from decimal import Decimal
from typing import Any

MAX_DEPTH = 200
MAX_ITEMS = 2_000_000
_SMALL = 1 << 53


class Opaque:
    """Stands for a value that could not be sent; equals nothing, not even itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.name}>"


class _TooMuchError(Exception):
    pass


def dumps(value: object) -> str:
    """A value as one line of JSON."""
    left = [MAX_ITEMS]
    try:
        return json.dumps(_encode(value, MAX_DEPTH, left))
    except (_TooMuchError, RecursionError, ValueError):
        return json.dumps({"o": f"{type(value).__name__} that is too large"})


def loads(text: str) -> Any:
    """What ``dumps`` made; ValueError where it is something else."""
    try:
        return _decode(json.loads(text))
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError, ArithmeticError) as error:
        raise ValueError(f"not a value: {error}") from None


def _encode(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth < 0 or left[0] < 0:
        raise _TooMuchError
    kind = type(value)
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        number = int(value)
        return number if -_SMALL < number < _SMALL else {"i": hex(number)}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)  # of a subclass, too, whatever it says of itself
    if isinstance(value, dict):
        return {"d": [[_encode(k, depth - 1, left), _encode(v, depth - 1, left)] for k, v in dict.items(value)]}
    collections: tuple[tuple[str, Any], ...] = (("l", list), ("t", tuple), ("s", set), ("z", frozenset))
    for letter, kinds in collections:
        if isinstance(value, kinds):
            return {letter: [_encode(item, depth - 1, left) for item in kinds.__iter__(value)]}
    if isinstance(value, bytes | bytearray):
        return {"b": bytes(value).hex()}
    if isinstance(value, complex):
        return {"c": [value.real, value.imag]}
    if isinstance(value, fractions.Fraction):
        return {"q": [hex(value.numerator), hex(value.denominator)]}
    if isinstance(value, Decimal):
        return {"m": str(value)}
    if kind.__name__ in _ITERATORS and kind.__module__ == "builtins":
        return {"g": [_encode(item, depth - 1, left) for item in value]}
    return {"o": str(kind.__name__)}


_ITERATORS = {
    "generator", "map", "filter", "zip", "enumerate", "reversed", "list_iterator", "tuple_iterator", "str_iterator",
    "str_ascii_iterator", "set_iterator", "dict_keyiterator", "dict_valueiterator", "dict_itemiterator",
    "range_iterator", "list_reverseiterator",
}  # fmt: skip


def _decode(node: Any) -> Any:
    if node is None or isinstance(node, bool | int | float | str):
        return node
    (letter, inside), *more = node.items()
    if more:
        raise KeyError("two letters")
    match letter:
        case "l":
            return [_decode(item) for item in inside]
        case "t":
            return tuple(_decode(item) for item in inside)
        case "s":
            return {_decode(item) for item in inside}
        case "z":
            return frozenset(_decode(item) for item in inside)
        case "d":
            return {_decode(key): _decode(value) for key, value in inside}
        case "i":
            return int(inside, 16)
        case "b":
            return bytes.fromhex(inside)
        case "c":
            return complex(float(inside[0]), float(inside[1]))
        case "q":
            return fractions.Fraction(int(inside[0], 16), int(inside[1], 16))
        case "m":
            return Decimal(inside)
        case "g":
            return iter([_decode(item) for item in inside])
        case "o":
            return Opaque(str(inside))
    raise KeyError(letter)
