"""Checks that every model makes in the same words."""

from __future__ import annotations

from offline_ci.errors import ModelError, PromptTooLongError, UsageError
from offline_ci.llm.base import GenerationParams, ModelInfo


def check_params(params: GenerationParams) -> None:
    """Refuse what no model can do.

    Raises:
        UsageError: a negative number of tokens, a temperature below 0, or a nucleus outside 0 to 1.
    """
    if params.max_tokens < 0:
        raise UsageError(f"max_tokens is {params.max_tokens}.", hint="Give 0 or more.")
    if not 0 <= params.temperature <= 100:
        raise UsageError(f"The temperature is {params.temperature}.", hint="Give 0 (greedy) or more, at most 100.")
    if not 0 < params.top_p <= 1:
        raise UsageError(f"top_p is {params.top_p}.", hint="Give a number above 0, at most 1.")


def check_room(n_tokens: int, info: ModelInfo, n_ctx_train: int) -> None:
    """Refuse a prompt that leaves no room for an answer.

    Raises:
        PromptTooLongError: it does.
    """
    if n_tokens < info.n_ctx:
        return
    wider = f"give a larger --n-ctx (up to {n_ctx_train:,}), " if info.n_ctx < n_ctx_train else ""
    raise PromptTooLongError(
        f"The conversation has {n_tokens:,} tokens; the context of {info.name} holds {info.n_ctx:,} with the answer.",
        n_tokens=n_tokens,
        n_ctx=info.n_ctx,
        hint=f"Shorten the request, {wider}or begin a new session.",
    )


def closed() -> ModelError:
    """The error for using a model after ``close``."""
    return ModelError("The model is closed.", hint="Create it again.")


def busy() -> ModelError:
    """The error for calling ``generate`` while it runs."""
    return ModelError("The model is already writing an answer.", hint="Wait for it, or interrupt it.")
