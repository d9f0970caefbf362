"""How fast a model wrote on this machine when it was last measured. ``cache/speed.json`` below our home."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from offline_ci import _env
from offline_ci.artifacts.files import write_atomically
from offline_ci.errors import OfflineCIError


@dataclass(frozen=True, slots=True)
class Speed:
    """One measurement.

    Attributes:
        model: its name.
        file_bytes: size of its file.
        tokens_per_s: written.
        prompt_tokens_per_s: read.
        n_threads: that computed.
        build_id: of the llama.cpp binaries.
        gpu_layers: layers that were on the GPU.
    """

    model: str
    file_bytes: int
    tokens_per_s: float
    prompt_tokens_per_s: float
    n_threads: int
    build_id: str
    gpu_layers: int


def remember(speed: Speed) -> None:
    """Keep a measurement in place of the last one; where that cannot be written, it is only made again."""
    with suppress(OSError, OfflineCIError):
        write_atomically(_file(), json.dumps(asdict(speed)) + "\n")


def last() -> Speed | None:
    """The last measurement; None where there is none, or it is damaged."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.keys() != {field.name for field in fields(Speed)}:
        return None
    texts, whole = ("model", "build_id"), ("file_bytes", "n_threads", "gpu_layers")
    rates = ("tokens_per_s", "prompt_tokens_per_s")
    if not all(isinstance(data[name], str) for name in texts):
        return None
    if not all(type(data[name]) is int and data[name] >= 0 for name in whole) or data["file_bytes"] == 0:
        return None
    if not all(type(data[name]) in {int, float} and 0 < data[name] < 1e9 for name in rates):
        return None
    return Speed(**{**data, **{name: float(data[name]) for name in rates}})


def _file() -> Path:
    return _env.home() / "cache" / "speed.json"
