"""The side of the program that is judged: it is called with values, and what it gives goes back as a value.

It runs beside that program, which may do to it whatever it likes: that can only change what its own function gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offline_ci.bench.guest.wire import dumps, loads

_MAX_TEXT = 500


def main() -> Callable[[dict[str, Any], str, str], str]:
    """The function ``call``, to be kept by whoever calls often."""
    return call


def call(namespace: dict[str, Any], name: str, text: str) -> str:
    """Call a function with arguments; how it ended, its value or the classes of what it raised, and a text, as JSON."""
    args, kwargs = loads(text)
    try:
        value = dumps(namespace[name](*args, **kwargs))  # in here, where a generator does its work
        return dumps(("returned", value, ""))
    except Exception as error:  # noqa: BLE001 - a program may raise anything
        return dumps(("raised", [kind.__name__ for kind in type(error).__mro__], str(error)[:_MAX_TEXT]))
