"""Result files of the interpreter's suite: JSON lines, a header and then one record for each task and seed."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter_run import Record
from rich.table import Table

from offline_ci.bench.lines import whole_lines
from offline_ci.bench.score import wilson

RESULTS = Path(__file__).resolve().parent / "results"
_VOLATILE = {"date", "machine"}


@dataclass(slots=True)
class Results:
    """A result file.

    Attributes:
        path: of the file.
        header: what was run: mode, model, seeds, digests, machine.
        records: what came of it so far.
    """

    path: Path
    header: dict[str, Any]
    records: list[Record]

    @property
    def finished(self) -> bool:
        """Whether every task has its record."""
        return len(self.records) >= int(self.header["cases"])

    def add(self, record: Record) -> None:
        """Append a record, in the file too."""
        self.records.append(record)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record.as_json(), ensure_ascii=False) + "\n")


def load(path: Path) -> Results:
    """Read a result file; a last line that was cut off when its writer was killed is left out, in the file too."""
    text = path.read_text(encoding="utf-8")
    whole = whole_lines(text)
    if not text.endswith("\n"):
        path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    header, *lines = map(json.loads, whole)
    return Results(path, header, [Record(**line) for line in lines])


def open_results(header: dict[str, Any], folder: Path = RESULTS, *, fresh: bool = False) -> Results:
    """The unfinished file of the same run, or a new one.

    Args:
        header: of this run; date and machine may differ in the file that is gone on with.
        folder: of the files.
        fresh: never go on with an old one.
    """
    stem = f"interpreter-{header['mode']}-{header['model']}"
    key = _key(header)
    for path in sorted(folder.glob(f"{stem}-*.jsonl"), reverse=True):
        if not fresh and path.read_text(encoding="utf-8").count("\n"):
            found = load(path)
            if _key(found.header) == key and not found.finished:
                return found
    folder.mkdir(parents=True, exist_ok=True)
    stamp = header["date"].replace("-", "").replace(":", "")[:15]
    path = folder / f"{stem}-{stamp}.jsonl"
    path.write_text(json.dumps(header, ensure_ascii=False) + "\n", encoding="utf-8")
    return Results(path, header, [])


def find_baseline(results: Results, folder: Path = RESULTS) -> Results | None:
    """The newest run of the plain loop with the same model that has all these tasks."""
    wanted = {(record.id, record.seed) for record in results.records}
    for path in sorted(folder.glob(f"interpreter-plain-{results.header['model']}-*.jsonl"), reverse=True):
        found = load(path)
        if wanted <= {(record.id, record.seed) for record in found.records}:
            return found
    return None


def table(results: Results, beside: Results | None = None) -> Table:
    """Passed and seconds for each kind, and those of another run on the same tasks beside them."""
    columns = [_name(results)] + ([_name(beside)] if beside else [])
    grid = Table("kind", title="interpreter suite", title_justify="left")
    for name in columns:
        grid.add_column(name, justify="right")
        grid.add_column("median s", justify="right")
    same = {(record.id, record.seed) for record in results.records}
    others = [record for record in beside.records if (record.id, record.seed) in same] if beside else []
    kinds = sorted({_kind(record) for record in results.records})
    for kind in kinds:
        grid.add_row(kind, *_cells(results.records, kind), *(_cells(others, kind) if beside else []))
    grid.add_section()
    grid.add_row("all", *_cells(results.records), *(_cells(others) if beside else []))
    return grid


def changes(a: Results, b: Results) -> list[str]:
    """Which tasks one run passed and the other did not, one line each."""
    before = {(record.id, record.seed): record for record in a.records}
    lines = []
    for record in sorted(b.records, key=lambda record: (record.id, record.seed)):
        old = before.get((record.id, record.seed))
        if old is not None and old.passed != record.passed:
            sign, reason = ("+", old.reason) if record.passed else ("-", record.reason)
            lines.append(f"{sign} {record.id} seed {record.seed}: {reason}")
    return lines


def summary(records: Sequence[Record]) -> str:
    """Passed of all with the interval."""
    passed = sum(record.passed for record in records)
    low, high = wilson(passed, len(records))
    share = 100 * passed / max(1, len(records))
    return f"{passed}/{len(records)} = {share:.1f} % (95 %: {100 * low:.1f} to {100 * high:.1f})"


def _cells(records: Iterable[Record], kind: str | None = None) -> tuple[str, str]:
    chosen = [record for record in records if kind is None or _kind(record) == kind]
    if not chosen:
        return "", ""
    passed = f"{sum(record.passed for record in chosen)}/{len(chosen)}" if kind else summary(chosen)
    return passed, f"{statistics.median(record.seconds for record in chosen):.1f}"


def _kind(record: Record) -> str:
    return record.id.split("/")[0]


def _name(results: Results) -> str:
    return f"{results.header['mode']} {results.header['model']}"


def _key(header: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in header.items() if name not in _VOLATILE}
