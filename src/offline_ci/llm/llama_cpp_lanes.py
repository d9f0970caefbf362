"""One conversation on two layouts of the same weights: the file's own reads prompts, llama.cpp's repacked one writes.

Measured on x86-64 without matrix extensions (Qwen 1.5B Q4_K_M, two threads): the repacked layout writes a third faster
and reads a third slower, and making it takes a second. So a new process begins to read at once while the other layout
is made in the background, and what was evaluated moves from one to the other: 28 kB a token, a hundredth of what
evaluating it costs. Prompts are always read by the one and tokens always written by the other, whenever it is ready:
the answer does not depend on time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final

from offline_ci.errors import ModelLoadError
from offline_ci.llm.llama_cpp_native import Context, Model

FIRST_N_CTX: Final = 2048
"""Tokens that a context has room for at first: making one for 16,384 takes 0.2 s and 460 MB, for 2,048 0.03 s."""

_LOWEST_PRIORITY: Final = 19


class Lane:
    """Weights in one layout, and a context on them that grows with the conversation.

    Args:
        model: the weights; freed with the lane.
        make_context: makes one for so many tokens.
        n_ctx: to which it may grow.
        first_n_ctx: tokens that it has room for at first.

    Attributes:
        context: the present one.
        model: the weights.
        n_ctx: to which it may grow.

    Raises:
        ModelLoadError: no memory for the first context.
    """

    def __init__(
        self, model: Model, make_context: Callable[[Model, int], Context], n_ctx: int, first_n_ctx: int
    ) -> None:
        self.model = model
        self.n_ctx = n_ctx
        self._make_context = make_context
        self._room = min(n_ctx, first_n_ctx)
        self.context = make_context(model, self._room)

    def make_room(self, n_tokens: int) -> Context:
        """The context, with room for so many tokens.

        Raises:
            ModelLoadError: no memory for a larger one; the present one stays.
        """
        room = self._room
        while room < min(n_tokens, self.n_ctx):
            room = min(2 * room, self.n_ctx)
        if room > self._room:
            larger = self._make_context(self.model, room)
            larger.take_from(self.context)
            self.context.free()
            self.context, self._room = larger, room
        return self.context

    def free(self) -> None:
        """Give the memory back; a second call does nothing."""
        self.context.free()
        self.model.free()


class Lanes:
    """What has been evaluated, in the context that was last used. Used by one thread at a time.

    Args:
        reader: evaluates prompts.
        make_writer: makes the lane that evaluates single tokens, on a thread of its own; None where the reader does it.
    """

    def __init__(self, reader: Lane, make_writer: Callable[[], Lane] | None) -> None:
        self._reader = reader
        self._held = reader
        self._writer: Future[Lane] = Future()
        if make_writer is None:
            self._writer.set_result(reader)
        else:
            threading.Thread(target=_make, args=(make_writer, self._writer), name="repack").start()

    @property
    def model(self) -> Model:
        """For its vocabulary."""
        return self._reader.model

    @property
    def n_ctx(self) -> int:
        """Tokens that fit at most."""
        return self._reader.n_ctx

    @property
    def held(self) -> Context:
        """The context that has what was evaluated, and the last token's logits."""
        return self._held.context

    def reading(self, n_tokens: int) -> Context:
        """The context for a prompt, with room for so many tokens and all that was evaluated."""
        return self._hold(self._reader, n_tokens)

    def writing(self, n_tokens: int) -> Context:
        """The context for single tokens, likewise; waits for it where it is still being made."""
        try:
            writer = self._writer.result()
        except ModelLoadError:  # there was memory for it when it was asked for, and is none now
            writer = self._reader
        return self._hold(writer, n_tokens)

    def _hold(self, lane: Lane, n_tokens: int) -> Context:
        before, context = self._held.context, lane.make_room(n_tokens)
        if lane is not self._held:
            context.take_from(before)
            self._held = lane
        return context

    def free(self) -> None:
        """Give all memory back; a second call does nothing. Whoever makes the writer must have been asked to end."""
        with suppress(ModelLoadError):
            self._writer.result().free()
        self._reader.free()


def _make(make_writer: Callable[[], Lane], future: Future[Lane]) -> None:
    with suppress(OSError, AttributeError):  # it takes what the prompt's threads leave
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
    try:
        future.set_result(make_writer())
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        future.set_exception(error)
