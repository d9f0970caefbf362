"""A begun answer on servers that do not continue one.

Some servers continue a trailing message of the assistant (llama-server, vLLM when it is told to, Ollama, LM Studio);
some close it and begin another one (``llama_cpp.server``). The latter are asked in words to begin as they should, and
what they write is aligned: what comes out is what follows the beginning, whichever kind of server wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from offline_ci.llm.base import Message

_THOUGHT: Final = "<think>"
_THOUGHT_END: Final = "</think>"
_OPEN_FENCE: Final = re.compile(r"(?:^|\n)(`{3,})[^`\n]*\n\Z")
_FENCE_LINE: Final = re.compile(r"^[ \t]{0,3}`{3,}[^`\n]*\n", re.MULTILINE)
_LABELLED_FENCE: Final = re.compile(r"\s*`{3,}[ \t]*[\w{][^`\n]*\n")
_MAYBE_LABELLED_FENCE: Final = re.compile(r"\s*(?:`{1,2}|`{3,}(?:[ \t]*[\w{][^`\n]*|[ \t]*))?\Z")


def conversation_to_send(messages: Sequence[Message], prefill: str, *, continues: bool) -> list[Message]:
    """The messages that make a server go on from ``prefill``, as far as it can.

    Args:
        messages: the conversation.
        prefill: the beginning of the answer; empty for none.
        continues: whether the server continues a trailing message of the assistant.
    """
    if not prefill:
        return list(messages)
    if continues:
        return [*messages, Message("assistant", prefill)]
    wish = _wish(prefill)
    if messages and messages[-1].role == "user":
        return [*messages[:-1], Message("user", f"{messages[-1].content}\n\n{wish}")]
    return [*messages, Message("user", wish)]


def _wish(prefill: str) -> str:
    if fence := _OPEN_FENCE.search(prefill):
        return f"Reply with one block of Python code and nothing else. It begins with this line:\n{fence[0].strip()}"
    return f"Begin your reply with exactly this:\n{prefill.strip()}"


class Alignment:
    """Takes the text of a server piece by piece; gives what follows the beginning.

    What may still be a repeated beginning, or talk before the fence that was asked for, is held back. Thoughts that a
    reasoning model writes first (``<think>``) are left out.

    Args:
        prefill: the beginning of the answer; empty for none.
        continues: whether the server was to continue it.
    """

    def __init__(self, prefill: str, *, continues: bool) -> None:
        self._prefill = prefill
        self._continues = continues or not prefill
        self._has_open_fence = _OPEN_FENCE.search(prefill) is not None
        self._held = ""
        self._is_aligned = False
        self._may_think = not (continues and prefill)

    def feed(self, piece: str) -> str:
        """Take more text; returns what is certain to follow the beginning."""
        if self._is_aligned:
            return piece
        self._held += piece
        text = self._without_thoughts()
        start = None if text is None else self._start(text)
        if text is None or start is None:
            return ""
        self._is_aligned = True
        return self._joined(text[start:], was_repeated=start > 0)

    def finish(self) -> str:
        """No more will come: what was held back is the text, where it is no thought."""
        if self._is_aligned:
            return ""
        self._is_aligned = True
        is_thought = self._may_think and self._held.lstrip().startswith(_THOUGHT)
        text = (self._without_thoughts() or "") if is_thought else self._held
        return text if self._continues else self._joined(text.lstrip(), was_repeated=False)

    def _without_thoughts(self) -> str | None:
        """What is held back, without a thought at its beginning; None while that may still be one."""
        text = self._held.lstrip()
        if not self._may_think or not (text.startswith(_THOUGHT) or _THOUGHT.startswith(text)):
            return self._held
        return text.partition(_THOUGHT_END)[2].lstrip() or None

    def _start(self, text: str) -> int | None:
        """Where the text after the beginning starts; None while that is open."""
        if not self._prefill:
            return 0
        if self._has_open_fence:
            return _after_reopened_fence(text) if self._continues else _after_first_fence(text)
        return 0 if self._continues else self._after_repeated_words(text)

    def _after_repeated_words(self, text: str) -> int | None:
        """Past the beginning where it is repeated, whatever its white space."""
        wanted = "".join(self._prefill.split())
        n_found = 0
        for i, char in enumerate(text):
            if char.isspace():
                continue
            if char != wanted[n_found]:
                return 0
            n_found += 1
            if n_found == len(wanted):
                return i + 1
        return None

    def _joined(self, text: str, *, was_repeated: bool) -> str:
        """The text as it can follow the beginning: a new message has no space at its start."""
        is_new_message = not (self._continues or self._has_open_fence or was_repeated)
        needs_space = is_new_message and text[:1].strip() and self._prefill[-1:].strip()
        return f" {text}" if needs_space else text


def _after_reopened_fence(text: str) -> int | None:
    """Past a fence that is opened once more; an unlabelled one closes the one that is open."""
    if fence := _LABELLED_FENCE.match(text):
        return fence.end()
    return None if _MAYBE_LABELLED_FENCE.match(text) else 0


def _after_first_fence(text: str) -> int | None:
    fence = _FENCE_LINE.search(text)
    return fence.end() if fence else None
