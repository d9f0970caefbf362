"""What a run says: scores with intervals, why samples failed, how fast they were written."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from offline_ci.bench.records import Record, RunFolder
from offline_ci.bench.score import Interval, bootstrap, mcnemar, mean_pass_at_k, wilson

_KS: Final = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Summary:
    """Of a run's records.

    Attributes:
        n_tasks, n_samples: with a verdict.
        pass_at: k to the mean over tasks.
        interval: of pass@1, 95 %: Wilson's, or where tasks have several samples the bootstrap over tasks.
        reasons: kind of failure to how many.
        write_s: median seconds for a sample, at its share of the machine.
        first_token_s: median seconds to a sample's first token, None where there is none.
        tokens_per_s: written by all samples of a time together: the median of them, by their own clocks.
        completion_tokens: in all.
    """

    n_tasks: int
    n_samples: int
    pass_at: dict[int, float]
    interval: Interval
    reasons: dict[str, int]
    write_s: float
    first_token_s: float | None
    tokens_per_s: float | None
    completion_tokens: int


def summarise(records: Sequence[Record], jobs: int = 1) -> Summary:
    """The numbers of a run.

    Args:
        records: one at least.
        jobs: how many samples were written at a time.
    """
    passed: dict[str, list[bool]] = {}
    for record in records:
        passed.setdefault(record.task_id, []).append(record.outcome == "PASS")
    scores = {k: score for k in _KS if (score := mean_pass_at_k(passed, k)) is not None}
    n_passed = sum(map(sum, passed.values()))
    first = [record.first_token_s for record in records if record.first_token_s is not None]
    speeds = [jobs * record.completion_tokens / record.write_s for record in records if record.write_s > 0]
    return Summary(
        n_tasks=len(passed),
        n_samples=len(records),
        pass_at=scores,
        interval=wilson(n_passed, len(records)) if len(passed) == len(records) else bootstrap(passed),
        reasons=dict(Counter(record.reason for record in records if record.outcome != "PASS").most_common()),
        write_s=statistics.median(record.write_s for record in records),
        first_token_s=statistics.median(first) if first else None,
        tokens_per_s=statistics.median(speeds) if speeds else None,
        completion_tokens=sum(record.completion_tokens for record in records),
    )


def score_document(suite: str, suite_sha256: str, records: Sequence[Record]) -> dict[str, Any]:
    """The JSON document of ``bench score`` and ``bench run``: part of the contract."""
    summary = summarise(records)
    verdicts: dict[str, list[str]] = {}
    for record in sorted(records, key=lambda record: record.index):
        verdicts.setdefault(record.task_id, []).append(record.outcome)
    return {
        "suite": suite,
        "suite_sha256": suite_sha256,
        "n_tasks": summary.n_tasks,
        "n_samples": summary.n_samples,
        **{f"pass@{k}": score for k, score in summary.pass_at.items()},
        "interval_95": list(summary.interval),
        "reasons": summary.reasons,
        "verdicts": verdicts,
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the tasks that both have; the first sample of each counts.

    Attributes:
        n_tasks: that both have.
        first, second: solved by each.
        only_first, only_second: tasks that one of them solved, and the other did not.
        p: McNemar's exact test: the chance of so great a difference between equally good models.
    """

    n_tasks: int
    first: int
    second: int
    only_first: list[str]
    only_second: list[str]
    p: float

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def compare(first: RunFolder, second: RunFolder) -> Comparison:
    """Two models, or two ways to use one, on the same tasks."""
    a, b = ({task: records[0].outcome == "PASS" for task, records in run.by_task().items()} for run in (first, second))
    both = [task for task in a if task in b]
    only_a = [task for task in both if a[task] and not b[task]]
    only_b = [task for task in both if b[task] and not a[task]]
    return Comparison(
        n_tasks=len(both),
        first=sum(a[task] for task in both),
        second=sum(b[task] for task in both),
        only_first=only_a,
        only_second=only_b,
        p=mcnemar(len(only_a), len(only_b)),
    )
