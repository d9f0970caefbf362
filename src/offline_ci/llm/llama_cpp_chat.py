"""``ChatModel``: a conversation with what llama.cpp evaluates, behind the ``CodeModel`` protocol.

Whatever exception leaves ``generate`` (Ctrl-C, or one that ``on_text`` raised), the model stays usable.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from offline_ci.llm import llama_cpp_native as native
from offline_ci.llm._checks import busy, check_params, check_room, closed
from offline_ci.llm._work import Work
from offline_ci.llm.base import Completion, FinishReason, GenerationParams, Message, ModelInfo, OnText
from offline_ci.llm.gguf import GgufInfo
from offline_ci.llm.llama_cpp_prompt import PromptEncoder
from offline_ci.llm.stops import StopFilter
from offline_ci.llm.template import ChatTemplate


class Evaluator(Protocol):
    """Where a conversation's tokens are evaluated: a context of its own, or a share of one."""

    def evaluate(self, tokens: Sequence[int], prefix: Sequence[int]) -> tuple[int, bool]:
        """Bring it to the end of a prompt.

        Args:
            tokens: the whole prompt, at least one token.
            prefix: the beginning that is worth keeping on disk; empty for none.

        Returns:
            Tokens that needed no evaluation, and whether the prompt is complete (False: cancelled).
        """
        ...

    def sample(self, sampler: native.Sampler) -> int:
        """The token that follows the prompt."""
        ...

    def step(self, token: int, sampler: native.Sampler) -> int:
        """Append a token; the one that follows."""
        ...

    def rest(self) -> None:
        """No more will be sampled until the next prompt."""
        ...

    def close(self) -> None:
        """Free what is its own; a second call does nothing."""
        ...


