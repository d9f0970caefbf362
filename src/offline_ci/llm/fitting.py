"""How many layers of a model fit the GPUs' memory, and which go where: arithmetic on what file and driver say.

llama.cpp has a fitting of its own, in a library for its command-line tools that its Python binding does not include.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from offline_ci.llm.devices import Device
from offline_ci.llm.gguf import GgufInfo

GPU_UBATCH: Final = 512
"""Tokens that a GPU computes at once."""

_FLOAT_BYTES: Final = 4
_RUNTIME_BYTES: Final = 64 << 20
"""Of each device, for what a back end keeps besides: its pool, its kernels' scratch memory."""


@dataclass(frozen=True, slots=True)
class Offload:
    """Layers on GPUs; the last layers of the model, the output layer included.

    Attributes:
        devices: places in llama.cpp's list of devices.
        shares: layers for each of these devices, in the order of the layers.
    """

    devices: tuple[int, ...] = ()
    shares: tuple[int, ...] = ()

    @property
    def n_layers(self) -> int:
        """In all."""
        return sum(self.shares)


CPU_ONLY: Final = Offload()


@dataclass(frozen=True, slots=True)
class Need:
    """What a model takes.

    Attributes:
        layer_bytes: weights of each block, then of the output layer.
        kv_bytes: KV cache of one block for the whole context.
        compute_bytes: on each device that computes any of it.
    """

    layer_bytes: tuple[int, ...]
    kv_bytes: int
    compute_bytes: int

    @property
    def everything(self) -> int:
        """Layers in all; the output layer counts as one."""
        return len(self.layer_bytes)

    def takes(self, first: int, end: int) -> int:
        """Bytes that the layers from ``first`` to before ``end`` take on one device."""
        if first == end:
            return 0
        n_blocks = min(end, self.everything - 1) - min(first, self.everything - 1)
        return sum(self.layer_bytes[first:end]) + n_blocks * self.kv_bytes + self.compute_bytes


def need_of(info: GgufInfo, n_tokens: int, *, kv_scale: float, flash_attn: bool) -> Need:
    """What a model takes with a context.

    Args:
        info: what the file says about itself.
        n_tokens: of context, all conversations together.
        kv_scale: size of the KV cache relative to one of 16 bits.
        flash_attn: without it, the attention matrix needs memory as well.
    """
    n_layer = max(info.n_layer, 1)
    layers = info.layer_bytes
    if info.n_files > 1 or not any(layers):
        layers = (info.file_bytes * info.n_files // n_layer,) * (n_layer + 1)
    wide = 6 * info.n_embd + 3 * (info.n_ff or 4 * info.n_embd)
    mask = n_tokens * (_FLOAT_BYTES + 2)
    attention = 0 if flash_attn else n_tokens * info.n_head * _FLOAT_BYTES
    compute = GPU_UBATCH * (wide * _FLOAT_BYTES + mask + attention) + info.n_vocab * _FLOAT_BYTES + _RUNTIME_BYTES
    return Need(layers, round(n_tokens * info.kv_bytes_per_token * kv_scale / n_layer), compute)


def share(n_layers: int, weights: Sequence[float]) -> tuple[int, ...]:
    """Layers for each device by weight, as llama.cpp shares them out."""
    ends = list(accumulate(weights))
    counts = [0] * len(weights)
    for layer in range(n_layers):
        counts[min(bisect_right(ends, layer * ends[-1] / n_layers), len(weights) - 1)] += 1
    return tuple(counts)


def fit(
    need: Need,
    gpus: Sequence[Device],
    available_bytes: int,
    *,
    most: int | None = None,
    split: Sequence[float] = (),
) -> Offload:
    """The most layers that fit, on as few devices as hold them: what goes from one to another costs time.

    Args:
        need: what the model takes.
        gpus: that may be used.
        available_bytes: of the processor's memory, from which some devices take theirs.
        most: layers to offload at most.
        split: a weight for each device; by default what each has room for.
    """
    budgets = [device.budget_bytes(available_bytes) for device in gpus]
    by_room = sorted(range(len(gpus)), key=lambda i: -budgets[i])
    sets = [range(len(gpus))] if split else [sorted(by_room[:n]) for n in range(1, len(gpus) + 1)]
    weights = split or budgets
    start = need.everything if most is None else min(most, need.everything)
    for n_layers in range(start, 0, -1):
        for chosen in sets:
            counts = share(n_layers, [weights[i] for i in chosen]) if any(weights[i] for i in chosen) else ()
            if counts and _holds(need, n_layers, counts, [budgets[i] for i in chosen]):
                return _offload(gpus, chosen, counts)
    return CPU_ONLY


def place(need: Need, gpus: Sequence[Device], n_layers: int, available_bytes: int, split: Sequence[float]) -> Offload:
    """So many layers, whether they seem to fit or not."""
    n_layers = min(n_layers, need.everything)
    if n_layers == 0 or not gpus:
        return CPU_ONLY
    fitting = fit(need, gpus, available_bytes, most=n_layers, split=split)
    if fitting.n_layers == n_layers:
        return fitting
    weights = split or [device.budget_bytes(available_bytes) or device.free_bytes or 1 for device in gpus]
    return _offload(gpus, range(len(gpus)), share(n_layers, weights))


def fewer(n_layers: int, fit_at_most: Callable[[int], Offload]) -> Iterator[Offload]:
    """What to try when so many could not be allocated after all: three quarters, half, a quarter, none."""
    for quarters in (3, 2, 1):
        offload = fit_at_most(n_layers * quarters // 4)
        if offload.n_layers:
            yield offload
    yield CPU_ONLY


def _holds(need: Need, n_layers: int, counts: Sequence[int], budgets: Sequence[int]) -> bool:
    first = need.everything - n_layers
    for count, budget in zip(counts, budgets, strict=True):
        if need.takes(first, first + count) > budget:
            return False
        first += count
    return True


def _offload(gpus: Sequence[Device], chosen: Sequence[int], counts: Sequence[int]) -> Offload:
    used = [(gpus[i].index, count) for i, count in zip(chosen, counts, strict=True) if count]
    return Offload(tuple(index for index, _ in used), tuple(count for _, count in used))
