"""What JSON cannot say of MBPP+: which lists of its inputs are tuples, sets or numbers.

Source: evalplus 0.3.1, ``evalplus/data/mbpp.py`` (``mbpp_deserialize_inputs``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

_Convert = Callable[[Any], Any]


def _deep(value: Any) -> Any:
    return tuple(map(_deep, value)) if isinstance(value, list) else value


def _tuples(value: list[Any]) -> list[Any]:
    return [tuple(item) for item in value]


def _tuple_of_tuples(value: list[Any]) -> tuple[Any, ...]:
    return tuple(map(tuple, value))


def _tuple_with_tuples(value: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(item) if isinstance(item, list) else item for item in value)


def _sets(value: list[Any]) -> list[Any]:
    return [set(item) if item else {} for item in value]


def _values_as_tuples(value: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(item) for key, item in value.items()}


def _same(value: Any) -> Any:
    return value


_ALL: Final[Iterable[tuple[_Convert, str]]] = (
    (tuple, "2 116 132 143 222 261 273 394 399 421 424 429 470 560 579 596 616 630 726 740 744 809"),
    (_tuples, "63 64 70 94 120 237 272 299 400 409 417 438 473 614 780"),
    (_tuple_of_tuples, "259 401 445"),
    (_tuple_with_tuples, "278"),
    (_deep, "580 615 791"),
    (_sets, "115"),
)
"""All arguments of these tasks are converted so."""
_SINGLE: Final[Iterable[tuple[tuple[_Convert, ...], str]]] = (
    ((_tuples,), "75 413 444 753"),
    ((_same, tuple), "106 750"),
    ((tuple,), "250 307 405 446 617 720 763 808"),
    ((_values_as_tuples,), "722"),
    ((float, complex), "124"),
    ((complex,), "252"),
)
"""The first arguments of these tasks are converted so, each in its own way."""
_EVERY: Final = {int(number): convert for convert, numbers in _ALL for number in numbers.split()}
_FIRST: Final = {int(number): converts for converts, numbers in _SINGLE for number in numbers.split()}


def convert_inputs(task_id: str, inputs: list[Any]) -> list[Any]:
    """The inputs of a task of MBPP+ as they were before they were written as JSON; of other suites as they are.

    Raises:
        ValueError: they are not of the task's form.
    """
    number = re.fullmatch(r"Mbpp/(\d+)", task_id)
    if number is None:
        return inputs
    every, first = _EVERY.get(int(number[1])), _FIRST.get(int(number[1]), ())
    try:
        if every is not None:
            return [[every(argument) for argument in arguments] for arguments in inputs]
        return [
            [
                *(convert(argument) for convert, argument in zip(first, arguments, strict=False)),
                *arguments[len(first) :],
            ]
            for arguments in inputs
        ]
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"its inputs are not those of {task_id}: {error}") from error
