"""llama.cpp's own settings, under llama.cpp's own names: for who knows why they want another value."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from offline_ci.errors import UsageError

FlashAttn = Literal["auto", "on", "off"]
KvType = Literal["f16", "q8_0", "q4_0"]
Numa = Literal["off", "distribute", "isolate", "numactl"]

VARIABLE: Final = "OFFLINE_CI_LLAMA"
KV_BITS: Final[dict[KvType, float]] = {"f16": 16, "q8_0": 8.5, "q4_0": 4.5}
"""Bits that a value takes, the scale of its block included."""


@dataclass(frozen=True, slots=True)
class LlamaOptions:
    """How llama.cpp computes and where it keeps things.

    Attributes:
        threads: for computing; None follows the load of the machine.
        flash_attn: ``auto`` is off on the processor, where an answer would depend on the number of threads, and
            llama.cpp's choice on a GPU.
        cache_type_k: of the KV cache's keys.
        cache_type_v: of its values; other than ``f16`` needs flash attention.
        main_gpu: use this GPU alone, by its number among those that are usable; None uses as few as hold the model.
        tensor_split: weights by which layers are shared among all GPUs; empty shares by free memory.
        mmap: map the file instead of reading it.
        mlock: keep it in memory, whatever the kernel wants.
        numa: how to use several memory nodes.
    """

    threads: int | None = None
    flash_attn: FlashAttn = "auto"
    cache_type_k: KvType = "f16"
    cache_type_v: KvType = "f16"
    main_gpu: int | None = None
    tensor_split: tuple[float, ...] = ()
    mmap: bool = True
    mlock: bool = False
    numa: Numa = "off"

    def __post_init__(self) -> None:
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"{self.threads} threads cannot compute.", hint="Give 1 or more, or leave it out.")
        if self.flash_attn == "off" and self.cache_type_v != "f16":
            raise UsageError(
                f"A KV cache with values of {self.cache_type_v} needs flash attention, which is to be off.",
                hint="Leave flash-attn=off out, or give cache-type-v=f16.",
            )

    @property
    def kv_scale(self) -> float:
        """Size of the KV cache relative to one of 16 bits."""
        return (KV_BITS[self.cache_type_k] + KV_BITS[self.cache_type_v]) / 32

    def uses_flash_attn(self, *, on_gpu: bool) -> bool:
        """Whether it is used; on a GPU whose driver does not offer it, ``auto`` goes without."""
        return self.flash_attn == "on" or self.cache_type_v != "f16" or (self.flash_attn == "auto" and on_gpu)

    def __str__(self) -> str:
        """What differs from the defaults, as it is given to ``--llama``."""
        return " ".join(
            f"{name}={_written(value)}"
            for name, key in _NAMES.items()
            if (value := getattr(self, key)) != getattr(DEFAULTS, key)
        )


_NAMES: Final = {
    "threads": "threads",
    "flash-attn": "flash_attn",
    "cache-type-k": "cache_type_k",
    "cache-type-v": "cache_type_v",
    "main-gpu": "main_gpu",
    "tensor-split": "tensor_split",
    "mmap": "mmap",
    "mlock": "mlock",
    "numa": "numa",
}
_SHORT: Final = {
    "t": "threads",
    "fa": "flash-attn",
    "ctk": "cache-type-k",
    "ctv": "cache-type-v",
    "mg": "main-gpu",
    "ts": "tensor-split",
}
DEFAULTS: Final = LlamaOptions()


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(f"{weight:g}" for weight in value)
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value}"


def _natural(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _switch(text: str) -> bool | None:
    return {"on": True, "": True, "1": True, "true": True, "off": False, "0": False, "false": False}.get(text)


def _weights(text: str) -> tuple[float, ...] | None:
    parts = re.split("[,/]", text)
    if not all(re.fullmatch(r"\d{1,9}(\.\d{1,9})?", part) for part in parts):
        return None
    weights = tuple(map(float, parts))
    return weights if any(weights) else None


def _one_of(*choices: str) -> tuple[Callable[[str], object], str]:
    return lambda text: text if text in choices else None, ", ".join(choices)


_PARSERS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "threads": (_natural, "a number from 1 on"),
    "flash-attn": _one_of("auto", "on", "off"),
    "cache-type-k": _one_of(*KV_BITS),
    "cache-type-v": _one_of(*KV_BITS),
    "main-gpu": (_natural, "a number from 0 on"),
    "tensor-split": (_weights, "a number for each GPU, for example 3,1"),
    "mmap": (_switch, "on, off"),
    "mlock": (_switch, "on, off"),
    "numa": _one_of("off", "distribute", "isolate", "numactl"),
}


def parse(settings: Iterable[str], base: LlamaOptions = DEFAULTS) -> LlamaOptions:
    """Options from ``KEY=VALUE`` texts, later ones over earlier ones and all over ``base``.

    Args:
        settings: llama.cpp's names, long or short, for example ``flash-attn=on``, ``ctk=q8_0``, ``mlock``, ``no-mmap``.
        base: where nothing is said.

    Raises:
        UsageError: an unknown name, a value that makes no sense, or two that exclude each other.
    """
    found: dict[str, object] = {}
    for setting in settings:
        name, _, text = setting.strip().lstrip("-").partition("=")
        if name in {"no-mmap", "no-mlock"} and not text:
            name, text = name.removeprefix("no-"), "off"
        name = _SHORT.get(name, name)
        if name not in _PARSERS:
            raise UsageError(f"llama.cpp's {name!r} cannot be set here.", hint=f"There are: {', '.join(_NAMES)}.")
        parser, choices = _PARSERS[name]
        value = parser(text.strip())
        if value is None:
            raise UsageError(f"{name}={text} makes no sense.", hint=f"Give: {choices}.")
        found[_NAMES[name]] = value
    return replace(base, **found)  # type: ignore[arg-type]


def from_environment() -> LlamaOptions:
    """What ``$OFFLINE_CI_LLAMA`` says: settings with spaces between them.

    Raises:
        UsageError: it makes no sense.
    """
    return parse(os.environ.get(VARIABLE, "").split())
