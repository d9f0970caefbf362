"""The interpreter's own suite, which is in the source checkout: ``benchmarks/``."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from offline_ci.bench.tasks import Mode, Outcome, SessionTask, Suite, Verdict, Written
from offline_ci.errors import UsageError
from offline_ci.llm.base import CodeModel

_FOLDER: Final = Path(__file__).resolve().parents[3] / "benchmarks"
_COUNTED: Final = (".py", ".toml")


def is_there() -> bool:
    """Whether this is a checkout."""
    return (_FOLDER / "interpreter_run.py").is_file()


def read_sessions(name: str) -> Suite:
    """A suite of sessions. Sample i of a task has the input and the seed i + 1.

    Raises:
        UsageError: this is no checkout, or what the suite needs is not installed.
    """
    if not is_there():
        raise UsageError(
            f"The suite {name!r} comes with the source of offline-ci, and this is an installed package.",
            hint="Run it from a checkout, with `make setup`.",
        )
    if str(_FOLDER) not in sys.path:
        sys.path.insert(0, str(_FOLDER))
    try:
        run = importlib.import_module("interpreter_run")
        found = importlib.import_module("suites.interpreter").all_tasks(name)
    except ImportError as error:
        raise UsageError(
            f"The suite {name!r} needs {error.name}, which is not installed.", hint="Install it: make setup."
        ) from error
    tasks = [SessionTask(task.id, partial(_solve, run, task)) for task in found]
    return Suite(name, digest_of([_FOLDER]), {task.task_id: task for task in tasks})


def _solve(run: Any, task: Any, model: CodeModel, mode: Mode, index: int, jobs: int) -> Written:
    record = run.run_case(task.at(index + 1), model, mode, run.TIME_LIMIT_S * jobs)
    if record.passed:
        verdict = Verdict(task.id, "PASS")
    else:
        kinds = {"ok": "wrong answer", "failed": "gave up", "interrupted": "time", "crash": "crash"}
        outcome: Outcome = "TIMEOUT" if record.status == "interrupted" else "FAIL"
        verdict = Verdict(task.id, outcome, kinds[record.status], record.reason)
    return Written(
        solution="\n\n".join(record.code),
        answer="\n\n".join(record.answers),
        verdict=verdict,
        seconds=record.seconds,
        completion_tokens=record.completion_tokens,
        turns=max(0, record.turns - 1),
    )


def digest_of(places: Iterable[Path]) -> str:
    """Of all programs and recipes in these places, so that a run only goes on with what it began with."""
    digest = hashlib.sha256()
    for place in places:
        inside = (path for path in place.rglob("*") if path.suffix in _COUNTED)
        for path in sorted(inside) if place.is_dir() else [place]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
