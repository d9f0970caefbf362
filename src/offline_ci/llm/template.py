"""Conversation → prompt, by the chat template that came with the model.

Two promises. *The template cannot hurt*: it is rendered in a process with limits (``_template_child.py``). *The
conversation cannot forge the template*: contents never go through the template; it sees a placeholder for each, and
the result says which characters are the template's own (``Span.control``), so that only those may become control
tokens. ``<|im_end|>`` in a user's CSV stays eleven harmless characters.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_ci.errors import ModelError
from offline_ci.llm.base import Message

_CHILD: Final = Path(__file__).with_name("_template_child.py")
_MAX_TEMPLATE: Final = 1 << 17
_MAX_REPLY_BYTES: Final = 8 << 20
_TIMEOUT_S: Final = 10.0
_MAX_EDGE: Final = 256
_PLACEHOLDER: Final = re.compile(r"OfflineCiContent(\d{1,6})End")
_PROBE: Final = (
    Message("system", "system"),
    Message("user", "question"),
    Message("assistant", "answer"),
    Message("user", "question"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a prompt.

    Attributes:
        text: its characters.
        control: they are the template's own, so that names of control tokens in them mean these tokens.
    """

    text: str
    control: bool


class TemplateError(Exception):
    """A template could not be rendered; the text says why."""


Render = Callable[[Sequence[Message]], str]
"""Writes a conversation whose contents are placeholders."""


class ChatTemplate:
    """A model's way to write a conversation. Close it after use.

    Args:
        source: the Jinja template of the GGUF, or None.
        bos: text of the begin-of-sequence token.
        eos: text of the end-of-sequence token.
        process: one that has been started for it; closed with it.

    Attributes:
        warning: why the model's own template is not used, or None where it is.
    """

    def __init__(
        self, source: str | None, *, bos: str = "", eos: str = "", process: TemplateProcess | None = None
    ) -> None:
        self._child = process
        self._merge_system = False
        self.warning = self._adopt(source, bos, eos)

    @property
    def merges_system(self) -> bool:
        """Whether the template knows no system messages, so that they open the first user message."""
        return self._merge_system

    def _adopt(self, source: str | None, bos: str, eos: str) -> str | None:
        if not source:
            self.close()
            return "It has no chat template, so the common ChatML format is used; its answers may suffer."
        try:
            if self._child is None:
                self._child = TemplateProcess()
            self._child.load(source, bos, eos)
            self._settle_system_role()
        except TemplateError as error:
            self.close()
            self._merge_system = False
            return f"Its chat template cannot be used ({error}); the common ChatML format stands in for it."
        except BaseException:  # Ctrl-C: nobody has this object yet that could close it
            self.close()
            raise
        return None

    def _settle_system_role(self) -> None:
        """Some templates have no system role: find out once."""
        try:
            self._spans(_PROBE)
        except TemplateError as first:
            self._merge_system = True
            try:
                self._spans(_PROBE)
            except TemplateError:
                raise first from None

    def spans(self, messages: Sequence[Message], prefill: str = "") -> list[Span]:
        """The prompt in which the assistant has begun to write ``prefill``.

        Raises:
            ModelError: the template refuses the conversation, for example because two messages of one role follow
                each other; the message carries its words.
        """
        try:
            spans = self._spans(messages)
        except TemplateError as error:
            raise ModelError(
                f"The model's chat template does not accept this conversation: {error}.",
                hint="Begin with a user's message and let user and assistant take turns, or use another model.",
            ) from error
        return [*spans, Span(prefill, control=False)] if prefill else spans

    def _spans(self, messages: Sequence[Message]) -> list[Span]:
        if self._merge_system:
            messages = _system_into_user(messages)
        cores: list[str] = []
        masked: list[Message] = []
        for index, message in enumerate(messages):
            lead, core, trail = _edges(message.content)
            cores.append(core)
            masked.append(Message(message.role, f"{lead}OfflineCiContent{index}End{trail}"))
        text = self._child.render(masked) if self._child else _chatml(masked)
        pieces = _PLACEHOLDER.split(text)
        seen = [int(piece) for piece in pieces[1::2]]
        if sorted(seen) != list(range(len(cores))):
            raise TemplateError("it does not write each message exactly once")
        spans = [
            Span(cores[int(piece)], control=False) if i % 2 else Span(piece, control=True)
            for i, piece in enumerate(pieces)
        ]
        return [span for span in spans if span.text]

    def close(self) -> None:
        """End the helper process; a second call does nothing."""
        if self._child is not None:
            self._child.close()
            self._child = None


