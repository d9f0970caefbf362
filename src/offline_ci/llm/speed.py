"""How fast a model was when it was last measured here: what ``doctor`` tells, and what a download is compared with."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from offline_ci import _env
from offline_ci.artifacts.files import write_atomically

_TYPES: Final = {"str": str, "int": int, "float": float}


@dataclass(frozen=True, slots=True)
class Speed:
    """A measurement.

    Attributes:
        model: catalogue name or file stem.
        file_bytes: of the GGUF file.
        tokens_per_s: written.
        prompt_tokens_per_s: read.
        n_threads: that computed.
        build_id: of the llama.cpp binaries.
        gpu_layers: layers on GPUs.
    """

    model: str
    file_bytes: int
    tokens_per_s: float
    prompt_tokens_per_s: float
    n_threads: int
    build_id: str
    gpu_layers: int


def _file() -> Path:
    return _env.home() / "cache" / "speed.json"


def remember(speed: Speed) -> None:
    """Keep a measurement, in place of the one before.

    Raises:
        OSError: the folder cannot be written to.
        ArtifactError: it cannot be made.
    """
    write_atomically(_file(), json.dumps(asdict(speed)) + "\n")


def last() -> Speed | None:
    """The last measurement; None where there is none or its file is damaged."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() != {field.name for field in fields(Speed)}:
        return None
    return Speed(**found) if all(_is_plausible(found[field.name], f"{field.type}") for field in fields(Speed)) else None


def _is_plausible(value: Any, kind: str) -> bool:
    # Exactly these types: a bool is an int to Python. But 7 may stand for 7.0.
    is_exact = type(value) in (_TYPES[kind], *([int] if kind == "float" else []))
    return is_exact and (isinstance(value, str) or 0 <= value < math.inf)
