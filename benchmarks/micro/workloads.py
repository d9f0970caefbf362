"""Times workloads; the same source for every interpreter, like the workloads themselves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping


def measure(workloads: Mapping[Callable[[], float], float]) -> dict[str, float]:
    """Seconds that each workload takes, once.

    Args:
        workloads: what each must return: an integer exactly, a float to nine digits.

    Raises:
        AssertionError: a result is wrong.
    """
    seconds = {}
    for work, expected in workloads.items():
        begin = time.perf_counter()
        result = work()
        seconds[work.__name__] = time.perf_counter() - begin
        is_right = math.isclose(result, expected, rel_tol=1e-9) if isinstance(expected, float) else result == expected
        if not is_right:
            raise AssertionError(f"{work.__name__} gave {result}, not {expected}")
    return seconds
