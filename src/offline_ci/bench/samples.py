"""Samples: what models wrote, as JSON lines in HumanEval's and EvalPlus's format."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offline_ci.artifacts.files import write_atomically
from offline_ci.bench.lines import read_lines
from offline_ci.bench.tasks import AnyTask, Suite, Task
from offline_ci.emscripten.strict_json import typed
from offline_ci.errors import UsageError


@dataclass(frozen=True, slots=True)
class Sample:
    """A program for a task.

    Attributes:
        task_id: the task's.
        solution: the whole program.
        answer: what the user was told, of requests; empty for what the program printed.
    """

    task_id: str
    solution: str
    answer: str = ""


def read_samples(path: Path, suite: Suite) -> list[Sample]:
    """Read samples: ``task_id``, and ``solution``, a program, or ``completion``, what goes on where the prompt ends.

    Raises:
        UsageError: it cannot be read, or a line is no sample of a task of the suite; says which and why.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The samples {path} cannot be read: {error}.", hint="Give a file of JSON lines.") from error
    hint = "A sample has a task_id, and a solution or a completion."
    read = functools.partial(_read, suite)
    samples = [sample for _, sample in read_lines(text, read, path=path, kind=f"sample of {suite.name}", hint=hint)]
    if not samples:
        raise UsageError(f"There are no samples in {path}.", hint="Give a file with one JSON object a line.")
    return samples


def _read(suite: Suite, document: object) -> Sample:
    d = typed(document, dict, "it")
    task = suite.tasks.get(typed(d.get("task_id"), str, "task_id"))
    if task is None:
        raise ValueError(f"the suite has no task {d['task_id']!r}")
    answer = typed(d.get("answer", ""), str, "answer")
    if "solution" in d:
        return Sample(task.task_id, typed(d["solution"], str, "solution"), answer)
    if "completion" in d:
        return Sample(task.task_id, completed(task, typed(d["completion"], str, "completion")), answer)
    raise ValueError("it has neither 'solution' nor 'completion'")


def completed(task: AnyTask, completion: str) -> str:
    """The program that a completion makes of a prompt."""
    return f"{task.prompt}{completion}" if isinstance(task, Task) and task.completes else completion


def write_samples(path: Path, samples: Iterable[Sample]) -> None:
    """Write samples, replacing what has that name in one step.

    Raises:
        ArtifactError, DiskSpaceError: they cannot be written there.
    """
    lines = (json.dumps({"task_id": s.task_id, "solution": s.solution}, ensure_ascii=False) for s in samples)
    write_atomically(path, "".join(f"{line}\n" for line in lines))
