"""Runs side by side as a page, as Markdown, as CSV.

The page is one file: charts are inside it, nothing is fetched, no script runs, and what a model wrote is text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

from offline_ci.bench import charts
from offline_ci.bench.records import Record, RunFolder
from offline_ci.bench.summary import Summary, summarise
from offline_ci.interpreter.html_page import html_page

_MAX_FAILURES: Final = 400
_STYLE: Final = """\
:root { --ink: #1c1c1c; --soft: #6b6b6b; --line: #dcdcd8; --paper: #ffffff; --tint: #f5f5f2; --bar: #3b6fb6;
  --pass: #3f8f5b; --fail: #c2453f; --timeout: #d39a2c; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #a5a39d; --line: #44423f; --paper: #1b1a19;
  --tint: #262523; --bar: #7aa7e0; --pass: #5fb07c; --fail: #e0726b; --timeout: #e0b357; } }
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } footer, .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; } .n { text-align: right; }
.wide { overflow-x: auto; } .facts td { overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; margin: .6rem 0 1.2rem; }
svg text { font-size: 12px; fill: var(--ink); }
svg text.axis { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--line); } .bar, .point { fill: var(--bar); }
.whisker, .frame { stroke: var(--ink); fill: none; } .frame { stroke: var(--line); }
.pass { fill: var(--pass); } .fail { fill: var(--fail); } .timeout { fill: var(--timeout); }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; }
pre { background: var(--tint); padding: .7rem 1rem; overflow-x: auto; font-size: .82rem; border-radius: .4rem; }
@media print { body { max-width: none; margin: 0; } details:not([open]) { display: none; } }
"""
_COLUMNS: Final = ("run", "pass@1", "95 %", "tasks", "s a sample", "tokens/s", "tokens", "failures")


def html_bytes(runs: Sequence[RunFolder]) -> bytes:
    """The page, UTF-8.

    Args:
        runs: of one suite, each with a record at least.
    """
    title = f"{runs[0].header['suite']}: {len(runs)} run{'s' if len(runs) > 1 else ''}"
    named = {run.folder.name: (run.label, summarise(run.records, run.jobs)) for run in runs}
    sections = [
        "<h2>Scores</h2>",
        charts.bars([charts.Bar(name, found.pass_at[1], found.interval) for name, found in named.values()]),
        _html_table(runs),
        *_speed(named),
        *_size(runs, named),
        *_pass_at_k(named),
        *(part for run in runs for part in _tasks(run)),
        "<h2>Failures</h2>",
        *(part for run in runs for part in _failures(run)),
        "<h2>How it was run</h2>",
        *(_provenance(run) for run in runs),
    ]
    return html_page(escape(title), "\n".join(sections), "offline-ci bench report", style=_STYLE)


def rows_of(runs: Sequence[RunFolder]) -> list[tuple[str, ...]]:
    """The table's rows, see ``_COLUMNS``."""
    return [_row(run.label, summarise(run.records, run.jobs)) for run in runs]


def _row(name: str, summary: Summary) -> tuple[str, ...]:
    low, high = summary.interval
    return (
        name,
        f"{100 * summary.pass_at[1]:.1f} %",
        f"{100 * low:.1f} to {100 * high:.1f}",
        str(summary.n_tasks),
        f"{summary.write_s:.1f}",
        "" if summary.tokens_per_s is None else f"{summary.tokens_per_s:.1f}",
        f"{summary.completion_tokens:,}",
        ", ".join(f"{n} {reason}" for reason, n in summary.reasons.items()),
    )


def markdown_bytes(runs: Sequence[RunFolder]) -> bytes:
    """A table."""
    lines = [_COLUMNS, tuple("---" for _ in _COLUMNS), *rows_of(runs)]
    escaped = [
        "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in line) + " |" for line in lines
    ]
    return ("\n".join(escaped) + "\n").encode("utf-8", "replace")


def csv_bytes(runs: Sequence[RunFolder]) -> bytes:
    """A line for each sample; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("outcome", "reason", "detail", "run_s", "write_s", "first_token_s", "prompt_tokens", "completion_tokens")
    writer.writerow(("run", "model", "mode", "task_id", "index", *names))
    for run in runs:
        where = (run.folder.name, run.header["model"]["name"], run.header["decoding"]["mode"])
        for record in run.records:
            cells = (*where, record.task_id, record.index, *(getattr(record, name) for name in names))
            writer.writerow([_inert(cell) for cell in cells])
    return out.getvalue().encode("utf-8", "replace")


def samples_bytes(runs: Sequence[RunFolder]) -> bytes:
    """Samples as EvalPlus (``solution``) and OpenAI's human-eval (``completion``, after the prompt) read them."""
    lines = []
    for record in (record for run in runs for record in run.records):
        is_completed = record.task_id.startswith("HumanEval/")  # a prompt ends in a docstring, which is a body already
        completion = f"    pass\n\n{record.solution}" if is_completed else record.solution
        lines.append({"task_id": record.task_id, "completion": completion, "solution": record.solution})
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode("utf-8", "replace")


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