def _edges(content: str) -> tuple[str, str, str]:
    """Leading white space, core, trailing white space: the template may trim, as it does without placeholders."""
    core = content.strip()
    if not core or len(content) - len(core) > _MAX_EDGE:
        return "", content, ""
    start = content.index(core)
    return content[:start], core, content[start + len(core) :]


def _system_into_user(messages: Sequence[Message]) -> list[Message]:
    """For templates without a system role: its text opens the first user message."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    for index, message in enumerate(rest):
        if system and message.role == "user":
            rest[index] = Message("user", f"{system}\n\n{message.content}")
            break
    return rest


def _chatml(messages: Sequence[Message]) -> str:
    body = "".join(f"<|im_start|>{message.role}\n{message.content}<|im_end|>\n" for message in messages)
    return body + "<|im_start|>assistant\n"


class TemplateProcess:
    """The process that renders; every failure of it is a ``TemplateError``. It starts while others load."""

    def __init__(self) -> None:
        self._number = 0
        self._unread = bytearray()
        try:
            # A session of its own: Ctrl-C is for us to handle. -I: no user's path or variable reaches it.
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise TemplateError(f"no process could be started for it: {error.strerror}") from error

    def load(self, source: str, bos: str, eos: str) -> None:
        """Take a template.

        Args:
            source: in Jinja.
            bos: text of the begin-of-sequence token.
            eos: text of the end-of-sequence token.
        """
        if len(source) > _MAX_TEMPLATE:
            raise TemplateError(f"it has {len(source):,} characters; at most {_MAX_TEMPLATE:,} are plausible")
        self._ask({"source": source, "bos": bos, "eos": eos})

    def render(self, messages: Sequence[Message]) -> str:
        """A conversation as the template writes it."""
        return self._ask({"messages": [{"role": m.role, "content": m.content} for m in messages]})

    def _ask(self, request: dict[str, object]) -> str:
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError
        self._number += 1
        try:
            self._process.stdin.write(json.dumps({"number": self._number, **request}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise TemplateError("its process has ended") from error
        reply: dict[str, object] = {}
        while reply.get("number") != self._number:  # Ctrl-C may have left the reply to an earlier request
            reply = json.loads(self._line(self._process.stdout.fileno()))
        if "error" in reply:
            raise TemplateError("".join(c for c in str(reply["error"])[:200] if c.isprintable()).rstrip("."))
        return str(reply["text"])

    def _line(self, descriptor: int) -> bytes:
        data = self._unread
        deadline = time.monotonic() + _TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while b"\n" not in data:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self._process.kill()
                    raise TemplateError(f"it ran longer than {_TIMEOUT_S:.0f} s")
                block = os.read(descriptor, 1 << 16)
                if not block:
                    raise TemplateError("it used too much memory or time")
                data += block
                if len(data) > _MAX_REPLY_BYTES:
                    self._process.kill()
                    raise TemplateError("it writes without end")
        line, _, rest = bytes(data).partition(b"\n")
        self._unread = bytearray(rest)
        return line

    def close(self) -> None:
        """End it; a second call does nothing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                # A request that the dead process never read may still wait in the buffer.
                with suppress(OSError):
                    pipe.close()
