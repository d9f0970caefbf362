"""From a GGUF file to a model that is ready to write, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from offline_ci.errors import ModelLoadError
from offline_ci.llm._hardware import available_memory_bytes
from offline_ci.llm.fitting import Offload
from offline_ci.llm.gguf import GgufInfo
from offline_ci.llm.llama_cpp_lanes import FIRST_N_CTX, Lane, Lanes
from offline_ci.llm.llama_cpp_library import recent_log
from offline_ci.llm.llama_cpp_native import Context, Model
from offline_ci.llm.llama_cpp_plan import Settings, no_memory, plans, remark, where

_OUT_OF_MEMORY: Final = re.compile(
    r"to allocate|cannot allocate|out of memory|no memory|insufficient memory|bad_alloc", re.IGNORECASE
)
_LOG_PREFIX: Final = re.compile(r"^.*error loading model[^:]*: ")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory, ready to read.

    Attributes:
        lanes: its weights and contexts.
        offload: the layers that went to GPUs.
        notices: what there is to say about that.
    """

    lanes: Lanes
    offload: Offload
    notices: tuple[str, ...] = ()


def load(
    info: GgufInfo, settings: Settings, cancelled: Callable[[], bool], closed: Callable[[], bool] = lambda: False
) -> Loaded:
    """Load, with fewer layers on the GPU where its memory does not suffice.

    Args:
        info: what the file says about itself.
        settings: how to load it.
        cancelled: asked while loading, and later while prompts are evaluated; true ends it.
        closed: asked while the second layout is made, which a cancelled prompt must not end.

    Raises:
        ModelLoadError: one paragraph with the reason and the mend.
    """
    return _with_fewer_layers(
        info, settings, cancelled, lambda offload: _load_once(info, settings, offload, cancelled, closed)
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """A model in memory for several conversations; see ``Loaded``."""

    model: Model
    context: Context
    offload: Offload
    notices: tuple[str, ...] = ()


def load_shared(info: GgufInfo, settings: Settings) -> Shared:
    """Load with one context for several conversations, in the file's own layout of the weights.

    Measured on x86-64 (Qwen 1.5B Q4_K_M, two threads): for sixteen conversations it writes nearly as fast as the
    repacked one (48 against 53 tokens a second), and reads faster (134 against 93).

    Raises:
        ModelLoadError: one paragraph with the reason and the mend.
    """

    def once(offload: Offload) -> Shared:
        model = Model(info.path, use_extra_bufts=False, offload=offload, options=settings.options)
        try:
            context = _context(info, model, settings, settings.n_ctx, offload, lambda: False)
        except ModelLoadError:
            model.free()
            raise
        return Shared(model, context, offload)

    return _with_fewer_layers(info, settings, lambda: False, once)


_T = TypeVar("_T", Loaded, Shared)


def _with_fewer_layers(
    info: GgufInfo, settings: Settings, cancelled: Callable[[], bool], load_with: Callable[[Offload], _T]
) -> _T:
    notices: list[str] = []
    tries = list(plans(info, settings))
    while True:
        offload, tries = tries[0], tries[1:]
        try:
            loaded = load_with(offload)
        except ModelLoadError as error:
            if not tries or cancelled():
                raise _explained(info, error, offload) from error
            if _OUT_OF_MEMORY.search("\n".join([*recent_log(), error.message])):
                why = f"There was no memory for {where(offload, info, settings)} after all"
            else:  # a driver's failure, for which fewer layers are no mend; or the file's, which comes again
                why, tries = f"llama.cpp failed on {where(offload, info, settings)}", tries[-1:]
            notices.append(f"{why}; trying {where(tries[0], info, settings)}.")
        else:
            said = remark(offload, info, settings)
            return replace(loaded, notices=(*notices, said) if said else tuple(notices))


def _load_once(
    info: GgufInfo, settings: Settings, offload: Offload, cancelled: Callable[[], bool], closed: Callable[[], bool]
) -> Loaded:
    def context(model: Model, n_ctx: int) -> Context:
        return _context(info, model, settings, n_ctx, offload, cancelled)

    # On a GPU the whole context is made at once: that it does not fit must show now, while there is another way.
    first_n_ctx = settings.n_ctx if offload.n_layers else FIRST_N_CTX

    def lane(use_extra_bufts: bool, ended: Callable[[], bool]) -> Lane:
        model = Model(
            info.path, use_extra_bufts=use_extra_bufts, offload=offload, options=settings.options, cancelled=ended
        )
        try:
            return Lane(model, context, settings.n_ctx, first_n_ctx)
        except ModelLoadError:
            model.free()
            raise

    two = settings.two_layouts and offload.n_layers == 0
    reader = lane(settings.use_extra_bufts and not two, cancelled)
    return Loaded(Lanes(reader, partial(lane, True, closed) if two else None), offload)


def _context(
    info: GgufInfo, model: Model, settings: Settings, n_ctx: int, offload: Offload, cancelled: Callable[[], bool]
) -> Context:
    if not model.writes_text:
        raise ModelLoadError(f"{info.path} is not a chat model: its architecture is {info.architecture}.")
    context = Context(
        model,
        n_ctx=n_ctx,
        on_gpu=offload.n_layers > 0,
        cancelled=cancelled,
        n_seq=settings.n_seq,
        options=settings.options,
    )
    if not context.has_memory:
        context.free()
        raise ModelLoadError(f"{info.path} is an embedding model ({info.architecture}): it cannot write.")
    return context


def _explained(info: GgufInfo, error: ModelLoadError, offload: Offload) -> ModelLoadError:
    """llama.cpp's log as one sentence, and the mend."""
    log = "\n".join([*recent_log(), error.message])
    path = info.path
    if "not a chat model" in error.message or "embedding model" in error.message:
        return ModelLoadError(error.message, hint="Choose an instruct or chat model: `offline-ci models list`.")
    if "unknown model architecture" in log or "unknown pre-tokenizer" in log:
        return ModelLoadError(
            f"{path} cannot be loaded: this llama.cpp build does not know the architecture {info.architecture!r}.",
            hint="Upgrade llama-cpp-python, or choose another model: `offline-ci models list`.",
        )
    if _OUT_OF_MEMORY.search(log) and offload.n_layers:
        return ModelLoadError(
            f"{path.name} does not fit the GPU's memory with {offload.n_layers} layers there.",
            hint="Give --gpu-layers auto, which finds out how many fit, or fewer, or a smaller --n-ctx.",
        )
    if _OUT_OF_MEMORY.search(log):
        return no_memory(path, "llama.cpp could not allocate what it needs", available_memory_bytes())
    line = next((line for line in recent_log() if "error" in line.lower()), "no reason given")
    reason = _LOG_PREFIX.sub("", line).strip()
    return ModelLoadError(
        f"{path} cannot be loaded by llama.cpp: {reason}.",
        hint="The file may be damaged: run `offline-ci models verify`, or get it again with `offline-ci models pull`.",
    )
