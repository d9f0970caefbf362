"""Run the interpreter's development suite (benchmarks/suites/interpreter) with a model.

    python benchmarks/interpreter.py [--suite interpreter|everyday] [--model NAME] [--mode loop|plain] [--seeds N]
                                     [--only KIND|ID]... [--jobs N]
    python benchmarks/interpreter.py --compare A.jsonl B.jsonl

Every task gets a session of its own on the real sandbox; the model is loaded once. Verdicts are written to
benchmarks/results as they come, so a run that was ended goes on where it was. Timings count only on a quiet machine.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import interpreter_results as files
from interpreter_run import TIME_LIMIT_S, Mode, Record, reference_model, run_case
from rich.console import Console
from suites.interpreter import SEEDS, SUITES, Case, Task, all_tasks

import offline_ci
from offline_ci import _env
from offline_ci.bench.checkout import digest_of
from offline_ci.bench.run import loaded, spread
from offline_ci.interpreter.interpreter import resolve_model

_HERE = Path(__file__).resolve().parent
_REFERENCE = "reference"


def main() -> None:
    """Entry point."""
    options = _options()
    if options.compare:
        before, after = map(files.load, options.compare)
        Console().print(files.table(after, before))
        print("\n".join(files.changes(before, after)))
        return
    tasks = [task for task in all_tasks(options.suite) if not options.only or {task.kind, task.id} & set(options.only)]
    if not tasks:
        sys.exit(
            f"No kind or task is called {' or '.join(options.only)}. There are: {', '.join(_kinds(options.suite))}."
        )
    cases = [task.at(seed) for seed in SEEDS[: options.seeds] for task in tasks]
    results = files.open_results(_header(options, tasks, len(cases)), fresh=options.fresh)
    done = {(record.id, record.seed) for record in results.records}
    if done:
        print(f"Going on with {results.path.name}: {len(done)} of {len(cases)} are done.")
    left = [case for case in cases if (case.task.id, case.seed) not in done]
    _work(left, results, options)
    results.records.sort(key=lambda record: (record.id, record.seed))
    baseline = files.find_baseline(results) if options.mode == "loop" else None
    Console().print(files.table(results, baseline))
    print(results.path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--model", help=f"name or path; by default the catalogue's default; '{_REFERENCE}' plays the solutions"
    )
    parser.add_argument("--mode", choices=["loop", "plain"], default="loop", help="our interpreter, or the baseline")
    parser.add_argument("--suite", choices=list(SUITES), default="interpreter", help="which tasks")
    parser.add_argument("--seeds", type=int, choices=range(1, len(SEEDS) + 1), default=len(SEEDS), help="how many")
    parser.add_argument("--only", action="append", default=[], metavar="KIND|ID", help="a part; repeatable")
    parser.add_argument("--jobs", type=int, default=1, help="tasks at a time; timings count only with one")
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT_S, metavar="S", help="for one task")
    parser.add_argument("--fresh", action="store_true", help="do not go on with an unfinished run")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two result files side by side")
    return parser.parse_args()


def _work(cases: list[Case], results: files.Results, options: argparse.Namespace) -> None:
    begin = time.monotonic()
    for i, record in enumerate(_records(cases, options), 1):
        results.add(record)
        left_min = (time.monotonic() - begin) / i * (len(cases) - i) / 60
        print(
            f"{'pass' if record.passed else 'FAIL'}  {record.id} {record.seed}  {record.seconds:.1f} s  {record.reason}"
            f"  [{i}/{len(cases)}, {left_min:.0f} min left]",
            flush=True,
        )


def _records(cases: list[Case], options: argparse.Namespace) -> Iterator[Record]:
    mode: Mode = options.mode
    if options.model == _REFERENCE:
        for case in cases:
            yield run_case(case, reference_model(case.programs), mode, options.time_limit)
        return
    limit_s = options.time_limit * options.jobs  # each is slower, all together are not
    with loaded(resolve_model(options.model), options.jobs) as models:
        yield from spread(models, lambda case, model: run_case(case, model, mode, limit_s), cases)


def _header(options: argparse.Namespace, tasks: list[Task], n_cases: int) -> dict[str, Any]:
    if options.model == _REFERENCE:
        name, sha256 = _REFERENCE, ""
    else:
        file = resolve_model(options.model)
        name, sha256 = file.name, file.sha256
    library = Path(offline_ci.__file__).parent
    used = [library / "llm", library / "interpreter"] if options.mode == "loop" else [library / "llm"]
    return {
        "schema": 1,
        "suite": options.suite,
        "mode": options.mode,
        "model": name,
        "model_sha256": sha256,
        "seeds": list(SEEDS[: options.seeds]),
        "only": sorted(options.only),
        "tasks": len(tasks),
        "cases": n_cases,
        "time_limit_s": options.time_limit,
        "jobs": options.jobs,
        "version": offline_ci.__version__,
        "suite_sha256": digest_of(dict.fromkeys(_HERE / "suites" / name for name in ("interpreter", options.suite))),
        "code_sha256": digest_of([*used, _HERE / "interpreter_plain.py", _HERE / "interpreter_run.py"]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "system": platform.system()},
    }


def _kinds(suite: str) -> list[str]:
    return sorted({task.kind for task in all_tasks(suite)})


if __name__ == "__main__":
    main()
