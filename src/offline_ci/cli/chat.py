"""``offline-ci chat``: requests and answers in turn, on a terminal or from a pipe."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from offline_ci import _env
from offline_ci.cli.chat_session import Chat
from offline_ci.cli.chat_turns import told
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.failure import explanation
from offline_ci.cli.session import SessionOptions, session_options, status_of
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import OfflineCIError, UsageError
from offline_ci.interpreter.answer import Answer, UserCell
from offline_ci.interpreter.session_store import SessionStore

if TYPE_CHECKING:
    from offline_ci.cli.chat_prompt import ChatPrompt
    from offline_ci.interpreter.interpreter import CodeInterpreter

HISTORY = "chat-history"
ReadLine = Callable[[], str]


@click.command("chat", short_help="Talk with a local model that runs Python: one session, many requests.")
@session_options
@click.option(
    "--resume",
    metavar="[SESSION]",
    is_flag=False,
    flag_value="",
    help="Go on with a saved session: the last one, or that of a name or folder.",
)
def command(*, resume: str | None, **options: Any) -> int:
    """Talk with a local model that writes Python and runs it in the sandbox.

    Requests are turns of one session: variables, files and the conversation stay. What the programs write below
    /mnt/data, their working directory, and pictures that they show are saved to the output folder as they come.

    On a terminal: /help lists the commands, !CODE runs Python in the session, Ctrl-C stops what is running, Ctrl-D
    leaves; the session is then kept, for --resume. Where standard input is no terminal, each line of it is a request, a
    command or a program; the first that fails ends the chat.

    Exit status: that of `offline-ci ask` for lines from a pipe, and 0 after a chat on a terminal.
    """
    session = SessionOptions(**options)
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if session.as_json and on_terminal:
        raise UsageError("--json is for requests from a pipe.", hint="Write them to standard input, one a line.")
    name, resumed = (None, None) if resume is None else SessionStore().load(resume)
    with (
        closing(session.view(repeat_requests=not on_terminal)) as view,
        session.interpreter(view, resumed) as interpreter,
    ):
        editor = _line_editor() if on_terminal else None
        chat = Chat(interpreter, view, session.output, edit=editor.edit if editor else None, name=name or "")
        if editor:
            _greet(interpreter, view, session.output)
        chat.attach(list(map(str, session.files)))
        if editor:
            editor.made_names = chat.made_names
            return talk(chat, view, editor.read)
        status = take_lines(chat, _lines(sys.stdin))
        if session.as_json:
            _print_document(interpreter)
        return status


def talk(chat: Chat, view: View, read: ReadLine) -> ExitCode:
    """The chat with a person, whose session is kept in the end, whatever the end is."""
    try:
        with _hangups_end_it():
            _converse(chat, view, read)
    except BaseException:
        with suppress(Exception):
            chat.leave()
        raise
    try:
        if chat.leave():
            view.note("To go on another time: offline-ci chat --resume")
    except OfflineCIError as error:
        view.problem(explanation(error))
    return ExitCode.DONE


@contextmanager
def _hangups_end_it() -> Iterator[None]:
    """While entered, a terminal that is closed and a polite kill end the chat in order."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous = {number: signal.signal(number, end) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _converse(chat: Chat, view: View, read: ReadLine) -> None:
    """Line by line: whatever goes wrong is told, and the chat goes on."""
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


def take_lines(chat: Chat, lines: Iterable[str]) -> ExitCode:
    """The chat with a script: up to the first request that is not answered.

    Raises:
        OfflineCIError: a line could not be done.
    """
    for line in lines:
        answer = chat.handle(line)
        status = _status(answer)
        if status is not ExitCode.DONE:
            return status
        if chat.over:
            break
    return ExitCode.DONE


def _status(done: Answer | UserCell | None) -> ExitCode:
    if done is None:
        return ExitCode.DONE
    return status_of(done)


def _greet(interpreter: CodeInterpreter, view: View, output: Path) -> None:
    folder = "the current folder" if output == Path() else neutral_line(str(output))
    view.note(f"{neutral_line(interpreter.info.name)} is ready. Files go to {folder}.")
    if interpreter.history:
        last = interpreter.history[-1]
        more = f" and {len(interpreter.history) - 1} before it" if len(interpreter.history) > 1 else ""
        view.note(f"Resumed after: {told(last)}{more}")


def _line_editor() -> ChatPrompt:
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.cli.chat_prompt import ChatPrompt

    def model_names() -> list[str]:
        return [record.name for record in ModelStore().list() if record.present]

    return ChatPrompt(_env.home() / HISTORY, model_names)


def _lines(stream: Any) -> Iterable[str]:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return iter(stream.readline, "")


def _print_document(interpreter: CodeInterpreter) -> None:
    from offline_ci.cli.ask import document

    if not interpreter.exchanges:
        raise UsageError("Nothing was asked.", hint="Write requests to standard input, one a line.")
    click.echo(json.dumps(document([exchange.answer for exchange in interpreter.exchanges])))
