"""What to load a model with: how much context, which layers on which GPU, and what to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from offline_ci.errors import ModelLoadError, UsageError
from offline_ci.llm.devices import Device, usable_gpus
from offline_ci.llm.fitting import CPU_ONLY, Need, Offload, fewer, fit, need_of, place
from offline_ci.llm.gguf import GgufInfo
from offline_ci.llm.llama_options import DEFAULTS, LlamaOptions

DEFAULT_N_CTX: Final = 16384
MIN_N_CTX: Final = 256
_SMALLEST_DEFAULT: Final = 2048
_SMALLEST_ON_GPU: Final = 8192
_UNSTATED_N_CTX: Final = 4096

GpuLayers = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to load.

    Attributes:
        n_ctx: context in tokens, of each conversation.
        gpu_layers: ``auto`` or a number of layers.
        use_extra_bufts: repack the weights for this CPU.
        options: llama.cpp's own.
        two_layouts: read prompts with the file's own layout all the same.
        devices: what this build sees.
        available_bytes: of the processor's memory.
        n_seq: conversations.
        warnings: what the user should know about all this.
    """

    n_ctx: int
    gpu_layers: GpuLayers
    use_extra_bufts: bool
    options: LlamaOptions = DEFAULTS
    two_layouts: bool = False
    devices: tuple[Device, ...] = ()
    available_bytes: int = 1 << 62
    n_seq: int = 1
    warnings: tuple[str, ...] = ()


def choose_n_ctx(requested: int | None, info: GgufInfo, available_bytes: int, *, kv_scale: float = 1.0) -> int:
    """Tokens of context: what is asked for, or as many as the model, the memory and ``DEFAULT_N_CTX`` allow.

    More than the model was trained for is refused, not cut down: beyond it a model writes nonsense, and a silent
    smaller value would only move the surprise.

    Args:
        requested: tokens, or None.
        info: what the file says about itself.
        available_bytes: of memory.
        kv_scale: size of the KV cache relative to one of 16 bits.

    Raises:
        UsageError: more than the model was trained for, or too few to hold any request.
        ModelLoadError: that many do not fit the memory.
    """
    trained = info.n_ctx_train or _UNSTATED_N_CTX
    each = info.kv_bytes_per_token * kv_scale
    if requested is None:
        n_ctx = min(trained, DEFAULT_N_CTX)
        while n_ctx * each > available_bytes and n_ctx // 2 >= _SMALLEST_DEFAULT:
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
    need = n_ctx * each
    if need > available_bytes:
        raise no_memory(info.path, f"a context of {n_ctx:,} tokens takes {need / 1e9:.1f} GB", available_bytes)
    return n_ctx


def draft(
    info: GgufInfo,
    n_ctx: int | None,
    gpu_layers: GpuLayers,
    options: LlamaOptions,
    devices: Sequence[Device],
    available_bytes: int,
    n_seq: int = 1,
) -> Settings:
    """Settings for what is asked for, on what this machine has; nothing of them is tried yet.

    Args:
        info: what the file says about itself.
        n_ctx: tokens of context, of each conversation; None takes what model and memory allow.
        gpu_layers: ``auto`` or a number of layers.
        options: llama.cpp's own.
        devices: what this build sees.
        available_bytes: of the processor's memory.
        n_seq: conversations.

    Raises:
        UsageError, ModelLoadError: see ``choose_n_ctx`` and ``chosen_gpus``.
    """
    settings = Settings(
        n_ctx or 0,
        gpu_layers,
        use_extra_bufts=True,
        options=options,
        devices=tuple(devices),
        available_bytes=available_bytes,
        n_seq=n_seq,
    )
    own = [gpu.budget_bytes(available_bytes) for gpu in chosen_gpus(settings) if not gpu.shares_memory]
    room = (available_bytes + sum(own)) // n_seq
    chosen = choose_n_ctx(n_ctx, info, room, kv_scale=options.kv_scale)
    return replace(settings, n_ctx=chosen if n_ctx is not None else n_ctx_on_gpu(chosen, info, settings))


