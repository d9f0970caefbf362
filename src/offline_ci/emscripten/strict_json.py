"""Reading JSON documents that may be damaged: each value is what it must be, or a ``ValueError`` names it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

T = TypeVar("T")

MAX_INT = (1 << 63) - 1


def check(condition: object, what: str) -> None:
    """Refuse the document unless the condition holds.

    Raises:
        ValueError: ``what`` is wrong.
    """
    if not condition:
        raise ValueError(what)


def typed(value: object, kind: type[T], where: str) -> T:
    """The value, if it is of exactly this type (a bool is no int); ValueError."""
    if type(value) is not kind:
        raise ValueError(f"{where} is {type(value).__name__} instead of {kind.__name__}")
    return value


def fields(value: object, where: str, names: Collection[str]) -> dict[str, Any]:
    """The object, if it has these fields and no others; ValueError."""
    document = typed(value, dict, where)
    if document.keys() != set(names):
        raise ValueError(f"{where} has the fields {sorted(map(str, document))} instead of {sorted(names)}")
    return document


def integer(value: object, where: str, low: int = 0, high: int = MAX_INT) -> int:
    """The value, if it is an integer from ``low`` to ``high``; ValueError."""
    number = typed(value, int, where)
    if not low <= number <= high:
        raise ValueError(f"{where} is {number}, not from {low} to {high}")
    return number


def integers(value: object, where: str, high: int = MAX_INT) -> list[int]:
    """A list of integers from 0 to ``high``; ValueError."""
    return [integer(item, where, 0, high) for item in typed(value, list, where)]


def unique(keys: Collection[object], where: str) -> None:
    """Refuse a key that comes twice; ValueError."""
    check(len(set(keys)) == len(keys), f"{where} comes twice")


def depth_is_at_most(document: object, levels: int) -> bool:
    """Whether lists and objects lie in each other that many times at most; without recursion."""
    level = [document]
    for _ in range(levels):
        level = [
            item
            for value in level
            if isinstance(value, (dict, list))
            for item in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return True
    return not any(isinstance(value, (dict, list)) for value in level)
