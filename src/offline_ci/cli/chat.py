"""``offline-ci chat``: requests and answers in turn, on a terminal or from a pipe."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_ci import _env
from offline_ci.cli.chat_session import Chat
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.failure import explanation
from offline_ci.cli.session import SessionOptions, session_options, status_of
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import OfflineCIError, UsageError

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter

HISTORY = "chat-history"
ReadLine = Callable[[], str]


@click.command("chat", short_help="Talk with a local model that runs Python: one session, many requests.")
@session_options
def command(**options: Any) -> int:
    """Talk with a local model that writes Python and runs it in the sandbox.

    Requests are turns of one session: variables, files and the conversation stay. What the programs write below
    /mnt/data, their working directory, and pictures that they show are saved to the output folder as they come.

    On a terminal: /help lists the commands (/file, /files, /save, /undo, /reset, /model, /quit), Ctrl-C stops what is
    running, Ctrl-D leaves. Where standard input is no terminal, each line of it is a request or a command; the first
    that fails ends the chat.

    Exit status: that of `offline-ci ask` for lines from a pipe, and 0 after a chat on a terminal.
    """
    session = SessionOptions(**options)
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if session.as_json and on_terminal:
        raise UsageError("--json is for requests from a pipe.", hint="Write them to standard input, one a line.")
    with closing(session.view(repeat_requests=not on_terminal)) as view, session.interpreter(view) as interpreter:
        chat = Chat(interpreter, view, session.output)
        if on_terminal:
            folder = "the current folder" if session.output == Path() else neutral_line(str(session.output))
            view.note(f"{neutral_line(interpreter.info.name)} is ready. Files go to {folder}.")
        chat.attach(list(map(str, session.files)))
        if on_terminal:
            return talk(chat, view, _line_editor())
        status = take_lines(chat, _lines(sys.stdin))
        if session.as_json:
            _print_document(interpreter)
        return status


def talk(chat: Chat, view: View, read: ReadLine) -> ExitCode:
    """The chat with a person: whatever goes wrong is told, and the chat goes on."""
    n_interrupts = 0
    while not chat.over:
        try:
            line = read()
        except KeyboardInterrupt:
            n_interrupts += 1
            if n_interrupts > 1:
                view.note("/quit or Ctrl-D leaves.")
            continue
        except EOFError:
            break
        n_interrupts = 0
        try:
            chat.handle(line)
        except KeyboardInterrupt:
            view.problem("Interrupted.")
        except OfflineCIError as error:
            view.problem(explanation(error))
    return ExitCode.DONE


def take_lines(chat: Chat, lines: Iterable[str]) -> ExitCode:
    """The chat with a script: up to the first request that is not answered.

    Raises:
        OfflineCIError: a line could not be done.
    """
    for line in lines:
        answer = chat.handle(line)
        if answer is not None and answer.status != "ok":
            return status_of(answer)
        if chat.over:
            break
    return ExitCode.DONE


def _line_editor() -> ReadLine:
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.cli.chat_prompt import ChatPrompt

    def model_names() -> list[str]:
        return [record.name for record in ModelStore().list() if record.present]

    return ChatPrompt(_env.home() / HISTORY, model_names).read


def _lines(stream: Any) -> Iterable[str]:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return iter(stream.readline, "")


def _print_document(interpreter: CodeInterpreter) -> None:
    from offline_ci.cli.ask import document

    if not interpreter.exchanges:
        raise UsageError("Nothing was asked.", hint="Write requests to standard input, one a line.")
    click.echo(json.dumps(document([exchange.answer for exchange in interpreter.exchanges])))
