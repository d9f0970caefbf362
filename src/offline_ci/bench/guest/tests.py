"""The side of the tests: the function that is judged is a stranger far away, whose results come as plain values."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from typing import Any

from offline_ci.bench.guest.wire import dumps, loads

_MAX_TEXT = 1000


class Stopped(BaseException):
    """The program that is judged ran out of time or memory, or ended itself: no test can go on."""


def main() -> Callable[[str], None]:
    """The function ``serve``."""
    return serve


def serve(mark: str) -> None:
    """Check one function after another.

    Args:
        mark: stands before each line for the host: that a test asks, has passed or failed.
    """

    def say(*what: object) -> None:
        print(f"\n{mark}{json.dumps(what)}")  # noqa: T201 - the way to the host

    while job := input():
        try:
            check(say, *json.loads(job))
        except (Exception, Stopped, SystemExit) as error:  # noqa: BLE001 - of tests that may be anybody's
            say("failed", type(error).__name__, str(error)[:_MAX_TEXT])
        else:
            say("passed")


def check(say: Callable[..., None], name: str, setup: str, test: str) -> None:
    """Run a task's tests.

    Args:
        say: tells the host something.
        name: of the function that is judged.
        setup: what the task itself defines.
        test: defines ``check``.
    """
    namespace: dict[str, Any] = {"__name__": "tests", "__builtins__": builtins}
    for source in (setup, test):
        exec(compile(source, "<tests>", "exec", dont_inherit=True), namespace)  # noqa: S102
    run = namespace["check"]  # now: a function that is judged may be called so
    function = namespace[name] = candidate(say)
    run(function)


def candidate(say: Callable[..., None]) -> Callable[..., Any]:
    """The function that is judged.

    Args:
        say: passes a question on: how many answers were used before, and the arguments. The host may answer the next
            questions too.
    """
    known: list[str] = []
    n_used = 0

    def ask(*args: object, **kwargs: object) -> Any:
        nonlocal n_used
        question = dumps((list(args), kwargs))
        if not (known and known[0] == question):
            say("asks", n_used, question)
            known[:] = json.loads(input())
        answer = known[1]
        del known[:2]
        n_used += 1
        ended, value, text = loads(answer)
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
