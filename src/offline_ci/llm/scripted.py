"""``ScriptedModel``: a ``CodeModel`` that says what it is told to, for tests and demonstrations without a GGUF."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from offline_ci.errors import ModelError
from offline_ci.llm._checks import busy, check_params, check_room, closed
from offline_ci.llm.base import Completion, FinishReason, GenerationParams, Message, ModelInfo, OnText
from offline_ci.llm.stops import StopFilter

Replies = Sequence[str] | Callable[[Sequence[Message], str], str]
"""Texts to write in turn, or a function from conversation and prefill to the text that follows the prefill."""

_TOKEN = re.compile(r" ?\w{1,8}|\s|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """The tokens of a scripted model: up to eight letters or digits with one space before them, or one character."""
    return _TOKEN.findall(text)


class ScriptedModel:
    """A model whose answers are given beforehand; all else is as with a real one.

    A prompt's tokens are one for each role, those of each content, one for the answer's role, and those of the prefill.

    Args:
        replies: what it writes, after the prefill.
        name: for ``info``.
        n_ctx: context in tokens.
        token_s: seconds that each token takes.
    """

    def __init__(self, replies: Replies, *, name: str = "scripted", n_ctx: int = 4096, token_s: float = 0.0) -> None:
        self._reply: Callable[[Sequence[Message], str], str] = replies if callable(replies) else _in_turn(replies)
        self._token_s = token_s
        self._info = ModelInfo(name=name, sha256="", n_ctx=n_ctx, gpu_layers=0)
        self._evaluated: list[str] = []
        self._running = self._closed = self._interrupted = False

    @property
    def info(self) -> ModelInfo:
        """Name, digest, context."""
        return self._info

    def count_tokens(self, messages: Sequence[Message], *, prefill: str = "") -> int:
        """Tokens that ``generate`` would evaluate for this conversation."""
        return len(self._encode(messages, prefill))

    def generate(
        self,
        messages: Sequence[Message],
        params: GenerationParams,
        *,
        prefill: str = "",
        on_text: OnText | None = None,
    ) -> Completion:
        """Write the next reply, token by token, as far as ``params`` allow.

        Raises:
            PromptTooLongError: the conversation does not fit ``n_ctx``.
            ModelError: no reply is left, or the model is closed or already writing.
            UsageError: ``params`` make no sense.
        """
        if self._running:
            raise busy()
        check_params(params)
        sink = StopFilter(params.stop, on_text)
        self._running = True
        self._interrupted = False
        try:
            return self._generate(messages, params, prefill, sink)
        finally:
            self._running = False

    def interrupt(self) -> None:
        """End the running ``generate`` at the next token."""
        self._interrupted = True

    def close(self) -> None:
        """Refuse further use."""
        self._closed = True
        self._interrupted = True

    def _generate(
        self, messages: Sequence[Message], params: GenerationParams, prefill: str, sink: StopFilter
    ) -> Completion:
        started = time.monotonic()
        prompt = self._encode(messages, prefill)
        check_room(len(prompt), self._info, self._info.n_ctx)
        cached = 0
        while cached < min(len(prompt) - 1, len(self._evaluated)) and prompt[cached] == self._evaluated[cached]:
            cached += 1
        written, reason, first_s = self._write(
            tokenize(self._reply(messages, prefill)),
            min(params.max_tokens, self._info.n_ctx - len(prompt)),
            sink,
            started,
        )
        self._evaluated = prompt + written
        return Completion(
            text=sink.text,
            finish_reason=reason,
            stop=sink.stop,
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            completion_tokens=len(written),
            first_token_s=first_s,
            total_s=time.monotonic() - started,
        )

    def _write(
        self, reply: list[str], limit: int, sink: StopFilter, started: float
    ) -> tuple[list[str], FinishReason, float]:
        reason: FinishReason = "stop" if len(reply) <= limit else "length"
        written: list[str] = []
        first_s = 0.0
        for token in reply[:limit]:
            time.sleep(self._token_s)
            first_s = first_s or time.monotonic() - started
            written.append(token)
            if sink.feed(token.encode("utf-8", errors="replace")):
                return written, "stop", first_s
            if self._interrupted:
                reason = "interrupted"
                break
        sink.finish()
        return written, reason, first_s

    def _encode(self, messages: Sequence[Message], prefill: str) -> list[str]:
        if self._closed:
            raise closed()
        tokens: list[str] = []
        for message in messages:
            tokens += [f"<{message.role}>", *tokenize(message.content)]
        return [*tokens, "<assistant>", *tokenize(prefill)]


def _in_turn(replies: Sequence[str]) -> Callable[[Sequence[Message], str], str]:
    iterator: Iterator[str] = iter(replies)

    def reply(_messages: Sequence[Message], _prefill: str) -> str:
        text = next(iterator, None)
        if text is None:
            raise ModelError(
                f"The script has no reply left after {len(replies)}.", hint="Give ScriptedModel more replies."
            )
        return text

    return reply
