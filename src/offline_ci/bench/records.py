"""A run on the disk: a folder with ``run.json``, what was run with what, and ``samples.jsonl``, what came of it.

``samples.jsonl`` is in EvalPlus's format, with verdicts and measurements beside each solution; a line is written when
its sample is judged, so a run that was ended at any point goes on where it was.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final, get_args

from offline_ci import __version__, _env
from offline_ci.artifacts.files import make_private_dir, raise_if_full, write_atomically
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.bench.attempt import LIMITS
from offline_ci.bench.generate import Decoding
from offline_ci.bench.grade import MIN_TIME_S, REFERENCE_FACTOR
from offline_ci.bench.lines import whole_lines
from offline_ci.bench.tasks import Outcome, Suite, Verdict, Written
from offline_ci.emscripten.strict_json import check, integer, typed
from offline_ci.errors import UsageError
from offline_ci.interpreter import prompt
from offline_ci.llm.base import ModelInfo

SCHEMA: Final = 1
HEADER: Final = "run.json"
SAMPLES: Final = "samples.jsonl"
_OUTCOMES: Final = frozenset(get_args(Outcome))
_FREE: Final = frozenset({"date", "machine", "git", "measured"})
"""What may differ between two parts of one run."""


@dataclass(frozen=True, slots=True)
class Record:
    """A sample, its verdict, and what it cost.

    Attributes:
        task_id: the task's.
        index: number of the sample of that task, from 0.
        solution: the program that was judged.
        outcome, reason, detail: see ``tasks.Verdict``.
        run_s: seconds that the solution's own code ran.
        write_s: seconds that the model took.
        first_token_s: seconds to its first token, None where there was none.
        prompt_tokens, completion_tokens: that it read and wrote.
        turns: programs that ran before the last one, in the interpreter's loop.
        answer: what the user was told, of requests.
    """

    task_id: str
    index: int
    solution: str
    outcome: str
    reason: str = ""
    detail: str = ""
    run_s: float = 0.0
    write_s: float = 0.0
    first_token_s: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    turns: int = 0
    answer: str = ""


def record_of(verdict: Verdict, index: int, written: Written) -> Record:
    """A sample with its verdict."""
    return Record(
        task_id=verdict.task_id,
        index=index,
        solution=written.solution,
        outcome=verdict.outcome,
        reason=verdict.reason,
        detail=verdict.detail,
        run_s=verdict.seconds,
        write_s=written.seconds,
        first_token_s=written.first_token_s,
        prompt_tokens=written.prompt_tokens,
        completion_tokens=written.completion_tokens,
        turns=written.turns,
        answer=written.answer,
    )


def new_header(
    suite: Suite,
    model: ModelInfo,
    decoding: Decoding,
    n_samples: int,
    n_tasks: int,
    jobs: int,
    *,
    engine: str = "local",
    model_bytes: int = 0,
    server: Mapping[str, str] | None = None,
    llama: str = "",
) -> dict[str, Any]:
    """Everything that a result depends on, and where it came from.

    Args:
        suite: the tasks.
        model: writes.
        decoding: how samples are drawn.
        n_samples: of each task.
        n_tasks: the first ones of the suite.
        jobs: samples that are written at a time.
        engine: ``local`` or ``ray``.
        model_bytes: of the model's file.
        server: where the model is, its name there, and what runs it; such a model has no digest.
        llama: llama.cpp's own settings, where they are not the defaults.
    """
    words = (
        {
            "instruction": prompt.FUNCTION_INSTRUCTION,
            "response": prompt.FUNCTION_RESPONSE,
            "stop": list(prompt.STOP),
        }
        if decoding.mode == "raw"
        else {}
    )
    return {
        "schema": SCHEMA,
        "suite": suite.name,
        "suite_sha256": suite.sha256,
        "n_tasks": n_tasks,
        "n_samples": n_samples,
        "decoding": asdict(decoding),
        "prompt": words,
        "model": {
            "name": model.name,
            "sha256": model.sha256,
            "bytes": model_bytes,
            "n_ctx": model.n_ctx,
            "gpu_layers": model.gpu_layers,
            **({"server": dict(server)} if server else {}),
            **({"llama": llama} if llama else {}),
        },
        "limits": {"time_s": MIN_TIME_S, "reference_factor": REFERENCE_FACTOR, "memory_bytes": LIMITS.memory_bytes},
        "jobs": jobs,
        "engine": engine,
        "versions": {"offline-ci": __version__, "python": platform.python_version(), **_versions()},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "system": platform.system()},
        "git": _git_state(),
        "measured": [],
    }


def _versions() -> dict[str, str]:
    """Of what writes, and of what runs it."""
    found = {name: metadata.version(name) for name in ("llama-cpp-python", "wasmtime")}
    return {**found, "pyodide": runtime_lock().pyodide}


def _git_state() -> str | None:
    """The commit of our own checkout, with a mark where it was changed since; None for an installed package."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=root, capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


