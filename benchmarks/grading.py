"""How many solutions are judged in a second: HumanEval's references, and the same with a planted fault.

    python benchmarks/grading.py [--workers N] [--rounds N]

Beside it, for scale: a new native Python process for each of the same programs and tests, as many at a time.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from offline_ci import __version__, _env
from offline_ci.bench.grade import Grader
from offline_ci.bench.suites import find_suite
from offline_ci.bench.tasks import Task

_RESULTS = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--workers", type=int, default=_env.usable_cpus(), help="at a time")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the median counts")
    options = parser.parse_args()
    tasks = [task for task in find_suite("humaneval").tasks.values() if isinstance(task, Task) and task.reference]
    ours, native = [], []
    with Grader(options.workers) as grader:
        for _ in range(options.rounds):
            ours.append(len(tasks) / _seconds(lambda: _judge(grader, tasks)))
            native.append(len(tasks) / _seconds(lambda: _judge_natively(tasks, options.workers)))
    document = {
        "schema": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "system": platform.system()},
        "workers": options.workers,
        "per_second": {"ours": _rounded(ours), "a native process each": _rounded(native)},
    }
    path = _RESULTS / f"grading-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"graded a second: {statistics.median(ours):.1f}; a native process each: {statistics.median(native):.1f}")
    print(path)


def _seconds(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _judge(grader: Grader, tasks: list[Task]) -> None:
    verdicts = list(grader.grade_all((task, task.reference or "", "") for task in tasks))
    assert all(verdict.outcome == "PASS" for verdict in verdicts)


def _judge_natively(tasks: list[Task], workers: int) -> None:
    def run(task: Task) -> int:
        program = f"{task.reference}\n{task.test}\ncheck({task.entry_point})\n"
        return subprocess.run([sys.executable, "-I", "-c", program], check=False, capture_output=True).returncode

    with ThreadPoolExecutor(workers) as threads:
        assert not any(threads.map(run, tasks))


def _rounded(values: list[float]) -> dict[str, float | list[float]]:
    return {"median": round(statistics.median(values), 2), "rounds": [round(value, 2) for value in values]}


if __name__ == "__main__":
    main()
