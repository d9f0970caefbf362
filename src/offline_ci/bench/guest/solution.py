"""The side of the program that is judged: it is called with values, and what it gives goes back as a value.

It runs beside that program, which may do to it whatever it likes: that can only change what its own function gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from offline_ci.bench.guest.wire import dumps, loads

_MAX_TEXT = 500
_ask, _print = input, print


def main() -> Callable[[dict[str, Any], str, str, str, Sequence[str]], None]:
    """The function ``serve``, to be kept until there is a program."""
    return serve


def serve(namespace: dict[str, Any], name: str, mark: str, program: str, questions: Sequence[str]) -> None:
    """Run the program that is judged, then call its function as often as it is asked for.

    Args:
        namespace: where it runs.
        name: of the function.
        mark: stands before each line for the host: ``ready`` or ``missing``, then an answer for each question.
        program: its source.
        questions: that are known already.
    """
    exec(compile(program, "<solution>", "exec", dont_inherit=True), namespace)  # noqa: S102
    _print(f"\n{mark}{'ready' if callable(namespace.get(name)) else 'missing'}")
    for question in questions:
        _print(f"\n{mark}{call(namespace, name, question)}")
    while question := _ask():
        _print(f"\n{mark}{call(namespace, name, question)}")


def call(namespace: dict[str, Any], name: str, text: str) -> str:
    """Call a function with arguments; how it ended, its value or the classes of what it raised, and a text, as JSON."""
    args, kwargs = loads(text)
    try:
        value = dumps(namespace[name](*args, **kwargs))  # in here, where a generator does its work
        return dumps(("returned", value, ""))
    except Exception as error:  # noqa: BLE001 - a program may raise anything
        return dumps(("raised", [kind.__name__ for kind in type(error).__mro__], str(error)[:_MAX_TEXT]))
