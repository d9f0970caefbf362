"""What a model costs this machine: memory for a context, and time for a token.

Memory is weights, KV cache, what llama.cpp computes in, and the sandbox beside it. Writing a token reads all weights
that it uses once, and does some work that is the same for all models, so one measurement on this machine, of any
model, gives an estimate for the others. Without a measurement there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from offline_ci.artifacts.catalog import Figures
from offline_ci.errors import ModelLoadError
from offline_ci.llm._hardware import available_memory_bytes
from offline_ci.llm.devices import Device, usable_gpus
from offline_ci.llm.gguf import GgufInfo, sibling_files
from offline_ci.llm.llama_cpp_library import is_built_for_gpu
from offline_ci.llm.llama_cpp_look import look
from offline_ci.llm.llama_cpp_plan import DEFAULT_N_CTX
from offline_ci.llm.speed import Speed, last

Verdict = Literal["fits", "tight", "too large"]

SHORT_N_CTX: Final = 4096
"""Tokens of context that a task with a file and two repairs just about gets by with."""

_BUFFERS_BYTES: Final = (
    300_000_000  # the attention matrix at 16,384 tokens takes 108 MB, logits and vocabulary the rest
)
_SANDBOX_BYTES: Final = 500_000_000  # Python, a sandbox with pandas and a few data
_MARGIN: Final = 1.1
_FIXED_WORK_BYTES: Final = 100_000_000
"""The work for a token that does not grow with the model, as bytes read. Measured on two cores of a Xeon: SmolLM2 135M
writes 5.4 to 6.3 times as fast as Qwen 1.5B, whose file is 11.4 times as large."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What is known of a model that decides what it costs.

    Attributes:
        weights_bytes: size of its file, or files.
        n_ctx_train: tokens of context that it was trained for; 0 where unknown.
        kv_bytes_per_token: cache that one token of context takes.
        active_share: part of the weights that is read for one token.
    """

    weights_bytes: int
    n_ctx_train: int
    kv_bytes_per_token: int
    active_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to run models on.

    Attributes:
        available_bytes: memory that can be had.
        gpu_bytes: room in the memory of the GPUs that this llama.cpp build uses; 0 where there is none.
        speed: the last measurement.
    """

    available_bytes: int
    gpu_bytes: int = 0
    speed: Speed | None = None


def this_machine() -> Machine:
    """The machine we are on, with its GPUs."""
    return machine_with(_gpus(), available_memory_bytes(), last())


def machine_with(gpus: Sequence[Device], available_bytes: int, speed: Speed | None = None) -> Machine:
    """A machine with these GPUs; memory that one shares with the processor counts once, as the GPU's."""
    rooms = [(gpu.shares_memory, gpu.budget_bytes(available_bytes)) for gpu in gpus]
    shared = sum(room for is_shared, room in rooms if is_shared)
    return Machine(available_bytes - min(shared, available_bytes), sum(room for _, room in rooms), speed)


def _gpus() -> list[Device]:
    if not is_built_for_gpu():
        return []
    with suppress(ModelLoadError):  # `doctor` tells
        return usable_gpus(look().devices)
    return []


def cost_of_figures(figures: Figures, size_bytes: int) -> Cost:
    """The cost of a model that the catalogue describes."""
    return Cost(size_bytes, figures.n_ctx_train, figures.kv_bytes_per_token, figures.active_share)


def cost_of_file(info: GgufInfo) -> Cost:
    """The cost of a model whose file is here; parts of it that are missing do not count."""
    n_bytes = sum(path.stat().st_size for path in sibling_files(info) if path.is_file())
    return Cost(n_bytes, info.n_ctx_train, info.kv_bytes_per_token, info.active_share)


def memory_bytes(cost: Cost, n_ctx: int = DEFAULT_N_CTX) -> int:
    """Memory that a model takes, in bytes, the sandbox beside it not counted.

    Args:
        cost: of the model.
        n_ctx: tokens of context; cut down to what it was trained for.
    """
    return cost.weights_bytes + min(n_ctx, cost.n_ctx_train or SHORT_N_CTX) * cost.kv_bytes_per_token + _BUFFERS_BYTES


def verdict(cost: Cost, machine: Machine) -> Verdict:
    """Whether a model fits: with the usual context and room to spare; with a short one and none; or not."""
    room = machine.available_bytes + machine.gpu_bytes
    if (memory_bytes(cost) + _SANDBOX_BYTES) * _MARGIN <= room:
        return "fits"
    return "tight" if memory_bytes(cost, SHORT_N_CTX) <= room else "too large"


def expected_tokens_per_s(cost: Cost, machine: Machine, measured_share: float = 1.0) -> float | None:
    """Tokens a second that a model should write here.

    Args:
        cost: of the model.
        machine: with its last measurement.
        measured_share: ``active_share`` of the model that was measured.

    Returns:
        None where nothing was measured, or what was measured says nothing about this model: it does not fit the
        memory, or that of the GPU on which was measured.
    """
    speed = machine.speed
    if speed is None or verdict(cost, machine) == "too large":
        return None
    if speed.gpu_layers and memory_bytes(cost) > machine.gpu_bytes:
        return None
    measured, expected = speed.file_bytes * measured_share, cost.weights_bytes * cost.active_share
    return speed.tokens_per_s * (measured + _FIXED_WORK_BYTES) / (expected + _FIXED_WORK_BYTES)
