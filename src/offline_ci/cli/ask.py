"""``offline-ci ask``: a request in, an answer out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_ci.cli import exit_codes
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.options import (
    Number,
    check_input_files,
    files_option,
    limit_options,
    output_option,
    resource_limits,
)
from offline_ci.cli.terminal import neutral
from offline_ci.cli.views import PlainView, View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer
from offline_ci.interpreter.saving import check_folder, write_named_file

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter


def _gpu_layers(_context: click.Context, _parameter: click.Parameter, value: str) -> int | str:
    if value == "auto":
        return value
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is neither auto nor a number from 0 on")
    return int(value)


@click.command("ask", short_help="Answer a request: a local model writes Python, the sandbox runs it.")
@click.option("-m", "--model", metavar="MODEL", help="Name, path of a GGUF file, or hf:REPO/FILE that was pulled.")
@files_option
@output_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@limit_options
@click.option(
    "--max-turns",
    type=click.IntRange(1, 100),
    default=6,
    show_default=True,
    metavar="N",
    help="Programs that the model may write for one request.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="Fix sampling, and the sandbox's random numbers."
)
@click.option(
    "--temperature",
    type=Number(0, 2),
    default=0.0,
    show_default=True,
    metavar="T",
    help="How freely the model writes; 0 takes the likeliest word each time.",
)
@click.option("--n-ctx", type=click.IntRange(1), metavar="N", help="Context window in tokens.")
@click.option(
    "--gpu-layers",
    callback=_gpu_layers,
    default="auto",
    show_default=True,
    metavar="auto|N",
    help="Layers that go to the GPU.",
)
@click.option("--ipynb", metavar="PATH", help="Write the session as a Jupyter notebook, too.")
@click.argument("requests", metavar="REQUEST...", nargs=-1, required=True)
def command(
    model: str | None,
    files: tuple[str, ...],
    output: str,
    as_json: bool,
    timeout_s: float,
    memory_mb: int,
    ipynb: str | None,
    requests: tuple[str, ...],
    **settings: Any,
) -> int:
    """Answer a REQUEST about files, or about nothing but the request.

    The model writes Python, the sandbox runs it, and the answer, pictures and files come back. Several REQUESTs are
    turns of one session, in order; the first that fails ends it. What the programs write below /mnt/data, their
    working directory, and pictures that they show are saved to the output folder.

    Exit status: 0 answered, 1 no answer was reached, 2 wrong usage, 3 a limit was hit, 4 the model or the runtime is
    missing or damaged, 130 interrupted.
    """
    _check_requests(requests)
    paths = check_input_files(files)
    check_folder(Path(output))
    notebook = _check_notebook(ipynb)
    with closing(_view(as_json, n_requests=len(requests))) as view:
        view.working("loading the model")
        # Only now what takes time to import.
        from offline_ci.interpreter.interpreter import CodeInterpreter

        with CodeInterpreter(
            model, limits=resource_limits(timeout_s, memory_mb), output_dir=output, **settings
        ) as interpreter:
            for warning in interpreter.info.warnings:
                click.echo(f"offline-ci: {neutral(warning)}", err=True)
            answers = _ask_all(interpreter, requests, paths, view)
            if notebook is not None:
                write_named_file(notebook, interpreter.notebook())
    if as_json:
        click.echo(json.dumps(document(answers)))
    last = answers[-1]
    return exit_codes.of_answer(last.status, last.turns[-1].status if last.turns else None)


def _ask_all(interpreter: CodeInterpreter, requests: Sequence[str], paths: Sequence[Path], view: View) -> list[Answer]:
    """Ask in order, up to the first request that is not answered; all are checked before the first is asked."""
    for request in requests:
        interpreter.check(request)
    answers: list[Answer] = []
    for i, request in enumerate(requests):
        with Interrupts(interpreter.interrupt):
            answers.append(interpreter.ask(request, paths if i == 0 else (), on_event=view.event))
        view.saved(answers[-1].files)
        if answers[-1].status != "ok":
            break
    return answers


def document(answers: Sequence[Answer]) -> dict[str, Any]:
    """The JSON document of ``--json``: part of the contract. Several answers are joined by an empty line."""
    last = answers[-1]
    turns = [turn for answer in answers for turn in answer.turns]
    files = {str(item.path): item.bytes for answer in answers for item in answer.files}
    first_token_s = answers[0].timings.first_token_s
    return {
        "status": last.status,
        "answer": "\n\n".join(answer.text for answer in answers),
        "turns": [
            {
                "request": turn.request,
                "code": turn.code,
                "status": turn.status,
                "outputs": turn.outputs,
                "elapsed_s": round(turn.elapsed_s, 4),
            }
            for turn in turns
        ],
        "files": [{"path": path, "bytes": n_bytes} for path, n_bytes in files.items()],
        "model": {
            "name": last.model.name,
            "sha256": last.model.sha256,
            "n_ctx": last.model.n_ctx,
            "gpu_layers": last.model.gpu_layers,
        },
        "usage": {
            name: sum(getattr(answer.usage, name) for answer in answers)
            for name in ("prompt_tokens", "cached_tokens", "completion_tokens")
        },
        "timings": {
            "load_s": round(sum(answer.timings.load_s for answer in answers), 4),
            "first_token_s": None if first_token_s is None else round(first_token_s, 4),
            "total_s": round(sum(answer.timings.total_s for answer in answers), 4),
        },
    }


def _check_requests(requests: Sequence[str]) -> None:
    if not all(request.strip() for request in requests):
        raise UsageError("The request is empty.", hint="Say what is to be done, in one sentence.")


def _check_notebook(ipynb: str | None) -> Path | None:
    if ipynb is None:
        return None
    path = Path(ipynb)
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give a file name with --ipynb PATH.")
    check_folder(path.parent)
    return path


def _view(as_json: bool, n_requests: int) -> View:
    if as_json:
        return View()
    if sys.stdout.isatty():
        from offline_ci.cli.rich_view import RichView

        return RichView(n_requests)
    return PlainView(sys.stdout, n_requests)
