"""What the interpreter asks of a model, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "interrupted"]

OnText = Callable[[str], None]
"""Receives each piece of text as it is generated; stop strings are never part of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class GenerationParams:
    """How to sample.

    Attributes:
        max_tokens: tokens to generate at most.
        temperature: 0 is greedy.
        top_p: nucleus; ignored when greedy.
        seed: fixes sampling; None draws one.
        stop: strings that end the generation; they are not part of the text.
    """

    max_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote.

    Attributes:
        text: the generated text, without prefill and stop string.
        finish_reason: ``stop`` (end of turn or a stop string), ``length`` (max_tokens or the context is full) or
            ``interrupted``.
        stop: the stop string that ended it, if one did.
        prompt_tokens: tokens of the prompt, prefill included.
        cached_tokens: those of them that needed no evaluation.
        completion_tokens: tokens generated.
        first_token_s: seconds to the first generated token.
        total_s: seconds in all.
    """

    text: str
    finish_reason: FinishReason
    stop: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    first_token_s: float = 0.0
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model, and how it is loaded.

    Attributes:
        name: catalogue name or file stem.
        sha256: of the GGUF file, hexadecimal; empty for a scripted model.
        n_ctx: context window in tokens.
        gpu_layers: layers offloaded.
        load_s: seconds that loading took.
        warnings: what its user should know, one sentence each: no chat template, a slower way taken, no GPU in use.
    """

    name: str
    sha256: str
    n_ctx: int
    gpu_layers: int
    load_s: float = field(default=0.0, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)


@runtime_checkable
class CodeModel(Protocol):
    """A chat model that can continue a begun answer.

    ``ScriptedModel`` and ``LlamaCppModel`` pass the same contract tests (``tests/support/model_contract.py``).
    """

    @property
    def info(self) -> ModelInfo:
        """Name, digest, context."""
        ...

    def count_tokens(self, messages: Sequence[Message], *, prefill: str = "") -> int:
        """Tokens that ``generate`` would evaluate for this conversation."""
        ...

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
            PromptTooLongError: the conversation does not fit ``n_ctx``.
        """
        ...

    def interrupt(self) -> None:
        """End the running ``generate`` soon, from another thread or a signal handler; it returns what it has."""
        ...

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        ...
