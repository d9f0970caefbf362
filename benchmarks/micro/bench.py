"""How fast sandboxes start, branch and run, beside native CPython and Pyodide in Node; how fast the model writes.

    python benchmarks/micro/bench.py [--only WORD]... [--runs N] [--cycles N] [--no-save]

Appends benchmarks/results/micro-<date>.json. Timings count only on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import bench_llm
import bench_many
import bench_python
import bench_start
import bench_states
from measure import Row, table

from offline_ci import __version__, _env

RESULTS = Path(__file__).resolve().parents[1] / "results"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    groups: dict[str, Callable[[], list[Row]]] = {
        "start": lambda: bench_start.restore_and_first_work(options.runs),
        "run": lambda: bench_start.round_trips(options.runs),
        "process": lambda: bench_start.whole_process(options.runs),
        "fork": lambda: bench_states.forks(options.runs),
        "checkpoint": lambda: bench_states.checkpoints(options.runs),
        "memory": lambda: bench_many.memory(options.runs),
        "rate": lambda: bench_many.rate(options.runs),
        "growth": lambda: bench_many.growth(options.cycles),
        "python": lambda: bench_python.speed(options.runs),
        "arrays": lambda: bench_python.arrays(options.runs),
        "token": lambda: bench_llm.first_token(options.runs),
        "speed": bench_llm.speed,
        "lookup": bench_llm.prompt_lookup,
    }
    parser.add_argument("--only", action="append", choices=groups, help="a part of the table; repeatable")
    parser.add_argument("--runs", type=int, default=20, help="samples of each measure")
    parser.add_argument("--cycles", type=int, default=10_000, help="sandboxes of the search for growth")
    parser.add_argument("--no-save", action="store_true", help="print only")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.only or groups:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += groups[name]()
    print(table(rows))
    if not options.no_save:
        print(_save(rows))


def _save(rows: list[Row]) -> Path:
    now = datetime.now(UTC)
    document = {
        "schema_version": 2,
        "date": now.isoformat(timespec="seconds"),
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "python": platform.python_version()},
        "versions": {"wasmtime": version("wasmtime"), "offline-ci": __version__},
        "rows": [row.to_json() for row in rows],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"micro-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
