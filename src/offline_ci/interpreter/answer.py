"""What a request gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from offline_ci.errors import OfflineCIError
from offline_ci.llm.base import Completion, ModelInfo

AnswerStatus = Literal["ok", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One program that ran.

    Attributes:
        request: index of the request that it served, from 0.
        code: the program.
        status: ``ExecutionResult.status``.
        outputs: nbformat 4 outputs.
        elapsed_s: seconds that it ran.
    """

    request: int
    code: str
    status: str
    outputs: list[dict[str, Any]]
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that the session wrote.

    Attributes:
        path: on the host; relative to ``/mnt/data`` where no output folder was given.
        bytes: its size.
    """

    path: Path
    bytes: int


@dataclass(slots=True)
class Usage:
    """Tokens."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    def add(self, completion: Completion) -> None:
        """Count a completion."""
        self.prompt_tokens += completion.prompt_tokens
        self.cached_tokens += completion.cached_tokens
        self.completion_tokens += completion.completion_tokens


@dataclass(slots=True)
class Timings:
    """Seconds.

    Attributes:
        load_s: loading the model; 0 where it was loaded before.
        first_token_s: from the request to the model's first token, None where there was none.
        total_s: from the request to the answer.
    """

    load_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one request.

    Attributes:
        text: the answer; for a failure, an honest account of it.
        status: ``ok``, ``failed`` or ``interrupted``.
        turns: the programs that ran for this request, in order.
        files: what they wrote, where it is now.
        usage: tokens spent on this request.
        timings: seconds.
        model: which model answered.
        save_error: why some of the files could not be written; what is missing is still in the session.
    """

    text: str
    status: AnswerStatus
    turns: list[Turn]
    files: list[SavedFile]
    usage: Usage
    timings: Timings
    model: ModelInfo = field(repr=False)
    save_error: OfflineCIError | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of a session and its answer."""

    request: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class UserCell:
    """A program that the user ran in a session, without the model.

    Attributes:
        turn: the program and what came of it; its ``request`` is the index of the next request.
        files: what it wrote, where it is now.
        save_error: see ``Answer``.
    """

    turn: Turn
    files: list[SavedFile]
    save_error: OfflineCIError | None = None


Step = Exchange | UserCell
"""What a session consists of, in order."""


def turns_of(step: Step) -> list[Turn]:
    """The programs that ran in a step, in order."""
    return step.answer.turns if isinstance(step, Exchange) else [step.turn]


def files_of(step: Step) -> list[SavedFile]:
    """What a step wrote, where it is now."""
    return step.answer.files if isinstance(step, Exchange) else step.files
