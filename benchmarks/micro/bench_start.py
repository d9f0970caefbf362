"""Starting and running, whole processes and inside one: medians, with native CPython beside them.

Run: .venv/bin/python benchmarks/micro/bench_start.py [--runs N]. Writes benchmarks/results/start-<date>.json.
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
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from offline_ci import Sandbox, _env

RESULTS = Path(__file__).resolve().parents[1] / "results"
OFFLINE_CI = str(Path(sys.executable).with_name("offline-ci"))
PROCESSES = {
    "exec print(1)": [OFFLINE_CI, "exec", "-c", "print(1)"],
    "exec import pandas": [OFFLINE_CI, "exec", "-c", "import pandas"],
    "exec import numpy, pandas, matplotlib.pyplot": [
        OFFLINE_CI, "exec", "-c", "import numpy, pandas, matplotlib.pyplot",
    ],
    "offline-ci --help": [OFFLINE_CI, "--help"],
    "native python -c print(1)": [sys.executable, "-c", "print(1)"],
}  # fmt: skip


def measure(function: Callable[[], object], runs: int) -> dict[str, float]:
    """Median and spread in milliseconds, after one run that does not count."""
    function()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        function()
        times.append((time.perf_counter() - begin) * 1000)
    return {"median_ms": statistics.median(times), "min_ms": min(times), "max_ms": max(times), "runs": runs}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    results = {
        name: measure(lambda c=command: subprocess.run(c, check=True, stdout=subprocess.DEVNULL), runs)
        for name, command in PROCESSES.items()
    }
    for isolation in ("inline", "process"):
        with Sandbox(isolation=isolation) as sandbox:
            results[f"{isolation}: run 1+1, warm"] = measure(lambda s=sandbox: s.run("1+1"), 10 * runs)
            results[f"{isolation}: reset to a fresh Python"] = measure(sandbox.reset, runs)
    document = {
        "schema_version": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "python": platform.python_version()},
        "versions": {"wasmtime": version("wasmtime"), "offline-ci": version("offline-ci")},
        "results": results,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"start-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    for name, result in results.items():
        print(f"{result['median_ms']:9.2f} ms  {name}")
    print(path)


if __name__ == "__main__":
    main()