class ChatModel:
    """A chat model over an evaluator.

    Args:
        gguf: what the file says about itself.
        info: which model, and how it is loaded.
        vocab: its tokens.
        template: its way to write a conversation; closed with the model.
        session: evaluates; closed with the model.
        work: cancels what ``session`` does.
        seed: for calls whose parameters have none.

    Attributes:
        gguf: what the file says about itself.
    """

    def __init__(
        self,
        gguf: GgufInfo,
        info: ModelInfo,
        vocab: native.Vocab,
        template: ChatTemplate,
        session: Evaluator,
        work: Work,
        seed: int | None,
    ) -> None:
        self.gguf = gguf
        self._info = info
        self._vocab = vocab
        self._encoder = PromptEncoder(vocab)
        self._template = template
        self._session = session
        self._work = work
        self._seed = seed
        # Held by whoever is inside llama.cpp's objects, so that ``close`` frees them under nobody's feet.
        self._inside = threading.RLock()
        self._running = False
        self._prefix_of: tuple[tuple[Message, ...], list[int]] = ((), [])

    @property
    def info(self) -> ModelInfo:
        """Name, digest, context."""
        return self._info

    def count_tokens(self, messages: Sequence[Message], *, prefill: str = "") -> int:
        """Tokens that ``generate`` would evaluate for this conversation."""
        with self._entered():
            return len(self._encode(messages, prefill))

    def generate(
        self,
        messages: Sequence[Message],
        params: GenerationParams,
        *,
        prefill: str = "",
        on_text: OnText | None = None,
    ) -> Completion:
        """Write the assistant's next message, which begins with ``prefill``.

        Stop strings are looked for in what is generated; one that began in ``prefill`` is not seen.

        Args:
            messages: the conversation.
            params: how to sample; ``max_tokens=0`` only evaluates the prompt, for a faster start later.
            prefill: the answer's beginning; the text of the completion comes after it.
            on_text: called on the caller's thread.

        Raises:
            PromptTooLongError: the conversation does not fit ``n_ctx``.
            ModelError: the model is closed or already writing, or its chat template refuses the conversation.
            UsageError: ``params`` make no sense.
        """
        check_params(params)
        sink = StopFilter(params.stop, on_text)
        with self._entered():
            if self._running:
                raise busy()
            self._running = True
            try:
                return self._generate(messages, params, prefill, sink)
            finally:
                self._running = False

    def interrupt(self) -> None:
        """End the running ``generate`` within a token, from another thread or a signal handler."""
        self._work.cancel()

    def close(self) -> None:
        """Free the model, once a running ``generate`` has ended; a second call does nothing."""
        self._work.close()
        if not self._running:
            with self._inside:
                self._free()

    def join(self) -> None:
        """Wait until no other thread uses it any more, after ``close``."""
        with self._inside:
            pass

    @contextmanager
    def _entered(self) -> Iterator[None]:
        if not self._inside.acquire(blocking=False):
            raise busy()
        try:
            if self._work.closed:
                raise closed()
            yield
        finally:
            if self._work.closed and not self._running:
                self._free()
            self._inside.release()

    def _free(self) -> None:
        self._work.join()
        self._session.close()
        self._template.close()

    def _generate(
        self, messages: Sequence[Message], params: GenerationParams, prefill: str, sink: StopFilter
    ) -> Completion:
        started = time.monotonic()
        self._work.begin()
        tokens = self._encode(messages, prefill)
        check_room(len(tokens), self._info, self.gguf.n_ctx_train)
        cached, complete = self._session.evaluate(tokens, self._prefix(messages))
        reason: FinishReason = "interrupted"
        n_written, first_s = 0, 0.0
        if complete:
            limit = min(params.max_tokens, self._info.n_ctx - len(tokens))
            reason, n_written, first_s = self._write(params, limit, sink, started)
        return Completion(
            text=sink.text,
            finish_reason=reason,
            stop=sink.stop,
            prompt_tokens=len(tokens),
            cached_tokens=cached,
            completion_tokens=n_written,
            first_token_s=first_s,
            total_s=time.monotonic() - started,
        )

    def _write(
        self, params: GenerationParams, limit: int, sink: StopFilter, started: float
    ) -> tuple[FinishReason, int, float]:
        """Sample until something ends it; returns what, the tokens written, and the seconds to the first."""
        if limit == 0:
            return "length", 0, 0.0
        seed = next((s for s in (params.seed, self._seed) if s is not None), secrets.randbits(32))
        sampler = native.Sampler(temperature=params.temperature, top_p=params.top_p, seed=seed)
        try:
            token = self._session.sample(sampler)
            first_s = time.monotonic() - started
            n_written = 0
            while True:
                reason = self._accept(token, n_written, limit, sink)
                n_written += not self._vocab.is_eog(token)
                if reason is not None:
                    sink.finish()
                    return reason, n_written, first_s
                token = self._session.step(token, sampler)
        finally:
            self._session.rest()
            sampler.free()

    def _accept(self, token: int, n_written: int, limit: int, sink: StopFilter) -> FinishReason | None:
        """Take a sampled token; returns why it is the last, or None."""
        if self._vocab.is_eog(token) or sink.feed(self._vocab.piece(token)):
            return "stop"
        if self._work.cancelled():
            return "interrupted"
        return "length" if n_written + 1 >= limit else None

    def _encode(self, messages: Sequence[Message], prefill: str) -> list[int]:
        return self._encoder.encode(self._template.spans(messages, prefill))

    def _prefix(self, messages: Sequence[Message]) -> list[int]:
        """The tokens that every conversation with these leading system messages begins with."""
        n_system = next((i for i, message in enumerate(messages) if message.role != "system"), len(messages))
        system = tuple(messages[:n_system])
        if not system:
            return []
        if self._prefix_of[0] != system:
            # Two conversations that differ from the user's first letter on share exactly the prefix.
            one, other = (self._encode([*system, Message("user", text)], "") for text in ("0", "x"))
            shared = next((i for i, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0)
            self._prefix_of = (system, one[:shared])
        return self._prefix_of[1]
