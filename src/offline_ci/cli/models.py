"""``offline-ci models``: the models of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.failure import say
from offline_ci.cli.format import size
from offline_ci.cli.models_choice import list_models, recommend
from offline_ci.cli.options import source_option
from offline_ci.cli.terminal import neutral_line

if TYPE_CHECKING:
    from offline_ci.artifacts.catalog import CatalogModel
    from offline_ci.artifacts.models import ModelRecord
    from offline_ci.llm.choice import Candidate


@click.group("models", short_help="The models of this machine: list, recommend, pull, add, verify, info, remove.")
def command() -> None:
    """The models of this machine.

    A model is named by the catalogue's name, the path of a GGUF file, or hf:REPO/FILE once it has been pulled.
    """


command.add_command(list_models)
command.add_command(recommend)


@command.command()
@click.argument("name", metavar="NAME|hf:REPO/FILE")
@source_option
def pull(name: str, source: str | None) -> None:
    """Fetch a model, unless it is here and intact. A broken transfer goes on where it stopped."""
    from offline_ci.artifacts.fetch import FetchConfig, fetch_model
    from offline_ci.cli.progress import reporter

    config = FetchConfig.from_env(source)
    with reporter() as progress:
        resolved = fetch_model(name, progress, config=config)
    click.echo(f"{resolved.name} is here: {neutral_line(str(resolved.path))} ({size(resolved.size_bytes)}, verified).")
    for caution in _cautions(resolved.path):
        say(f"{resolved.name}: {caution}")


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What to call it; by default the file's name.")
def add(path: Path, name: str | None) -> None:
    """Give a GGUF file of your own a name. The file stays where it is.

    What its header tells of what will not work goes to standard error. What cannot write at all, such as an embedding
    model or a LoRA adapter, is refused.
    """
    from offline_ci.artifacts.models import ModelStore, check_gguf
    from offline_ci.llm.gguf import read_gguf
    from offline_ci.llm.suitability import require_chat_model

    require_chat_model(read_gguf(check_gguf(path.expanduser())))
    record = ModelStore().add(path, name)
    click.echo(f"{record.name} is {neutral_line(str(record.path))} ({size(record.size_bytes)}).")
    for caution in _cautions(record.path):
        say(f"{record.name}: {caution}")


@command.command()
@click.argument("name", required=False)
def verify(name: str | None) -> int:
    """Check models against their sha256: one, or all that were got or added.

    Exit status 4 where one is damaged, or the named one is missing.
    """
    from offline_ci.artifacts.models import ModelStore

    store = ModelStore()
    bad = False
    for record, state in store.verify(name):
        if state == "missing" and name is None and record.origin == "catalogue":
            continue
        bad = bad or state == "damaged" or (state == "missing" and name is not None)
        mend = "" if state == "ready" or record.origin == "added" else f"  offline-ci models pull {record.name}"
        click.echo(f"{neutral_line(record.name)}: {state}{mend}")
    return ExitCode.ARTIFACT if bad else ExitCode.DONE


@command.command()
@click.argument("name", metavar="NAME|PATH")
def info(name: str) -> None:
    """Tell what a model is: what its GGUF says, its licence, its sha256."""
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm.capacity import this_machine
    from offline_ci.llm.choice import survey

    record = ModelStore().find(name)
    rows = _record_rows(record) if record is not None else []
    if record is not None:
        rows += _capacity_rows(survey([record], this_machine())[0])
    if record is None or record.present:
        rows += _file_rows(name)
    else:
        rows.append(("here", f"no; `offline-ci models pull {record.name}` gets it"))
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        click.echo(f"{label.ljust(width)}  {neutral_line(value)}")


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget a model and delete its file; a file that was added by its path is kept."""
    from offline_ci.artifacts.models import ModelStore

    record = ModelStore().remove(name)
    kept = f" Your file {neutral_line(str(record.path))} is still there." if record.origin == "added" else ""
    click.echo(f"{neutral_line(record.name)} is removed.{kept}")


def _record_rows(record: ModelRecord) -> list[tuple[str, str]]:
    offered = record.offered
    rows = [("name", record.name)]
    if offered is not None:
        score = offered.humaneval
        rows += [
            ("description", offered.description),
            ("parameters", offered.parameters),
            ("quantisation", offered.quantisation),
            ("HumanEval", f"{score} (published, unquantised: {offered.humaneval_source})" if score is not None else ""),
            ("repository", ", ".join(_hub_sources(offered))),
        ]
    rows += [
        ("licence", record.licence),
        ("from", record.origin),
        ("file", str(record.path)),
        ("size", size(record.size_bytes) if record.sha256 else f"about {size(record.size_bytes)}"),
        ("sha256", record.sha256 or "the hub's at the first pull, then held to"),
    ]
    return [(label, value) for label, value in rows if value]


def _hub_sources(offered: CatalogModel) -> Iterator[str]:
    from offline_ci.artifacts.specs import ArtifactSpec, Hub

    sources = offered.spec.sources if isinstance(offered.spec, ArtifactSpec) else (offered.spec.hub,)
    yield from (f"{source.repo_id} at {source.revision[:12]}" for source in sources if isinstance(source, Hub))


def _capacity_rows(candidate: Candidate) -> list[tuple[str, str]]:
    from offline_ci.llm.capacity import memory_bytes

    if candidate.cost is None:
        return []
    rate = candidate.tokens_per_s
    return [
        ("memory", f"{size(memory_bytes(candidate.cost))} with the usual context; here: {candidate.verdict}"),
        ("speed", f"about {rate:.1f} tokens/s" if rate is not None else "unknown; see `offline-ci doctor --measure`"),
    ]


def _file_rows(name: str) -> list[tuple[str, str]]:
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm.gguf import read_gguf

    resolved = ModelStore().resolve(name)
    gguf = read_gguf(resolved.path)
    return [
        ("verified", f"{resolved.path}, sha256 {resolved.sha256}"),
        ("GGUF", f"version {gguf.version}, {gguf.architecture}, {gguf.model_name or 'no name'}"),
        ("weights", f"{gguf.n_params / 1e9:.2f} billion, {gguf.quantization}, {gguf.n_layer} layers"),
        ("context", f"trained for {gguf.n_ctx_train:,} tokens; {size(gguf.kv_bytes_per_token)} of cache for each"),
        ("chat template", "yes" if gguf.chat_template else "none: a plain one is used"),
        *([("licence (GGUF)", gguf.licence)] if gguf.licence else []),
        *(("caution", caution) for caution in _cautions(resolved.path)),
    ]


def _cautions(path: Path) -> list[str]:
    """What will not work with a file, one sentence each."""
    from offline_ci.errors import ModelLoadError
    from offline_ci.llm.capacity import this_machine
    from offline_ci.llm.gguf import read_gguf
    from offline_ci.llm.suitability import cautions, require_chat_model

    try:
        info = read_gguf(path)
        require_chat_model(info)
    except ModelLoadError as error:
        return [f"It cannot be used: {error}"]
    return list(cautions(info, this_machine()))
