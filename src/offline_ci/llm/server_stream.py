"""Server-sent events of a chat completion → pieces of text, and what they cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_DATA: Final = "data:"
_ERROR: Final = "error:"
_DONE: Final = "[DONE]"


@dataclass(slots=True)
class Account:
    """What a server says of a completion; filled while its events are read.

    Attributes:
        prompt_tokens: of the prompt; None where it does not say.
        cached_tokens: those of them that needed no evaluation.
        completion_tokens: written so far; None where it does not say.
        n_pieces: pieces of text so far. Most servers send one a token.
        n_chars: characters of them.
        finish_reason: why it ended; empty while it has not.
        is_done: the stream came to its proper end.
    """

    prompt_tokens: int | None = None
    cached_tokens: int = 0
    completion_tokens: int | None = None
    n_pieces: int = 0
    n_chars: int = 0
    finish_reason: str = ""
    is_done: bool = False

    def take(self, event: dict[str, Any]) -> str:
        """Note what an event tells; returns its text."""
        self._take_usage(event.get("usage"))
        self._take_timings(event.get("timings"))
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        if isinstance(reason := choice.get("finish_reason"), str):
            self.finish_reason = reason
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else None
        if not isinstance(text, str) or not text:
            return ""
        self.n_pieces += 1
        self.n_chars += len(text)
        return text

    def _take_usage(self, usage: Any) -> None:
        if not isinstance(usage, dict):
            return
        self.prompt_tokens = count(usage.get("prompt_tokens"), self.prompt_tokens)
        self.completion_tokens = count(usage.get("completion_tokens"), self.completion_tokens)
        details = usage.get("prompt_tokens_details")
        if isinstance(details, dict):
            self.cached_tokens = count(details.get("cached_tokens"), None) or 0

    def _take_timings(self, timings: Any) -> None:
        """llama-server's own, which come with every token: a completion that is ended early has no usage."""
        if not isinstance(timings, dict):
            return
        cached, read = count(timings.get("cache_n"), None), count(timings.get("prompt_n"), None)
        if cached is not None and read is not None:
            self.cached_tokens, self.prompt_tokens = cached, cached + read
        self.completion_tokens = count(timings.get("predicted_n"), self.completion_tokens)


def count(value: Any, other: int | None) -> int | None:
    """A number of tokens from elsewhere, or the other one where it is none."""
    return value if type(value) is int and value >= 0 else other


def read_events(lines: Iterable[str], account: Account, refuse: Callable[[Any], Exception]) -> Iterator[str]:
    """The text of a stream, piece by piece; ends where the stream does.

    Args:
        lines: of the stream.
        account: is told what the events tell.
        refuse: the error for what a server says instead of text.

    Raises:
        Exception: what ``refuse`` makes of an event that is an error, or no JSON.
    """
    for line in lines:
        if line.startswith(_ERROR):
            raise refuse(_parsed(line.removeprefix(_ERROR)))
        if not line.startswith(_DATA):
            continue
        data = line.removeprefix(_DATA).strip()
        if data == _DONE:
            account.is_done = True
            return
        event = _parsed(data)
        if not isinstance(event, dict) or event.get("error"):
            raise refuse(event)
        if text := account.take(event):
            yield text
    account.is_done = bool(account.finish_reason)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
