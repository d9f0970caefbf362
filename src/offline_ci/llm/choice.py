"""Which models this machine can run, how fast, and which of them is the best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from offline_ci.artifacts.models import ModelRecord
from offline_ci.errors import ModelLoadError
from offline_ci.llm.capacity import (
    Cost,
    Machine,
    Verdict,
    cost_of_figures,
    cost_of_file,
    expected_tokens_per_s,
    verdict,
)
from offline_ci.llm.gguf import read_gguf

MIN_TOKENS_PER_S: Final = 5.0
"""About the pace at which one reads; a program of thirty lines takes a minute."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model on a machine.

    Attributes:
        record: of the store.
        parameters: for example ``1.5B``; empty where unknown.
        quantisation: for example ``Q4_K_M``; empty where unknown.
        cost: None where unknown: a file of the user's that is gone or damaged.
        verdict: None where the cost is unknown.
        tokens_per_s: expected; None where unknown.
    """

    record: ModelRecord
    parameters: str
    quantisation: str
    cost: Cost | None
    verdict: Verdict | None
    tokens_per_s: float | None

    @property
    def humaneval(self) -> float | None:
        """Published pass@1, in percent."""
        return self.record.offered.humaneval if self.record.offered is not None else None


def survey(records: Iterable[ModelRecord], machine: Machine) -> list[Candidate]:
    """Every model with what it costs and gives on a machine, in the records' order."""
    known = [(record, *_described(record)) for record in records]
    measured = machine.speed.model if machine.speed is not None else None
    share = next((cost.active_share for record, _, _, cost in known if record.name == measured and cost), 1.0)
    return [
        Candidate(
            record,
            parameters,
            quantisation,
            cost,
            verdict(cost, machine) if cost is not None else None,
            expected_tokens_per_s(cost, machine, share) if cost is not None else None,
        )
        for record, parameters, quantisation, cost in known
    ]


def ranked(candidates: Iterable[Candidate], min_tokens_per_s: float = MIN_TOKENS_PER_S) -> list[Candidate]:
    """Those that fit with room to spare and are fast enough, as far as that is known, by published score, best first.

    Args:
        candidates: of one machine.
        min_tokens_per_s: a model that is expected to be slower is left out.
    """
    suitable = [
        (candidate.humaneval, candidate)
        for candidate in candidates
        if candidate.verdict == "fits" and (candidate.tokens_per_s or min_tokens_per_s) >= min_tokens_per_s
    ]
    scored = [(score, candidate) for score, candidate in suitable if score is not None]
    return [candidate for _, candidate in sorted(scored, key=lambda pair: (-pair[0], pair[1].record.size_bytes))]


def _described(record: ModelRecord) -> tuple[str, str, Cost | None]:
    offered = record.offered
    if offered is not None:
        return offered.parameters, offered.quantisation, cost_of_figures(offered.figures, record.size_bytes)
    try:
        info = read_gguf(record.path)
        return _parameters(info.n_params), info.quantization, cost_of_file(info)
    except (ModelLoadError, OSError):
        return "", "", None


def _parameters(count: int) -> str:
    return f"{count / 1e9:.1f}B" if count >= 950_000_000 else f"{count / 1e6:.0f}M"