WRITERS: Final[Mapping[str, Callable[[Sequence[RunFolder]], bytes]]] = {
    ".html": html_bytes,
    ".md": markdown_bytes,
    ".csv": csv_bytes,
    ".jsonl": samples_bytes,
}
"""What writes a report, by the file's suffix."""


# --- parts of the page


def _html_table(runs: Sequence[RunFolder]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in _COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows_of(runs))
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _speed(named: Mapping[str, tuple[str, Summary]]) -> list[str]:
    points = [
        charts.Point(name, found.tokens_per_s, found.pass_at[1]) for name, found in named.values() if found.tokens_per_s
    ]
    if not points:
        return []
    return ["<h2>Accuracy against speed</h2>", charts.scatter(points, "tokens a second", "pass@1, per cent")]


def _size(runs: Sequence[RunFolder], named: Mapping[str, tuple[str, Summary]]) -> list[str]:
    points = [
        charts.Point(named[run.folder.name][0], n_bytes / 1e9, named[run.folder.name][1].pass_at[1])
        for run in runs
        if (n_bytes := run.header["model"].get("bytes", 0))
    ]
    if not points:
        return []
    return ["<h2>Accuracy against size</h2>", charts.scatter(points, "GB of the model's file", "pass@1, per cent")]


def _pass_at_k(named: Mapping[str, tuple[str, Summary]]) -> list[str]:
    if max(len(found.pass_at) for _, found in named.values()) < 2:
        return []
    points = [
        charts.Point(f"{name} @{k}", k, score) for name, found in named.values() for k, score in found.pass_at.items()
    ]
    return ["<h2>pass@k</h2>", charts.scatter(points, "k", "pass@k, per cent")]


def _tasks(run: RunFolder) -> list[str]:
    outcomes = [(task, _best(records)) for task, records in run.by_task().items()]
    return [f"<h2>Tasks: {escape(run.label)}</h2>", charts.heat_map(outcomes)]


def _best(records: Sequence[Record]) -> str:
    return "PASS" if any(record.outcome == "PASS" for record in records) else records[0].outcome


def _failures(run: RunFolder) -> list[str]:
    failed = [record for record in run.records if record.outcome != "PASS"]
    parts = [f'<h3 class="soft">{escape(run.label)}: {len(failed)}</h3>']
    for record in failed[:_MAX_FAILURES]:
        head = f"{record.task_id} — {record.reason}" + (f": {record.detail}" if record.detail else "")
        parts.append(f"<details><summary>{escape(head)}</summary><pre>{escape(record.solution)}</pre></details>")
    if len(failed) > _MAX_FAILURES:
        parts.append(f"<p>{len(failed) - _MAX_FAILURES} more are in {escape(run.folder.name)}.</p>")
    return parts


def _took(part: Mapping[str, Any]) -> str:
    memory, energy = part["peak_memory_bytes"], part["energy_j"]
    words = [f"{part['seconds']:,.0f} s for {part['n_samples']} samples", f"loaded in {part['load_s']:.1f} s"]
    words += [f"{memory / 1e9:.2f} GB"] if memory else []
    words += [f"{energy:,.0f} J"] if energy else []
    return ", ".join(words)


def _origin(model: Mapping[str, Any]) -> str:
    """What tells a model from another one of its name: a server's has no digest."""
    if server := model.get("server"):
        return f"{server['model']} of {server['software'] or 'a server'} at {server['address']}"
    return f"sha256 {model['sha256']}"


def _provenance(run: RunFolder) -> str:
    header = run.header
    rows = {
        "suite": f"{header['suite']}, sha256 {header['suite_sha256']}",
        "model": f"{header['model']['name']}, {_origin(header['model'])}",
        "decoding": ", ".join(f"{key} {value}" for key, value in header["decoding"].items()),
        "limits": ", ".join(f"{key} {value}" for key, value in header.get("limits", {}).items()),
        "samples": f"{header['n_samples']} of {header['n_tasks']} tasks, {header['jobs']} at a time",
        "versions": ", ".join(f"{name} {version}" for name, version in header["versions"].items()),
        "machine": ", ".join(map(str, header["machine"].values())),
        "took": "; ".join(map(_took, header["measured"])),
        "date": header["date"],
        "commit": header["git"] or "an installed package",
    }
    body = "".join(f"<tr><th>{escape(key)}</th><td>{escape(str(value))}</td></tr>" for key, value in rows.items())
    return f'<h3 class="soft">{escape(run.label)}</h3><table class="facts"><tbody>{body}</tbody></table>'
