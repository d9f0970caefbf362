"""A request, how it is worked on, what comes of it, and the model that writes for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from offline_ci.interpreter.answer import AnswerStatus, Turn, Usage
from offline_ci.interpreter.consistency import Selection
from offline_ci.interpreter.conversation import Conversation
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.llm.base import CodeModel, Completion, GenerationParams, Message
from offline_ci.sandbox.result import ExecutionResult


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How a request is worked on.

    Attributes:
        max_turns: programs that the model may write.
        temperature: of the first try.
        seed: fixes sampling.
        max_program_tokens: longest program.
    """

    max_turns: int = 6
    temperature: float = 0.0
    seed: int | None = None
    max_program_tokens: int = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and what has been told about it.

    Attributes:
        index: of the request in its session.
        text: the user's words.
        facts: files attached to it.
        earlier: names of the session's other files.
        recipes: lines that were shown because they may help.
        false_premises: what it names that is not there, one sentence each.
        written_before: files that the request before wrote.
        selection: the rows that it chose, where this one speaks of them.
    """

    index: int
    text: str
    facts: Sequence[FileFacts] = ()
    earlier: Sequence[str] = ()
    recipes: Sequence[str] = ()
    false_premises: Sequence[str] = ()
    written_before: Sequence[str] = ()
    selection: Selection | None = None


@dataclass(slots=True)
class Outcome:
    """What a request came to; filled while it is worked on, so an interruption loses nothing."""

    status: AnswerStatus = "interrupted"
    text: str = ""
    turns: list[Turn] = field(default_factory=list)
    results: list[ExecutionResult] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    first_token_at: float | None = None


class InterruptedRequest(Exception):  # noqa: N818 - control flow of the loop
    """The user wants the request to end."""


class Writer:
    """The model, with an account of what it has written.

    Args:
        model: writes.
        conversation: the session's messages.
        outcome: of the request, where tokens and the first one's time are noted.
        interrupted: whether the user has asked to stop.
    """

    def __init__(
        self, model: CodeModel, conversation: Conversation, outcome: Outcome, interrupted: Callable[[], bool]
    ) -> None:
        self._model = model
        self._conversation = conversation
        self._outcome = outcome
        self._interrupted = interrupted

    def check(self) -> None:
        """Raise ``InterruptedRequest`` where the user has asked to stop."""
        if self._interrupted():
            raise InterruptedRequest

    def generate(
        self,
        params: GenerationParams,
        prefill: str,
        on_text: Callable[[str], None],
        said: Sequence[Message] | None = None,
    ) -> Completion:
        """Have the model go on with the conversation, or with other messages.

        Args:
            params: see ``CodeModel.generate``.
            prefill: the beginning of its message.
            on_text: told what it writes.
            said: in the conversation's place.

        Raises:
            InterruptedRequest: the user has asked to stop.
            PromptTooLongError: the messages do not fit.
        """

        def first(text: str) -> None:
            if self._outcome.first_token_at is None:
                self._outcome.first_token_at = time.perf_counter()
            on_text(text)

        self.check()
        messages = said or self._conversation.messages(reserve_tokens=params.max_tokens)
        completion = self._model.generate(messages, params, prefill=prefill, on_text=first)
        self._outcome.usage.add(completion)
        if completion.finish_reason == "interrupted":
            raise InterruptedRequest
        self.check()
        return completion
