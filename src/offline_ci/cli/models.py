"""``offline-ci models``: the models of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.format import size, table
from offline_ci.cli.options import source_option
from offline_ci.cli.terminal import neutral_line

if TYPE_CHECKING:
    from offline_ci.artifacts.models import ModelRecord


@click.group("models", short_help="The models of this machine: list, pull, add, verify, info, remove.")
def command() -> None:
    """The models of this machine.

    A model is named by the catalogue's name, the path of a GGUF file, or hf:REPO/FILE once it has been pulled.
    """


@command.command("list")
def list_models() -> None:
    """List the catalogue's models and those that were added."""
    from offline_ci.artifacts.models import ModelStore

    rows = [
        (
            neutral_line(record.name) + (" *" if record.is_default else ""),
            record.parameters,
            record.quantisation,
            size(record.size_bytes),
            "here" if record.present else "-",
            record.licence,
            neutral_line(record.description or record.origin),
        )
        for record in ModelStore().list()
    ]
    click.echo(table(("NAME", "PARAMETERS", "QUANTISATION", "SIZE", "HERE", "LICENCE", "DESCRIPTION"), rows))
    click.echo("\n* is used where no model is named. `offline-ci models pull NAME` gets one.")


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


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What to call it; by default the file's name.")
def add(path: Path, name: str | None) -> None:
    """Give a GGUF file of your own a name. The file stays where it is."""
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm.gguf import read_gguf

    store = ModelStore()
    from offline_ci.artifacts.models import check_gguf

    read_gguf(check_gguf(path.expanduser()))  # a damaged header is told now, not at the first request
    record = store.add(path, name)
    click.echo(f"{record.name} is {neutral_line(str(record.path))} ({size(record.size_bytes)}).")


@command.command()
@click.argument("name", required=False)
def verify(name: str | None) -> int:
    """Check models against their sha256: one, or all that are here.

    Exit status 4 where one is damaged, or the named one is missing.
    """
    from offline_ci.artifacts.models import ModelStore

    store = ModelStore()
    bad = False
    for record, state in store.verify(name):
        bad = bad or state == "damaged" or (state == "missing" and name is not None)
        mend = "" if state == "ready" or record.origin == "added" else f"  offline-ci models pull {record.name}"
        click.echo(f"{neutral_line(record.name)}: {state}{mend}")
    return ExitCode.ARTIFACT if bad else ExitCode.DONE


@command.command()
@click.argument("name", metavar="NAME|PATH")
def info(name: str) -> None:
    """Tell what a model is: what its GGUF says, its licence, its sha256."""
    from offline_ci.artifacts.models import ModelStore

    store = ModelStore()
    record = next((record for record in store.list() if name in {record.name, record.origin}), None)
    rows = _record_rows(record) if record is not None else []
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
    rows = [
        ("name", record.name),
        ("description", record.description),
        ("parameters", record.parameters),
        ("quantisation", record.quantisation),
        ("licence", record.licence),
        ("from", record.origin),
        ("file", str(record.path)),
        ("size", size(record.size_bytes)),
        ("sha256", record.sha256),
    ]
    return [(label, value) for label, value in rows if value]


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
    ]
