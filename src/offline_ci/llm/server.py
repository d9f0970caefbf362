"""``ServerModel``: a model on a server of the OpenAI protocol behind the ``CodeModel`` protocol."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Sequence
from typing import Any, Final

from offline_ci.errors import ModelServerError, OfflineCIError, PromptTooLongError
from offline_ci.llm._checks import busy, check_params, check_room, closed
from offline_ci.llm._work import Work
from offline_ci.llm.base import Completion, FinishReason, GenerationParams, Message, ModelInfo, OnText
from offline_ci.llm.server_facts import CONTINUE, EXTRAS, ServerFacts, learn, refusal, words
from offline_ci.llm.server_http import ServerAddress, ServerClient, ServerReply
from offline_ci.llm.server_prefill import Alignment, conversation_to_send
from offline_ci.llm.server_stream import Account, count, read_events
from offline_ci.llm.stops import StopFilter

KEY: Final = "OFFLINE_CI_SERVER_KEY"
"""The environment variable of the key that servers may want."""
UNKNOWN_N_CTX: Final = 4096
CHARS_PER_TOKEN: Final = 2.5
"""Of ASCII, where a server does not count. English and code have four, a German text two and a half, numbers one."""
TOKENS_PER_BYTE: Final = 0.6
"""Of other characters, in UTF-8: as many as with tokens that were made for English; Chinese ones take a third of it."""
_NUMBERS: Final = re.compile(r"\d|(?<=\d)[^\w\s]", re.ASCII)
"""Digits, and the marks between them, are a token each."""
_TOKENS_PER_MESSAGE: Final = 8
_PROBE: Final = "Yes"
_PROBE_TOKENS: Final = 1
"""What that word takes. The end of a message and the beginning of another take at least one more, most often five."""
_MAX_CHARS_PER_TOKEN: Final = 200
"""More than any token has: a server that writes more does not heed the number of tokens."""
_TOO_LONG: Final = re.compile(
    r"context.{0,20}(?:length|size|window)|exceed.{0,30}context|too many tokens", re.IGNORECASE
)
_STREAM: Final[dict[str, Any]] = {
    "stream": True,
    "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    "timings_per_token": True,
}


class ServerModel:
    """A model on a server.

    Stop strings are looked for here, since a server does not say which one it found. Where it does not count tokens,
    they are estimated, rather too many than too few.

    Args:
        address: where the server is, and which of its models is meant.
        n_ctx: context in tokens, where the server does not tell or less is wanted.
        seed: for calls whose parameters have none.

    Attributes:
        address: where it is.
        facts: what the server says about itself.

    Raises:
        ModelServerError: it cannot be reached, or does not answer as it should.
        UsageError: it has several models, and none was named.
    """

    def __init__(self, address: ServerAddress, *, n_ctx: int | None = None, seed: int | None = None) -> None:
        started = time.monotonic()
        self.address = address
        self._client = ServerClient(address, os.environ.get(KEY, ""))
        self.facts = learn(self._client)
        self._seed = seed
        self._work = Work()
        self._running = False
        self._continues = self.facts.continues
        self._is_strict = False
        self._info = ModelInfo(
            name=self.facts.name,
            sha256="",
            n_ctx=min(n_ctx or self.facts.n_ctx or UNKNOWN_N_CTX, self.facts.n_ctx or n_ctx or UNKNOWN_N_CTX),
            gpu_layers=0,
            load_s=time.monotonic() - started,
            warnings=_warnings(address, self.facts, n_ctx),
        )

    @property
    def info(self) -> ModelInfo:
        """Name and context; there is no digest."""
        return self._info

    @property
    def description(self) -> dict[str, str]:
        """Where it is, its name there, and what runs it."""
        return {"address": self.address.url, "model": self.facts.model, "software": self.facts.software}

    def count_tokens(self, messages: Sequence[Message], *, prefill: str = "") -> int:
        """Tokens that ``generate`` would evaluate for this conversation: counted by the server, or estimated."""
        if self._work.closed:
            raise closed()
        continues = self._continues is True
        sent = conversation_to_send(messages, prefill, continues=continues)
        return (
            self._counted(sent, continues=continues and bool(prefill)) if self.facts.has_tokenizer else _estimate(sent)
        )

    def generate(
        self,
        messages: Sequence[Message],
        params: GenerationParams,
        *,
        prefill: str = "",
        on_text: OnText | None = None,
    ) -> Completion:
        """Write the assistant's next message, which begins with ``prefill``.

        Raises:
            PromptTooLongError: the conversation does not fit the context.
            ModelServerError: the server does not answer as it should.
            ModelError: the model is closed or already writing.
            UsageError: ``params`` make no sense.
        """
        check_params(params)
        sink = StopFilter(params.stop, on_text)
        if self._running:
            raise busy()
        if self._work.closed:
            raise closed()
        self._running = True
        self._work.begin()
        try:
            return self._generate(messages, params, prefill, sink)
        finally:
            self._running = False

    def interrupt(self) -> None:
        """End the running ``generate`` at once, from another thread or a signal handler."""
        self._work.cancel()
        self._client.abort()

    def close(self) -> None:
        """Refuse further use; a second call does nothing."""
        self._work.close()
        self._client.abort()

    # --- one completion

    def _generate(
        self, messages: Sequence[Message], params: GenerationParams, prefill: str, sink: StopFilter
    ) -> Completion:
        started = time.monotonic()
        account = Account()
        reason: FinishReason = "interrupted"
        n_prompt, limit, first_s = 0, params.max_tokens, 0.0
        try:
            if prefill and self._continues is None:
                self._continues = self._find_out(messages)
            n_prompt = self.count_tokens(messages, prefill=prefill)
            check_room(n_prompt, self._info, self._info.n_ctx)
            limit = min(params.max_tokens, self._info.n_ctx - n_prompt)
            # Servers know no completion of no tokens: one is written, and nobody hears of it.
            alignment = Alignment(prefill, continues=self._continues is True) if limit else None
            with self._open(messages, params, prefill, max(1, limit)) as reply:
                max_chars = max(1, limit) * _MAX_CHARS_PER_TOKEN
                reason, first_s = self._read(reply, account, alignment, sink, started, max_chars)
        except ModelServerError:
            if not self._work.cancelled():
                raise
        sink.finish()
        n_written = account.n_pieces if account.completion_tokens is None else account.completion_tokens
        return Completion(
            text=sink.text,
            finish_reason=reason if limit else "length",
            stop=sink.stop,
            prompt_tokens=n_prompt if account.prompt_tokens is None else account.prompt_tokens,
            cached_tokens=account.cached_tokens,
            completion_tokens=n_written if limit else 0,
            first_token_s=first_s,
            total_s=time.monotonic() - started,
        )

    def _read(
        self,
        reply: ServerReply,
        account: Account,
        alignment: Alignment | None,
        sink: StopFilter,
        started: float,
        max_chars: int,
    ) -> tuple[FinishReason, float]:
        """Take what is written until something ends it; returns what, and the seconds to the first piece."""
        first_s = 0.0
        try:
            for piece in read_events(reply.lines(), account, lambda said: self._refusal(None, said)):
                first_s = first_s or time.monotonic() - started
                if alignment is not None and sink.feed(_bytes(alignment.feed(piece))):
                    return "stop", first_s
                if self._work.cancelled():
                    break
                if account.n_chars > max_chars:
                    account.finish_reason, account.is_done = "length", True
                    break
        except ModelServerError:  # an interruption ends the connection
            if not self._work.cancelled():
                raise
        if alignment is not None and (rest := alignment.finish()) and sink.feed(_bytes(rest)):
            return "stop", first_s
        if self._work.cancelled():
            return "interrupted", first_s
        if not account.is_done:
            raise ModelServerError(
                f"The server {self.address.url} ended in the middle of its answer.",
                hint="See what it wrote itself, and start it again.",
            )
        return ("length" if account.finish_reason == "length" else "stop"), first_s

    def _open(self, messages: Sequence[Message], params: GenerationParams, prefill: str, limit: int) -> ServerReply:
        body = self._body(messages, prefill, limit) | _STREAM | {"temperature": params.temperature}
        body["top_p"] = params.top_p
        if (seed := params.seed if params.seed is not None else self._seed) is not None:
            body["seed"] = seed
        path = f"{self.address.path}/chat/completions"
        reply = self._client.open(path, self._plain(body), work=self._work)
        if reply.status == 200:
            return reply
        with reply:
            error = self._refusal(reply.status, reply.document())
        if self._is_strict or reply.status not in {400, 422} or isinstance(error, PromptTooLongError):
            raise error
        self._is_strict = True  # what it does not know may be what it refuses
        try:
            return self._open(messages, params, prefill, limit)
        except OfflineCIError:
            self._is_strict = False
            raise error from None

    def _body(self, messages: Sequence[Message], prefill: str, limit: int) -> dict[str, Any]:
        continues = self._continues is True
        sent = conversation_to_send(messages, prefill, continues=continues)
        body = {"model": self.facts.model, "messages": _wire(sent), "max_tokens": limit, **dict(self.facts.extras)}
        return body | CONTINUE if prefill and continues else body

    def _plain(self, body: dict[str, Any]) -> dict[str, Any]:
        """A request without what the protocol does not know, for servers that insist."""
        if not self._is_strict:
            return body
        known = ("model", "messages", "max_tokens", "stream", "temperature", "top_p", "seed")
        return {key: body[key] for key in known if key in body}

    def _refusal(self, status: int | None, said: Any) -> ModelServerError | PromptTooLongError:
        text = words(said)
        if not _TOO_LONG.search(text):
            return refusal(self._client, status, said)
        details = said.get("error") if isinstance(said, dict) else None
        details = details if isinstance(details, dict) else {}
        return PromptTooLongError(
            f"The conversation does not fit the context of {self._info.name}{text}.",
            n_tokens=count(details.get("n_prompt_tokens"), 0) or 0,
            n_ctx=count(details.get("n_ctx"), None) or self._info.n_ctx,
            hint="Shorten the request, begin a new session, or start the server with a larger context.",
        )

    # --- tokens, and what is to be found out

    def _find_out(self, messages: Sequence[Message]) -> bool | None:
        """Whether a begun answer is continued: then one more word is all that the prompt grows by.

        The real conversation is asked about, so that what the server keeps of it serves the answer, too. None where it
        cannot be found out with this conversation, which may be too long.
        """
        status, without = self._prompt_tokens(_wire(messages), {})
        if status != 200:
            return None
        begun = _wire([*messages, Message("assistant", _PROBE)])
        _, with_word = self._prompt_tokens(begun, CONTINUE) if without else (status, None)
        return with_word is not None and without is not None and with_word - without <= _PROBE_TOKENS

    def _prompt_tokens(self, messages: list[dict[str, str]], how: dict[str, Any]) -> tuple[int, int | None]:
        """HTTP status, and the tokens of a prompt where the server tells."""
        body = {"model": self.facts.model, "messages": messages, "max_tokens": 1, **dict(self.facts.extras), **how}
        path = f"{self.address.path}/chat/completions"
        status, document = self._client.ask(path, self._plain(body), work=self._work)
        usage = document.get("usage") if status == 200 and isinstance(document, dict) else None
        return status, count(usage.get("prompt_tokens"), None) if isinstance(usage, dict) else None

    def _counted(self, sent: Sequence[Message], *, continues: bool) -> int:
        root = self.address.root
        how = CONTINUE if continues else {}
        status, applied = self._client.ask(f"{root}/apply-template", {"messages": _wire(sent), **EXTRAS, **how})
        if status != 200 or not isinstance(applied, dict):
            raise self._refusal(status, applied)
        what = {"content": applied.get("prompt"), "add_special": True, "parse_special": True}
        status, counted = self._client.ask(f"{root}/tokenize", what)
        tokens = counted.get("tokens") if isinstance(counted, dict) else None
        if status != 200 or not isinstance(tokens, list):
            raise self._refusal(status, counted)
        return len(tokens)


def _warnings(address: ServerAddress, facts: ServerFacts, n_ctx: int | None) -> tuple[str, ...]:
    found = []
    if not address.is_local:
        how = "" if address.scheme == "https" else ", unencrypted"
        found.append(f"Requests, and what files hold, go to another machine{how}: {address.host}.")
    if facts.n_ctx is None and n_ctx is None:
        found.append(f"The server does not tell its context; {UNKNOWN_N_CTX:,} tokens are assumed (--n-ctx).")
    if n_ctx and facts.n_ctx and n_ctx > facts.n_ctx:
        found.append(f"The server's context has {facts.n_ctx:,} tokens, so there are not {n_ctx:,}.")
    return tuple(found)


def _wire(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": _bytes(message.content).decode()} for message in messages]


def _bytes(text: str) -> bytes:
    """UTF-8, where lone surrogates, which it does not have, become question marks."""
    return text.encode("utf-8", "replace")


def _estimate(messages: Sequence[Message]) -> int:
    return sum(_estimate_text(message.content) for message in messages) + _TOKENS_PER_MESSAGE * (len(messages) + 1)


def _estimate_text(text: str) -> int:
    """Rather too many: for seven kinds of text 0.97 to 3 times what two tokenizers counted, 1.5 in the middle."""
    n_numbers = len(_NUMBERS.findall(text))
    n_ascii = len(text.encode("ascii", "ignore"))
    n_other_bytes = len(_bytes(text)) - n_ascii
    return math.ceil(n_numbers + (n_ascii - n_numbers) / CHARS_PER_TOKEN + n_other_bytes * TOKENS_PER_BYTE)
