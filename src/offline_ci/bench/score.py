"""From verdicts to numbers: pass@k without bias, intervals, two models on the same tasks."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_DRAWS: Final = 2000
_SEED: Final = 20250101


class Interval(NamedTuple):
    """A confidence interval of a share."""

    low: float
    high: float


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of k samples passes, of which n were drawn and c passed.

    Source: Chen et al. 2021 (arXiv 2107.03374), the unbiased estimator: 1 - C(n-c, k) / C(n, k).

    Raises:
        ValueError: the numbers make no sense.
    """
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"pass@{k} of {n} samples, {c} of which passed")
    if n - c < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / i for i in range(n - c + 1, n + 1))


def mean_pass_at_k(passed: Mapping[str, Sequence[bool]], k: int) -> float | None:
    """The mean over tasks; None where a task has fewer than k samples, or there are no tasks."""
    if not passed or min(map(len, passed.values())) < k:
        return None
    return statistics.fmean(pass_at_k(len(samples), sum(samples), k) for samples in passed.values())


def wilson(passed: int, total: int, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of a share; everything where nothing was tried.

    Source: Wilson 1927, JASA 22.
    """
    if not total:
        return Interval(0.0, 1.0)
    z = statistics.NormalDist().inv_cdf(0.5 + confidence / 2)
    share = passed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def bootstrap(passed: Mapping[str, Sequence[bool]], confidence: float = 0.95) -> Interval:
    """The interval of pass@1 where tasks have several samples, which are not independent: tasks are drawn anew.

    The percentile bootstrap with 2,000 draws, the same ones each time.

    Source: Efron and Tibshirani 1993, chapter 13.
    """
    shares = [statistics.fmean(samples) for samples in passed.values()]
    draw = random.Random(_SEED)  # noqa: S311 - for the same interval each time
    means = sorted(statistics.fmean(draw.choices(shares, k=len(shares))) for _ in range(_DRAWS))
    cut = int(_DRAWS * (1 - confidence) / 2)
    return Interval(means[cut], means[-1 - cut])


def mcnemar(only_first: int, only_second: int) -> float:
    """The chance of so great a difference, or a greater one, between two equally good models.

    The exact two-sided test on the tasks that only one of them solved.

    Source: McNemar 1947, Psychometrika 12; the binomial form.
    """
    n = only_first + only_second
    tail = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**n))
