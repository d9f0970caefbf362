"""The messages so far, kept within the context window.

What is dropped first costs least: old outputs, then old programs, then whole old requests. The current request always
stays. A message that was once shortened stays short, so that the model's cache of the beginning stays valid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from offline_ci.errors import PromptTooLongError
from offline_ci.llm.base import Message, Role

Count = Callable[[Sequence[Message]], int]

_DROPPED_OUTPUT = "(The output is left out here.)"
_DROPPED_PROGRAM = "(An earlier program is left out here.)"


@dataclass(slots=True)
class _Entry:
    role: Role
    content: str
    short: str | None
    request: int


@dataclass(frozen=True, slots=True)
class ConversationMark:
    """What a conversation held at one moment."""

    entries: tuple[_Entry, ...]
    request: int


class Conversation:
    """Messages of one session.

    Args:
        system: the system message.
        n_ctx: context window, tokens.
        count: counts the tokens of messages.
    """

    def __init__(self, system: str, *, n_ctx: int, count: Count) -> None:
        self._system = Message("system", system)
        self._entries: list[_Entry] = []
        self._n_ctx = n_ctx
        self._count = count
        self._request = -1
        self._note = ""

    def add_request(self, content: str, *, short: str) -> None:
        """A new request begins; ``short`` is its form without the files' descriptions."""
        self._request += 1
        self._note = ""
        self._entries.append(_Entry("user", content, short, self._request))

    def add_feedback(self, content: str) -> None:
        """What came of a program."""
        self._entries.append(_Entry("user", content, _DROPPED_OUTPUT, self._request))

    def add_program(self, content: str) -> None:
        """A program that the model wrote, fenced."""
        self._entries.append(_Entry("assistant", content, _DROPPED_PROGRAM, self._request))

    def add_answer(self, content: str) -> None:
        """The answer to a request."""
        self._entries.append(_Entry("assistant", content, None, self._request))

    def restart_request(self, note: str = "") -> None:
        """Forget all that came after the current request, and add a note to it in place of an earlier one."""
        first = next(i for i, entry in enumerate(self._entries) if entry.request == self._request)
        request = self._entries[first]
        if self._note:
            request.content = request.content.removesuffix(self._note)
        self._note = f"\n\n{note}" if note else ""
        request.content += self._note
        del self._entries[first + 1 :]

    def mark(self) -> ConversationMark:
        """This moment, between two requests, for ``restore``."""
        return ConversationMark(tuple(map(replace, self._entries)), self._request)

    def restore(self, mark: ConversationMark) -> None:
        """Forget all that was said since."""
        self._entries = list(map(replace, mark.entries))
        self._request = mark.request

    def resize(self, *, n_ctx: int, count: Count) -> None:
        """Go on in the context window of another model; see the class."""
        self._n_ctx = n_ctx
        self._count = count

    def messages(self, reserve_tokens: int) -> list[Message]:
        """The conversation, shortened so that ``reserve_tokens`` more fit.

        Raises:
            PromptTooLongError: even the shortest form does not fit.
        """
        while True:
            messages = [self._system, *(Message(entry.role, _clean(entry.content)) for entry in self._entries)]
            n_tokens = self._count(messages)
            if n_tokens + reserve_tokens <= self._n_ctx:
                return messages
            if not self._shorten():
                raise PromptTooLongError(
                    f"The request takes {n_tokens} tokens; with {reserve_tokens} for the program it does not fit the "
                    f"model's context of {self._n_ctx}.",
                    n_tokens=n_tokens,
                    n_ctx=self._n_ctx,
                    hint="Shorten the request, put the text into a file (-f FILE), or raise --n-ctx.",
                )

    def _shorten(self) -> bool:
        """Make the cheapest cut; False where none is left."""
        for role in ("user", "assistant"):
            # The last two messages are what the model is answering.
            for entry in self._entries[:-2]:
                if entry.role == role and entry.short is not None and not self._is_request(entry):
                    entry.content, entry.short = entry.short, None
                    return True
        if self._entries and self._entries[0].request < self._request:
            oldest = self._entries[0].request
            self._entries = [entry for entry in self._entries if entry.request != oldest]
            return True
        for entry in self._entries:
            if entry.short is not None and len(entry.short) < len(entry.content):
                entry.content, entry.short = entry.short, None
                return True
        return False

    def _is_request(self, entry: _Entry) -> bool:
        return entry.role == "user" and entry is next(e for e in self._entries if e.request == entry.request)


def _clean(text: str) -> str:
    """Text without lone surrogates, which come from odd file names and arguments and have no tokens."""
    return text.encode("utf-8", "replace").decode("utf-8")
