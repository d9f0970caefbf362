"""``offline-ci bench``: which model writes the best Python, how fast."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.format import duration, table
from offline_ci.cli.options import allow_remote_option, gpu_options, json_option
from offline_ci.cli.terminal import neutral_line
from offline_ci.errors import UsageError

if TYPE_CHECKING:
    from offline_ci.bench.records import Record, RunFolder
    from offline_ci.bench.tasks import Mode
    from offline_ci.interpreter.loaded_model import GpuLayers
    from offline_ci.llm.llama_options import LlamaOptions

_suite_option = click.option("--suite", required=True, metavar="NAME|FILE", help="A suite's name, or a file of tasks.")
_folder = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group("bench", short_help="Benchmark models: list, pull, run, score, report, compare, verify.")
def command() -> None:
    """Benchmark models.

    Solutions run in the sandbox, and their tests in another one, so that no solution can read, change or fake them.
    """


@command.command("list")
@json_option
def list_suites(as_json: bool) -> None:
    """List the suites that are known by name."""
    from offline_ci.bench.suites import KNOWN, is_present

    present = {name: is_present(name) for name in KNOWN}
    if as_json:
        rows: list[Any] = [
            {
                "name": name,
                "n_tasks": suite.n_tasks,
                "licence": suite.licence,
                "present": present[name],
                "address": suite.address or None,
            }
            for name, suite in KNOWN.items()
        ]
        click.echo(json.dumps({"suites": rows}))
        return
    rows = [
        (name, str(suite.n_tasks), suite.licence, "here" if present[name] else "-", suite.description)
        for name, suite in KNOWN.items()
    ]
    click.echo(table(("NAME", "TASKS", "LICENCE", "HERE", "DESCRIPTION"), rows))
    click.echo("\n`offline-ci bench pull NAME` gets one. A file of tasks is a suite too: docs/bench.md.")


@command.command()
@click.argument("name")
@click.option("--from", "source", metavar="FILE|ADDRESS", help="By default where its authors publish it.")
def pull(name: str, source: str | None) -> None:
    """Get the suite NAME, or replace it: from a network, or from a FILE that came across the gap."""
    from offline_ci.bench.suites import pull as pull_suite

    suite = pull_suite(name, source)
    click.echo(f"The suite {suite.name} is here: {len(suite.tasks)} tasks, sha256 {suite.sha256[:16]}…")


@command.command()
@_suite_option
@click.option("-m", "--model", "models", multiple=True, metavar="NAME|PATH|URL",
              help="Repeatable; by default the default.")  # fmt: skip
@allow_remote_option
@click.option("--mode", type=click.Choice(["raw", "loop", "plain"]),
              help="One completion; our interpreter; a plain loop. By default what the suite is for.")  # fmt: skip
@click.option("-n", "--samples", "n_samples", type=click.IntRange(1, 1000), default=1, show_default=True, metavar="N",
              help="Samples for each task.")  # fmt: skip
@click.option("-T", "--temperature", type=click.FloatRange(0, 2), default=0.0, show_default=True, metavar="T",
              help="0 is greedy.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), metavar="K", help="The first K tasks only.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Of the first sample.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N",
              help="Samples written at a time. Times of a single one count only with 1.")  # fmt: skip
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True,
              help="This process, or a Ray cluster with a worker for each job.")  # fmt: skip
@click.option("--ray-address", metavar="HOST:PORT", help="Of the cluster; by default one of this machine alone.")
@click.option("--ray-cpus", type=click.FloatRange(0), default=1.0, show_default=True, metavar="N",
              help="Processors for each worker.")  # fmt: skip
@click.option("--ray-gpus", type=click.FloatRange(0), default=0.0, show_default=True, metavar="N",
              help="GPUs for each worker; a fraction where several share one.")  # fmt: skip
@gpu_options
@click.option("--resume", is_flag=True, help="Go on with the newest unfinished run of the same thing.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("bench-results"),
              show_default=True, metavar="DIR", help="Where runs are kept, a folder each.")  # fmt: skip
@json_option
def run(
    suite: str,
    models: tuple[str, ...],
    allow_remote: bool,
    mode: Mode | None,
    n_samples: int,
    temperature: float,
    limit: int | None,
    seed: int,
    jobs: int,
    engine: Literal["local", "ray"],
    ray_address: str | None,
    ray_cpus: float,
    ray_gpus: float,
    gpu_layers: GpuLayers,
    llama: LlamaOptions | None,
    resume: bool,
    output: Path,
    as_json: bool,
) -> None:
    """Have models solve a suite, and judge what they write.

    A run that is ended at any point goes on with --resume: no sample is lost or written twice.
    """
    from offline_ci.artifacts.models import ResolvedModel
    from offline_ci.bench.generate import Decoding
    from offline_ci.bench.measure import Meter
    from offline_ci.bench.model_source import facts_of, find_source
    from offline_ci.bench.ray_engine import Cluster, run_suite_on_ray
    from offline_ci.bench.records import RunFolder, new_header
    from offline_ci.bench.run import loaded, run_suite
    from offline_ci.bench.suites import find_suite
    from offline_ci.bench.summary import score_document
    from offline_ci.interpreter.loaded_model import LoadSettings
    from offline_ci.llm.llama_options import from_environment

    tasks = find_suite(suite)
    if mode is not None and mode not in tasks.modes:
        raise UsageError(f"The suite {tasks.name} has no mode {mode!r}.", hint=f"Use: {', '.join(tasks.modes)}.")
    if n_samples > 1 and temperature == 0 and not tasks.has_inputs_of_their_own:
        raise UsageError("Several samples at temperature 0 are all the same.", hint="Give a temperature: -T 0.8.")
    decoding = Decoding(mode=mode or tasks.modes[0], temperature=temperature, seed=seed)
    n_tasks = min(limit or len(tasks.tasks), len(tasks.tasks))
    # A name that is wrong is told before the first model runs.
    sources = [find_source(name, engine, allow_remote=allow_remote) for name in models or (None,)]
    load = LoadSettings(gpu_layers=gpu_layers, llama=llama or from_environment())
    documents = []
    for name, source in zip(models or (None,), sources, strict=True):
        meter = Meter()
        with loaded(source, jobs, load) if engine == "local" else nullcontext() as ready:
            info, server, n_bytes = facts_of(source, ready or ())
            header = new_header(
                tasks,
                info,
                decoding,
                n_samples,
                n_tasks,
                jobs,
                engine=engine,
                model_bytes=n_bytes,
                server=server,
                llama="" if server else f"{load.llama}",
            )
            found = RunFolder.find_unfinished(output, header) if resume else None
            folder = found or RunFolder.create(output, header)
            progress = _Progress(folder, n_tasks * n_samples, is_silent=as_json)
            try:
                if isinstance(source, ResolvedModel) and not ready:
                    cluster = Cluster(ray_address, jobs, ray_cpus, ray_gpus)
                    model = name or source.name
                    run_suite_on_ray(suite, tasks, model, source, decoding, folder, progress, cluster, load)
                else:
                    run_suite(tasks, ready or [], decoding, folder, progress)
            finally:
                folder.measured({**meter.read(), "load_s": round(info.load_s, 2), "n_samples": progress.n_new})
        document = score_document(tasks.name, tasks.sha256, folder.records)
        documents.append({"run": str(folder.folder), "model": header["model"], **document})
        if not as_json:
            click.echo(_summary(folder))
    if as_json:
        click.echo(json.dumps({"runs": documents}))


@command.command()
@click.argument("samples", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_suite_option
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Judged at a time (default: one a processor).")
@json_option
def score(samples: Path, suite: str, jobs: int | None, as_json: bool) -> None:
    """Judge SAMPLES, JSON lines with a task_id and a solution or a completion.

    Exit status 0 whatever the score is.
    """
    from offline_ci.bench.grade import Grader
    from offline_ci.bench.records import record_of
    from offline_ci.bench.samples import read_samples
    from offline_ci.bench.suites import find_suite
    from offline_ci.bench.summary import score_document
    from offline_ci.bench.tasks import Written

    tasks = find_suite(suite)
    found = read_samples(samples, tasks)
    counts: dict[str, int] = {}
    records = []
    with Grader(jobs) as grader:
        verdicts = grader.grade_all((tasks.tasks[sample.task_id], sample.solution, sample.answer) for sample in found)
        for sample, verdict in zip(found, verdicts, strict=True):
            index = counts[sample.task_id] = counts.get(sample.task_id, -1) + 1
            record = record_of(verdict, index, Written(sample.solution, sample.answer))
            records.append(record)
            if not as_json:
                click.echo(_line(record))
    document = score_document(tasks.name, tasks.sha256, records)
    if as_json:
        click.echo(json.dumps(document))
    else:
        click.echo(_scores(records))


@command.command()
@click.argument("first", type=_folder)
@click.argument("second", type=_folder)
@json_option
def compare(first: Path, second: Path, as_json: bool) -> None:
    """Compare two runs on the tasks that both have: which solved what, and whether that can be chance."""
    from offline_ci.bench.records import RunFolder
    from offline_ci.bench.summary import compare as compare_runs

    runs = [RunFolder.read(folder) for folder in (first, second)]
    if runs[0].header["suite_sha256"] != runs[1].header["suite_sha256"]:
        raise UsageError("The two runs are of different suites.", hint="Compare runs of the same one.")
    comparison = compare_runs(*runs)
    if as_json:
        click.echo(json.dumps(comparison.document()))
        return
    names = [run.label for run in runs]
    rows = [
        (names[0], f"{comparison.first} of {comparison.n_tasks}", str(len(comparison.only_first))),
        (names[1], f"{comparison.second} of {comparison.n_tasks}", str(len(comparison.only_second))),
    ]
    click.echo(table(("RUN", "SOLVED", "IT ALONE"), [tuple(map(neutral_line, row)) for row in rows]))
    click.echo(f"\nMcNemar's exact test: p = {comparison.p:.3g}")
    for name, only in zip(names, (comparison.only_first, comparison.only_second), strict=True):
        if only:
            click.echo(f"Only {neutral_line(name)}: {', '.join(map(neutral_line, only))}")


@command.command()
@click.argument("folders", type=_folder, nargs=-1, required=True, metavar="RUN...")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"),
              show_default=True, metavar="FILE", help="Page .html, table .md, all samples .csv, .jsonl.")  # fmt: skip
def report(folders: tuple[Path, ...], output: Path) -> None:
    """Write a report of RUNs of one suite: scores, speed, each task, failures to read. A file there is replaced."""
    from offline_ci.bench.records import RunFolder
    from offline_ci.bench.report import WRITERS
    from offline_ci.interpreter.saving import write_named_file

    write = WRITERS.get(output.suffix.lower())
    if write is None:
        raise UsageError(f"A report cannot be {output.name!r}.", hint=f"Give a file with {', '.join(WRITERS)}.")
    runs = [RunFolder.read(folder) for folder in folders]
    if len({run.header["suite_sha256"] for run in runs}) > 1:
        raise UsageError("The runs are of different suites.", hint="Write a report for each suite.")
    if empty := next((run for run in runs if not run.records), None):
        raise UsageError(f"The run {empty.folder} has no samples yet.", hint="Go on with it: --resume.")
    write_named_file(output, write(runs))
    click.echo(f"Wrote {neutral_line(str(output))}")


@command.command()
@click.argument("folder", type=_folder)
@_suite_option
@json_option
def verify(folder: Path, suite: str, as_json: bool) -> int:
    """Judge the solutions of a run again; exit status 1 where a verdict is another one now."""
    from offline_ci.bench.grade import Grader
    from offline_ci.bench.records import RunFolder
    from offline_ci.bench.suites import find_suite

    found, tasks = RunFolder.read(folder), find_suite(suite)
    if found.header["suite_sha256"] != tasks.sha256:
        raise UsageError(f"The run is not of {tasks.name} as it is here.", hint="Give the suite that was run.")
    judged = [record for record in found.records if record.reason != "nothing written"]
    with Grader() as grader:
        verdicts = list(
            grader.grade_all((tasks.tasks[record.task_id], record.solution, record.answer) for record in judged)
        )
    changed = [
        {"task_id": record.task_id, "index": record.index, "was": record.outcome, "is": verdict.outcome}
        for record, verdict in zip(judged, verdicts, strict=True)
        if record.outcome != verdict.outcome
    ]
    if as_json:
        click.echo(json.dumps({"n_samples": len(judged), "changed": changed}))
    else:
        for change in changed:
            click.echo(neutral_line("{task_id} {index}: {was}, now {is}".format(**change)))
        click.echo(f"{len(judged) - len(changed)} of {len(judged)} verdicts are the same.")
    return ExitCode.FAILED if changed else ExitCode.DONE


class _Progress:
    """A line for each sample, with the time that is left."""

    def __init__(self, run: RunFolder, n_total: int, *, is_silent: bool) -> None:
        self._n_done, self._n_total = len(run.records), n_total
        self._n_before = self._n_done
        self._begin = time.monotonic()
        self._is_silent = is_silent
        if self._n_done and not is_silent:
            click.echo(f"Going on with {run.folder}: {self._n_done} of {n_total} are done.")

    @property
    def n_new(self) -> int:
        """How many were done in this part of the run."""
        return self._n_done - self._n_before

    def __call__(self, record: Record) -> None:
        self._n_done += 1
        if self._is_silent:
            return
        each_s = (time.monotonic() - self._begin) / self.n_new
        left = duration(each_s * (self._n_total - self._n_done))
        click.echo(f"{_line(record)}  [{self._n_done} of {self._n_total}, {left} left]")


def _line(record: Record) -> str:
    why = f"  {record.reason}: {record.detail}" if record.reason else ""
    seconds = f"  {record.write_s:.1f} s" if record.write_s else ""
    return neutral_line(f"{record.outcome:<7}  {record.task_id}{seconds}{why}"[:200])


def _summary(run: RunFolder) -> str:
    return f"\n{neutral_line(run.header['model']['name'])}\n{_scores(run.records, run.jobs)}\n{run.folder}"


def _scores(records: list[Record], jobs: int = 1) -> str:
    from offline_ci.bench.summary import summarise

    summary = summarise(records, jobs)
    low, high = summary.interval
    lines = [f"pass@{k}  {100 * score:.1f} %" for k, score in summary.pass_at.items()]
    lines[0] += f"  ({summary.n_samples} samples of {summary.n_tasks} tasks; 95 %: {100 * low:.1f} to {100 * high:.1f})"
    if summary.reasons:
        lines.append("failed: " + ", ".join(f"{n} {reason}" for reason, n in summary.reasons.items()))
    if summary.completion_tokens:
        speed = f", {summary.tokens_per_s:.1f} tokens/s" if summary.tokens_per_s else ""
        lines.append(f"median {summary.write_s:.1f} s a sample{speed}, {summary.completion_tokens:,} tokens written")
    return "\n".join(lines)
