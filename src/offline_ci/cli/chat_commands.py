"""The chat's commands: their names, and what ``/help`` says about them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from offline_ci.cli.format import table
from offline_ci.errors import UsageError


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """How a command is written, and what it does, in one line."""

    usage: str
    help: str


COMMANDS: Final = {
    "file": ChatCommand("/file PATH, /add PATH", "attach a file: look into it now, use it from the next request on"),
    "files": ChatCommand("/files", "list the session's files: what was attached and what was made"),
    "open": ChatCommand("/open [NAME]", "open a file that was made with the program that shows such files"),
    "undo": ChatCommand("/undo", "take the last turn back: conversation, variables and files"),
    "retry": ChatCommand("/retry", "take the last request back and ask it again, for another try"),
    "edit": ChatCommand("/edit [request]", "change the last program and run it, or the last request and ask it"),
    "run": ChatCommand("/run [CODE]", "run the last program again, or a pasted one, without the model"),
    "save": ChatCommand("/save [NAME]", "keep the session; `offline-ci chat --resume NAME` goes on with it"),
    "export": ChatCommand("/export [PATH]", "write the conversation as a .ipynb, .html or .md file"),
    "limits": ChatCommand("/limits [WHAT N]", "show or change what programs may use: time, memory, disk"),
    "model": ChatCommand("/model [NAME]", "show the model, or go on with another one, or with a server's: an address"),
    "reset": ChatCommand("/reset", "begin anew: a fresh Python, no conversation; attached files stay"),
    "help": ChatCommand("/help", "show this list"),
    "quit": ChatCommand("/quit", "leave; so does Ctrl-D"),
}
ALIASES: Final = {"add": "file", "exit": "quit"}

KEYS: Final = """\
!CODE runs Python in the session, without the model; the model is told of it with the next request.
Enter sends; Alt-Enter, or \\ at the end of a line, begins a new one; pasted lines stay together.
Ctrl-C stops what is running. Files dropped on the terminal are attached."""


def find_command(name: str) -> str:
    """The command of a name without its slash.

    Raises:
        UsageError: there is none.
    """
    name = ALIASES.get(name, name)
    if name in COMMANDS:
        return name
    names = [*COMMANDS, *ALIASES]
    close = [known for known in names if name and known.startswith(name)] or difflib.get_close_matches(name, names, n=2)
    meant = f"Did you mean {' or '.join(f'/{known}' for known in close)}? " if close else ""
    raise UsageError(f"There is no command /{name}.", hint=f"{meant}/help lists them all.")


def help_text() -> str:
    """What ``/help`` shows."""
    rows = [(command.usage, command.help) for command in COMMANDS.values()]
    return f"{table(('COMMAND', 'WHAT IT DOES'), rows)}\n\n{KEYS}"
