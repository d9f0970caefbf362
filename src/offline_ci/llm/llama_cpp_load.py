"""From a GGUF file to a model that is ready to write: how much context, which layers where, and why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeVar

from offline_ci.errors import ModelLoadError, UsageError
from offline_ci.llm._hardware import available_memory_bytes
from offline_ci.llm.gguf import GgufInfo
from offline_ci.llm.llama_cpp_lanes import Lane, Lanes
from offline_ci.llm.llama_cpp_native import Context, Model, library, recent_log

DEFAULT_N_CTX: Final = 16384
MIN_N_CTX: Final = 256
_SMALLEST_DEFAULT: Final = 2048
_UNSTATED_N_CTX: Final = 4096
_OUT_OF_MEMORY: Final = re.compile(
    r"to allocate|cannot allocate|out of memory|no memory|insufficient memory|bad_alloc", re.IGNORECASE
)
_LOG_PREFIX: Final = re.compile(r"^.*error loading model[^:]*: ")

GpuLayers = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to load.

    Attributes:
        n_ctx: context in tokens.
        gpu_layers: ``auto`` or a number of layers.
        use_extra_bufts: repack the weights for this CPU.
        two_layouts: read prompts with the file's own layout all the same.
        warning: why they are not repacked, or empty.
    """

    n_ctx: int
    gpu_layers: GpuLayers
    use_extra_bufts: bool
    two_layouts: bool = False
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory, ready to read, and the layers that went to the GPU."""

    lanes: Lanes
    gpu_layers: int


def choose_n_ctx(requested: int | None, info: GgufInfo, available_bytes: int) -> int:
    """Tokens of context: what is asked for, or as many as the model, the memory and ``DEFAULT_N_CTX`` allow.

    More than the model was trained for is refused, not cut down: beyond it a model writes nonsense, and a silent
    smaller value would only move the surprise.

    Raises:
        UsageError: more than the model was trained for, or too few to hold any request.
        ModelLoadError: that many do not fit the memory.
    """
    trained = info.n_ctx_train or _UNSTATED_N_CTX
    if requested is None:
        n_ctx = min(trained, DEFAULT_N_CTX)
        while n_ctx * info.kv_bytes_per_token > available_bytes and n_ctx // 2 >= _SMALLEST_DEFAULT:
            n_ctx //= 2
    elif requested > trained:
        raise UsageError(
            f"A context of {requested:,} tokens is more than the {trained:,} that {info.path.name} was trained for.",
            hint=f"Give --n-ctx {trained} or less.",
        )
    elif requested < MIN_N_CTX:
        raise UsageError(
            f"A context of {requested:,} tokens holds no request.", hint=f"Give --n-ctx {MIN_N_CTX} or more."
        )
    else:
        n_ctx = requested
    need = n_ctx * info.kv_bytes_per_token
    if need > available_bytes:
        raise _no_memory(info.path, f"a context of {n_ctx:,} tokens takes {need / 1e9:.1f} GB", available_bytes)
    return n_ctx


def gpu_plans(gpu_layers: GpuLayers, n_layer: int, *, supported: bool) -> Iterator[int]:
    """Numbers of layers to try to offload, best first. The output layer counts as one more than the model's blocks.

    Raises:
        UsageError: a negative number.
    """
    everything = n_layer + 1
    if gpu_layers != "auto" and gpu_layers < 0:
        raise UsageError(f"{gpu_layers} GPU layers make no sense.", hint="Give --gpu-layers auto, or 0 and more.")
    if not supported:
        yield 0
    elif gpu_layers == "auto":
        yield from (everything * quarters // 4 for quarters in (4, 3, 2, 1, 0))
    else:
        yield min(gpu_layers, everything)


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
        info, settings, cancelled, lambda gpu_layers: _load_once(info, settings, gpu_layers, cancelled, closed)
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """A model in memory for several conversations, and the layers that went to the GPU."""

    model: Model
    context: Context
    gpu_layers: int


def load_shared(info: GgufInfo, settings: Settings, n_seq: int) -> Shared:
    """Load with one context for several conversations, in the file's own layout of the weights.

    Measured on x86-64 (Qwen 1.5B Q4_K_M, two threads): for sixteen conversations it writes nearly as fast as the
    repacked one (48 against 53 tokens a second), and reads faster (134 against 93).

    Raises:
        ModelLoadError: one paragraph with the reason and the mend.
    """

    def once(gpu_layers: int) -> Shared:
        model = Model(info.path, gpu_layers=gpu_layers, use_extra_bufts=False)
        try:
            context = _context(info, model, settings.n_ctx, on_gpu=gpu_layers > 0, cancelled=lambda: False, n_seq=n_seq)
        except ModelLoadError:
            model.free()
            raise
        return Shared(model, context, gpu_layers)

    return _with_fewer_layers(info, settings, lambda: False, once)


_T = TypeVar("_T")


def _with_fewer_layers(
    info: GgufInfo, settings: Settings, cancelled: Callable[[], bool], load_with: Callable[[int], _T]
) -> _T:
    plans = list(gpu_plans(settings.gpu_layers, info.n_layer, supported=bool(library().llama_supports_gpu_offload())))
    for gpu_layers in plans:
        try:
            return load_with(gpu_layers)
        except ModelLoadError as error:
            last_try = gpu_layers == plans[-1] or not _OUT_OF_MEMORY.search("\n".join([*recent_log(), error.message]))
            if last_try or cancelled():
                raise _explained(info, error) from error
    raise AssertionError


def _load_once(
    info: GgufInfo, settings: Settings, gpu_layers: int, cancelled: Callable[[], bool], closed: Callable[[], bool]
) -> Loaded:
    def context(model: Model, n_ctx: int) -> Context:
        return _context(info, model, n_ctx, on_gpu=gpu_layers > 0, cancelled=cancelled)

    def lane(use_extra_bufts: bool, ended: Callable[[], bool]) -> Lane:
        model = Model(info.path, gpu_layers=gpu_layers, use_extra_bufts=use_extra_bufts, cancelled=ended)
        try:
            return Lane(model, context, settings.n_ctx)
        except ModelLoadError:
            model.free()
            raise

    two = settings.two_layouts and gpu_layers == 0
    reader = lane(settings.use_extra_bufts and not two, cancelled)
    return Loaded(Lanes(reader, partial(lane, True, closed) if two else None), gpu_layers)


def _context(
    info: GgufInfo, model: Model, n_ctx: int, *, on_gpu: bool, cancelled: Callable[[], bool], n_seq: int = 1
) -> Context:
    if not model.writes_text:
        raise ModelLoadError(f"{info.path} is not a chat model: its architecture is {info.architecture}.")
    context = Context(model, n_ctx=n_ctx, on_gpu=on_gpu, cancelled=cancelled, n_seq=n_seq)
    if not context.has_memory:
        context.free()
        raise ModelLoadError(f"{info.path} is an embedding model ({info.architecture}): it cannot write.")
    return context


def _explained(info: GgufInfo, error: ModelLoadError) -> ModelLoadError:
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
    if _OUT_OF_MEMORY.search(log):
        return _no_memory(path, "llama.cpp could not allocate what it needs", available_memory_bytes())
    line = next((line for line in recent_log() if "error" in line.lower()), "no reason given")
    reason = _LOG_PREFIX.sub("", line).strip()
    return ModelLoadError(
        f"{path} cannot be loaded by llama.cpp: {reason}.",
        hint="The file may be damaged: run `offline-ci models verify`, or get it again with `offline-ci models pull`.",
    )


def _no_memory(path: Path, what: str, available_bytes: int) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} does not fit the memory: {what}, and {available_bytes / 1e9:.1f} GB are available.",
        hint="Give a smaller --n-ctx, close other programs, or choose a smaller model.",
    )
