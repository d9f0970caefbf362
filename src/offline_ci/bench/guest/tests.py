"""The side of the tests: the function that is judged is a stranger far away, whose results come as plain values."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from offline_ci.bench.guest.wire import dumps, loads


class Stopped(BaseException):
    """The program that is judged ran out of time or memory, or ended itself: no test can go on."""


def candidate(mark: str) -> Callable[..., Any]:
    """The function that is judged.

    Args:
        mark: stands before each question to the host, which passes it on.
    """

    def ask(*args: object, **kwargs: object) -> Any:
        ended, value, text = loads(input(f"{mark}{dumps((list(args), kwargs))}\n"))
        if ended == "returned":
            return loads(value)
        if ended == "raised":
            raise _exception(value)(text)
        raise Stopped(value)

    return ask


def _exception(names: list[str]) -> type[Exception]:
    """The nearest class that Python itself has."""
    for name in names:
        found = getattr(builtins, name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return Exception


def main(mark: str, name: str, setup: str, test: str) -> None:
    """Run a task's tests.

    Args:
        mark: see ``candidate``.
        name: of the function that is judged.
        setup: what the task itself defines.
        test: defines ``check``.
    """
    namespace: dict[str, Any] = {"__name__": "tests", "__builtins__": builtins}
    exec(setup, namespace)  # noqa: S102
    exec(test, namespace)  # noqa: S102
    function = namespace[name] = candidate(mark)
    namespace["check"](function)
