"""The line editor of the chat on a terminal.

prompt_toolkit and not the standard library's readline: Python switches readline's bracketed paste off, and builds with
libedit have none, so several pasted lines would be several requests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.shortcuts import CompleteStyle

from offline_ci.artifacts.files import make_private_dir
from offline_ci.cli.chat_commands import ALIASES, COMMANDS
from offline_ci.errors import ArtifactError, UsageError

_MODE = 0o600


class ChatPrompt:
    """Reads what the user writes, with history, completion and several lines at a time.

    Args:
        history: file that keeps what was written, for its owner alone; made where it is missing.
        model_names: the models that can be switched to.

    Attributes:
        made_names: the files that can be opened; set once there is a session.
    """

    def __init__(self, history: Path, model_names: Callable[[], Iterable[str]]) -> None:
        self.made_names: Callable[[], Iterable[str]] = list[str]
        self._session: PromptSession[str] = PromptSession(
            [("", "\n"), ("bold", "> ")],
            history=_open_history(history),
            completer=ChatCompleter(model_names, self._made),
            complete_style=CompleteStyle.MULTI_COLUMN,
            complete_while_typing=True,
            reserve_space_for_menu=4,
            key_bindings=_key_bindings(),
            multiline=True,
            prompt_continuation="  ",
            placeholder=_placeholder,
        )
        self._plain: PromptSession[str] = PromptSession(
            [("", "\n"), ("bold", "# ")], key_bindings=_key_bindings(), multiline=True, prompt_continuation="  "
        )

    def read(self) -> str:
        """What the user sends.

        Raises:
            KeyboardInterrupt: Ctrl-C.
            EOFError: Ctrl-D on an empty line, or the terminal is gone.
        """
        return self._session.prompt()

    def _made(self) -> Iterable[str]:
        return self.made_names()

    def edit(self, text: str, suffix: str) -> str | None:
        """Let the user change a text: in ``$VISUAL`` or ``$EDITOR``, or here where there is neither.

        Returns:
            The text, None where it was left as it is.

        Raises:
            UsageError: the editor cannot be started.
        """
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not editor:
            try:
                edited: str | None = self._plain.prompt(default=text)
            except (KeyboardInterrupt, EOFError):
                return None
        else:
            try:
                edited = click.edit(text, editor=editor, extension=suffix)
            except click.ClickException as exc:
                raise UsageError(f"The editor failed: {exc.message}.", hint="Set EDITOR to another one.") from exc
        return None if edited is None or edited.rstrip() == text.rstrip() else edited


class ChatCompleter(Completer):
    """Completes commands and their arguments: paths, models, files that were made.

    Args:
        model_names: the models that can be switched to.
        made_names: the files that can be opened.
    """

    def __init__(
        self, model_names: Callable[[], Iterable[str]], made_names: Callable[[], Iterable[str]] = list[str]
    ) -> None:
        self._words: dict[str, Callable[[], Iterable[str]]] = {
            "/model": model_names,
            "/open": made_names,
            "/limits": lambda: ("time", "memory", "disk"),
            "/edit": lambda: ("request",),
        }
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """See ``Completer``."""
        text = document.text_before_cursor
        if not text.startswith("/") or "\n" in text:
            return
        command, space, argument = text.partition(" ")
        if not space:
            for name in (*COMMANDS, *ALIASES):
                if name.startswith(command[1:]):
                    yield Completion(f"/{name}", start_position=-len(text))
        elif command in {"/file", "/add", "/export"}:
            yield from self._paths.get_completions(Document(argument), complete_event)
        elif command in self._words:
            for name in self._words[command]():
                if name.startswith(argument):
                    yield Completion(name, start_position=-len(argument))


def _open_history(path: Path) -> History:
    """The history file; where it cannot be kept, history is for this chat only."""
    try:
        make_private_dir(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE))
    except (OSError, ArtifactError):
        return InMemoryHistory()
    return FileHistory(path)


def _placeholder() -> FormattedText:
    """A hint in the empty line, which must not stay on the screen when the line is left."""
    return FormattedText([] if get_app().is_done else [("fg:ansibrightblack", "Ask for something, or /help")])


def _key_bindings() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter")
    def _send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    # Not Ctrl-J: it is also what Enter is when it was pressed while a turn ran.
    @bindings.add("escape", "enter")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    return bindings