class RunFolder:
    """A run's folder.

    Args:
        folder: it.
        header: what was run.
        records: what was judged so far.
    """

    def __init__(self, folder: Path, header: dict[str, Any], records: list[Record]) -> None:
        self.folder = folder
        self.header = header
        self.records = records

    @classmethod
    def create(cls, parent: Path, header: dict[str, Any]) -> RunFolder:
        """A new folder below another one, named after what is run.

        Raises:
            ArtifactError, DiskSpaceError: it cannot be made.
        """
        stamp = header["date"].replace("-", "").replace(":", "")[:15]
        name = f"{header['suite']}-{header['decoding']['mode']}-{header['model']['name']}-{stamp}"
        folder = make_private_dir(parent / "".join(char if char.isalnum() or char in "-._+" else "_" for char in name))
        write_atomically(folder / HEADER, json.dumps(header, indent=1) + "\n")
        return cls(folder, header, [])

    @classmethod
    def read(cls, folder: Path) -> RunFolder:
        """A run that is there. A last line that was cut off when its writer was killed is left out.

        Raises:
            UsageError: it is none; says why.
        """
        try:
            header = typed(json.loads((folder / HEADER).read_text(encoding="utf-8")), dict, HEADER)
            found = header.get("schema")
            check(found == SCHEMA, f"its schema is {found!r}, and this version reads {SCHEMA}")
            path = folder / SAMPLES
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            records = [_read_record(json.loads(line)) for line in whole_lines(text)]
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(
                f"{folder} is no run of offline-ci bench: {error}.", hint="Give a folder that `bench run` wrote."
            ) from error
        return cls(folder, header, records)

    @classmethod
    def find_unfinished(cls, parent: Path, header: dict[str, Any]) -> RunFolder | None:
        """The newest unfinished run of the same thing, None where there is none."""
        wanted = {key: value for key, value in header.items() if key not in _FREE}
        for place in sorted(parent.glob(f"*/{HEADER}"), key=lambda path: path.stat().st_mtime, reverse=True):
            with suppress(UsageError):
                run = cls.read(place.parent)
                same = {key: value for key, value in run.header.items() if key not in _FREE} == wanted
                if same and len(run.records) < header["n_tasks"] * header["n_samples"]:
                    run.trim()
                    return run
        return None

    @property
    def label(self) -> str:
        """Its name for people."""
        return f"{self.header['model']['name']} ({self.header['decoding']['mode']})"

    @property
    def jobs(self) -> int:
        """How many samples were written at a time."""
        return int(self.header["jobs"])

    def measured(self, what: dict[str, Any]) -> None:
        """Note what a part of the run took; a run that was ended and went on has several parts."""
        self.header["measured"] = [*self.header["measured"], what]
        write_atomically(self.folder / HEADER, json.dumps(self.header, indent=1) + "\n")

    def trim(self) -> None:
        """Make the file hold what was read of it, and nothing else."""
        lines = "".join(_line(record) for record in self.records)
        write_atomically(self.folder / SAMPLES, lines)

    def add(self, record: Record) -> None:
        """Write a record down; it is on the disk when this returns.

        Raises:
            DiskSpaceError: the disk is full; the records before are whole.
        """
        path = self.folder / SAMPLES
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(_line(record))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise_if_full(error, path)
            raise
        self.records.append(record)

    def by_task(self) -> dict[str, list[Record]]:
        """Records of each task, in order of their index."""
        found: dict[str, list[Record]] = {}
        for record in sorted(self.records, key=lambda record: record.index):
            found.setdefault(record.task_id, []).append(record)
        return found

    def left(self, suite: Suite) -> Iterator[tuple[str, int]]:
        """Task and index of each sample that has not been judged yet."""
        done = {(record.task_id, record.index) for record in self.records}
        for task_id in list(suite.tasks)[: self.header["n_tasks"]]:
            for index in range(self.header["n_samples"]):
                if (task_id, index) not in done:
                    yield task_id, index


def _line(record: Record) -> str:
    return json.dumps(asdict(record), ensure_ascii=False) + "\n"


def _read_record(document: object) -> Record:
    d = typed(document, dict, "a sample")
    names = {field.name for field in fields(Record)}
    if d.keys() | {"answer"} != names:  # which runs of the first version lack
        raise ValueError(f"a sample has the fields {sorted(map(str, d))} instead of {sorted(names)}")
    if d["outcome"] not in _OUTCOMES:
        raise ValueError(f"an outcome is {d['outcome']!r}")
    for name in ("task_id", "solution", "reason", "detail", "answer"):
        typed(d.get(name, ""), str, name)
    for name in ("index", "prompt_tokens", "completion_tokens", "turns"):
        integer(d[name], name)
    return Record(**d)