def n_ctx_on_gpu(n_ctx: int, info: GgufInfo, settings: Settings) -> int:
    """A default context, smaller where the whole model fits the GPUs beside a smaller one.

    That is several times as fast, and ``_SMALLEST_ON_GPU`` tokens hold a long session.
    """
    gpus = chosen_gpus(settings)
    smaller = n_ctx
    while gpus and settings.gpu_layers == "auto" and smaller >= min(n_ctx, _SMALLEST_ON_GPU):
        need = need_for(info, settings, n_ctx=smaller)
        if fit(need, gpus, settings.available_bytes, split=settings.options.tensor_split).n_layers == need.everything:
            return smaller
        smaller //= 2
    return n_ctx


def need_for(info: GgufInfo, settings: Settings, *, n_ctx: int | None = None) -> Need:
    """What a model takes on GPUs with these settings."""
    return need_of(
        info,
        (n_ctx or settings.n_ctx) * settings.n_seq,
        kv_scale=settings.options.kv_scale,
        flash_attn=settings.options.uses_flash_attn(on_gpu=True),
    )


def chosen_gpus(settings: Settings) -> list[Device]:
    """The GPUs that may be used: software devices only where a number of layers is asked for and there is no other.

    Raises:
        UsageError: the negative number of layers, or ``main_gpu`` or ``tensor_split`` name more GPUs than there are.
    """
    gpu_layers, options = settings.gpu_layers, settings.options
    if gpu_layers != "auto" and gpu_layers < 0:
        raise UsageError(f"{gpu_layers} GPU layers make no sense.", hint="Give --gpu-layers auto, or 0 and more.")
    gpus = usable_gpus(settings.devices)
    if not gpus and gpu_layers != "auto":
        gpus = [device for device in settings.devices if device.is_software]
    if not gpus or gpu_layers == 0:
        return []
    highest = max(options.main_gpu or 0, len(options.tensor_split) - 1)
    if highest >= len(gpus):
        named = ", ".join(f"{i}: {gpu}" for i, gpu in enumerate(gpus))
        raise UsageError(f"There is no GPU {highest}.", hint=f"There are: {named}.")
    return gpus if options.main_gpu is None else [gpus[options.main_gpu]]


def plans(info: GgufInfo, settings: Settings) -> Iterator[Offload]:
    """What to try to put on the GPUs, best first; the last of ``auto`` is nothing.

    Raises:
        UsageError: see ``chosen_gpus``.
    """
    gpus, available = chosen_gpus(settings), settings.available_bytes
    split = settings.options.tensor_split
    split = (*split, *[0.0] * (len(gpus) - len(split))) if split and len(gpus) > 1 else ()
    need = need_for(info, settings)
    if settings.gpu_layers != "auto":
        yield place(need, gpus, settings.gpu_layers, available, split)
        return
    best = fit(need, gpus, available, split=split)
    yield best
    if best.n_layers:
        yield from fewer(best.n_layers, lambda most: fit(need, gpus, available, most=most, split=split))


def where(offload: Offload, info: GgufInfo, settings: Settings) -> str:
    """Layers and devices in words, for example ``20 of 29 layers on CUDA0 (NVIDIA GeForce RTX 4060)``."""
    if offload == CPU_ONLY:
        return "the processor alone"
    by_index = {device.index: device for device in settings.devices}
    named = " and ".join(f"{by_index[index]}" for index in offload.devices)
    return f"{offload.n_layers} of {info.n_layer + 1} layers on {named}"


def remark(offload: Offload, info: GgufInfo, settings: Settings) -> str:
    """What the user should know about where the model went: why not all of it is on a GPU; empty where it is."""
    gpus = chosen_gpus(settings)
    if settings.gpu_layers != "auto":
        return "" if gpus or settings.gpu_layers == 0 else _NO_GPU
    if not gpus or offload.n_layers > info.n_layer:
        return ""
    free = " and ".join(f"{gpu.name} has {gpu.free_bytes / 1e9:.1f} GB free" for gpu in gpus)
    return (
        f"The model runs on {where(offload, info, settings)}: {free}. For more: a smaller --n-ctx, a smaller model, "
        "or `--llama cache-type-k=q8_0 --llama cache-type-v=q8_0`."
    )


_NO_GPU: Final = "This llama.cpp build sees no GPU, so --gpu-layers has no effect; `offline-ci doctor` tells why."


def no_memory(path: Path, what: str, available_bytes: int) -> ModelLoadError:
    """The error for a model that is too large."""
    return ModelLoadError(
        f"{path.name} does not fit the memory: {what}, and {available_bytes / 1e9:.1f} GB are available.",
        hint="Give a smaller --n-ctx, close other programs, or choose a smaller model.",
    )
