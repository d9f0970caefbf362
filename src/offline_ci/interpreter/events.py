"""What the interpreter tells while it works, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offline_ci.sandbox.result import ExecutionResult


@dataclass(frozen=True, slots=True)
class RequestStarted:
    """A request is taken up; ``index`` counts from 0."""

    index: int
    request: str


@dataclass(frozen=True, slots=True)
class CodeText:
    """More of the code that the model is writing."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeFinished:
    """The block is complete and about to run."""

    code: str


@dataclass(frozen=True, slots=True)
class CodeDropped:
    """What was written does not run; the model writes another program. ``reason`` is one short sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class CellOutput:
    """An nbformat 4 output of the running cell."""

    output: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellFinished:
    """The cell ended."""

    result: ExecutionResult


@dataclass(frozen=True, slots=True)
class AnswerText:
    """More of the answer that the model is writing."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerDropped:
    """What was written is not the answer; another one follows. ``reason`` is one short sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class RequestFinished:
    """The request is answered, or given up."""

    status: str
    answer: str


Event = (
    RequestStarted
    | CodeText
    | CodeFinished
    | CodeDropped
    | CellOutput
    | CellFinished
    | AnswerText
    | AnswerDropped
    | RequestFinished
)
OnEvent = Callable[[Event], None]
