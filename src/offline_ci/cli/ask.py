"""``offline-ci ask``: a request in, an answer out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_ci.cli.failure import explanation, say
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.session import SessionOptions, session_options, status_of
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter


@click.command("ask", short_help="Answer a request: a local model writes Python, the sandbox runs it.")
@session_options
@click.argument("requests", metavar="REQUEST...", nargs=-1, required=True)
def command(requests: tuple[str, ...], **options: Any) -> int:
    """Answer a REQUEST about files, or about nothing but the request.

    The model writes Python, the sandbox runs it, and the answer, pictures and files come back. Several REQUESTs are
    turns of one session, in order; the first that fails ends it. What the programs write below /mnt/data, their
    working directory, and pictures that they show are saved to the output folder.

    Exit status: 0 answered, 1 no answer was reached, 2 wrong usage, 3 a limit was hit, 4 the model or the runtime is
    missing or damaged, 130 interrupted.
    """
    _check_requests(requests)
    session = SessionOptions(**options)
    with (
        closing(session.view(repeat_requests=len(requests) > 1)) as view,
        session.interpreter(view) as interpreter,
    ):
        answers = _ask_all(interpreter, requests, session.files, view)
    if session.as_json:
        click.echo(json.dumps(document(answers)))
    if error := answers[-1].save_error:
        say(explanation(error))
    return status_of(answers[-1])


def _ask_all(interpreter: CodeInterpreter, requests: Sequence[str], paths: Sequence[Path], view: View) -> list[Answer]:
    """Ask in order, up to the first request that is not answered; all are checked before the first is asked."""
    for request in requests:
        interpreter.check(request)
    answers: list[Answer] = []
    for i, request in enumerate(requests):
        with Interrupts(interpreter.interrupt):
            answers.append(interpreter.ask(request, paths if i == 0 else (), on_event=view.event))
        view.saved(answers[-1].files)
        if answers[-1].status != "ok" or answers[-1].save_error:
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
