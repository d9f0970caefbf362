"""What a worker's messages hold. A worker may have been broken out of, so each value is what it must be or refused.

Role: JSON values in, dataclasses out. ``ValueError`` says what is wrong; ``conversation`` makes it the worker's crash.
"""

from __future__ import annotations

import math
from typing import Any, get_args

from offline_ci import errors
from offline_ci.emscripten.strict_json import check, depth_is_at_most, fields, integer, typed
from offline_ci.errors import OfflineCIError
from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit, Output, Status

MAX_OUTPUT_DEPTH = 64
"""Levels of a displayed object's JSON; a deeper one is left out, since readers of notebooks recurse."""
EXIT_CODES = range(-(1 << 31), 1 << 32)
"""As C's ``exit`` and as a 32-bit register give them."""
_STATUSES = frozenset(get_args(Status))
_STREAM = ("output_type", "name", "text")
_ERROR = ("ename", "evalue", "traceback")
_DISPLAY = ("output_type", "data", "metadata")
_MAX_PID = (1 << 31) - 1


def read_start(reply: dict[str, Any]) -> tuple[float, list[str]]:
    """Of a worker that started: seconds that its guest took, and the walls around it."""
    return _number(reply.get("start_s"), "the time of the start"), _texts(reply.get("walls"), "a wall")


def read_pid(reply: dict[str, Any]) -> int:
    """Of a fork: the number that the worker says the new process has."""
    return integer(reply.get("pid"), "the number of a process", 2, _MAX_PID)


def read_files(reply: dict[str, Any]) -> list[GuestFile]:
    """A list of the guest's files."""
    return _files(reply.get("files"))


def read_result(reply: dict[str, Any]) -> ExecutionResult:
    """The outcome of a cell."""
    d = fields(reply.get("result"), "the result", ExecutionResult.__slots__)
    check(typed(d["status"], str, "the status") in _STATUSES, f"the status is {d['status']!r:.40}")
    return ExecutionResult(
        status=d["status"],
        stdout=typed(d["stdout"], str, "stdout"),
        stderr=typed(d["stderr"], str, "stderr"),
        result=None if d["result"] is None else typed(d["result"], str, "the value"),
        error=None if d["error"] is None else _error(d["error"]),
        outputs=[read_output(output) for output in typed(d["outputs"], list, "the outputs")],
        files=_files(d["files"]),
        limit=None if d["limit"] is None else _limit(d["limit"]),
        exit_code=None if d["exit_code"] is None else _exit_code(d["exit_code"]),
        rolled_back=typed(d["rolled_back"], bool, "rolled_back"),
        state_lost=typed(d["state_lost"], bool, "state_lost"),
        elapsed_s=_number(d["elapsed_s"], "the time"),
    )


def read_output(value: object) -> Output:
    """An output in nbformat 4, with the fields of its kind and no others."""
    kind = typed(value, dict, "an output").get("output_type")
    if kind == "stream":
        output = fields(value, "a stream", _STREAM)
        check(typed(output["name"], str, "a name") in {"stdout", "stderr"}, "a stream is of an unknown name")
        typed(output["text"], str, "the text of a stream")
    elif kind == "error":
        output = fields(value, "an error", ("output_type", *_ERROR))
        _error({name: output[name] for name in _ERROR})
    else:
        check(typed(kind, str, "a kind") in {"display_data", "execute_result"}, "an output is of an unknown kind")
        is_result = kind == "execute_result"
        output = fields(value, "an output", (*_DISPLAY, "execution_count") if is_result else _DISPLAY)
        check(output.get("execution_count") is None, "an output has a number")
        for name in ("data", "metadata"):
            typed(output[name], dict, name)
            # One level for the object itself, whose members are judged one by one where they are made.
            check(depth_is_at_most(output[name], MAX_OUTPUT_DEPTH + 1), f"{name} is nested too deeply")
    return output


def read_refusal(reply: dict[str, Any]) -> OfflineCIError:
    """The error of ours that a request ended in."""
    message, hint = typed(reply.get("message"), str, "a message"), reply.get("hint")
    found = getattr(errors, typed(reply["failed"], str, "the kind of an error"), None)
    cls = OfflineCIError
    # One that takes more than a message is none that a sandbox raises.
    if isinstance(found, type) and issubclass(found, cls) and found.__init__ is cls.__init__:
        cls = found
    return cls(message, hint=None if hint is None else typed(hint, str, "a hint"))


def _files(value: object) -> list[GuestFile]:
    found = []
    for item in typed(value, list, "the files"):
        d = fields(item, "a file", GuestFile.__slots__)
        path = typed(d["path"], str, "the path of a file")
        check(not {"", ".", ".."} & set(path.split("/")) and "\0" not in path, f"a file has the path {path!r:.80}")
        found.append(GuestFile(path, integer(d["bytes"], "the size of a file")))
    return found


def _error(value: object) -> GuestError:
    d = fields(value, "an error", GuestError.__slots__)
    traceback = _texts(d["traceback"], "a line of a traceback")
    return GuestError(typed(d["ename"], str, "ename"), typed(d["evalue"], str, "evalue"), traceback)


def _limit(value: object) -> LimitHit:
    d = fields(value, "a limit", LimitHit.__slots__)
    return LimitHit(typed(d["name"], str, "a limit's name"), _number(d["limit"], "a limit"), _number(d["used"], "use"))


def _exit_code(value: object) -> int:
    return integer(value, "the exit code", EXIT_CODES.start, EXIT_CODES.stop - 1)


def _texts(value: object, where: str) -> list[str]:
    return [typed(item, str, where) for item in typed(value, list, where)]


def _number(value: object, where: str) -> float:
    """An int stays one: byte counts are shown without a decimal point."""
    check(type(value) in {int, float}, f"{where} is {type(value).__name__} instead of a number")
    assert isinstance(value, (int, float))  # noqa: S101 - for the type checker
    check(math.isfinite(value) and value >= 0, f"{where} is {value!r:.40}")
    return value
