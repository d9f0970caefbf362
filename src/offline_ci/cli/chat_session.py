"""One chat: requests and commands, line by line, wherever the lines come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from offline_ci.cli import chat_limits
from offline_ci.cli.chat_commands import find_command, help_text
from offline_ci.cli.chat_files import ChatFiles
from offline_ci.cli.chat_keep import ChatKeeper
from offline_ci.cli.chat_paths import dropped_paths
from offline_ci.cli.chat_turns import Turns, interrupts
from offline_ci.cli.session import tell_warnings
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer, UserCell
from offline_ci.interpreter.extract import clean_code, extract_code
from offline_ci.interpreter.session_store import SessionStore

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter

Edit = Callable[[str, str], str | None]
"""Lets the user change a text; the second argument is the suffix of such files. None where it was left as it is."""

_COMMAND = re.compile(r"/(\w*)(?:\s(.*))?", re.DOTALL)
_SHELL = re.compile(r"(ls|cd|pwd|cat|pip|python3?|head|mkdir|rm|cp|mv|apt|git|wget|curl)\b(?!\s*[=(.,])")


class Chat:
    """Takes lines; shows what comes of them in a view.

    Args:
        interpreter: model and sandbox.
        view: shows.
        output: folder of what is exported without a path.
        edit: the user's editor, None where there is nobody to edit.
        store: of sessions; None for the usual one.
        name: of the session that goes on; empty for a new one.

    Attributes:
        over: the user wants to leave.
    """

    def __init__(
        self,
        interpreter: CodeInterpreter,
        view: View,
        output: Path,
        *,
        edit: Edit | None = None,
        store: SessionStore | None = None,
        name: str = "",
    ) -> None:
        self._interpreter = interpreter
        self._view = view
        self._edit_text = edit
        self._turns = Turns(interpreter, view)
        self._files = ChatFiles(interpreter, view)
        self._keeper = ChatKeeper(interpreter, view, output, store or SessionStore(), name)
        self.attach = self._files.attach
        self.leave = self._keeper.leave
        self.made_names = self._files.made_names
        self._commands: dict[str, Callable[[str], Answer | UserCell | None]] = {
            "file": self._files.file,
            "files": self._files.files,
            "open": self._files.open,
            "undo": self._undo,
            "retry": self._retry,
            "edit": self._edit,
            "run": self._run,
            "save": self._keeper.save,
            "export": self._keeper.export,
            "limits": self._limits,
            "model": self._model,
            "reset": self._reset,
            "help": self._help,
            "quit": self._quit,
        }
        self.over = False

    def handle(self, line: str) -> Answer | UserCell | None:
        """Take a request, a command or a program; an empty line does nothing.

        Returns:
            The answer to a request, what came of a program, None for all else.

        Raises:
            OfflineCIError: it cannot be done, and the chat is as it was before.
            KeyboardInterrupt: the same, after a second Ctrl-C.
        """
        line = line.strip()
        command = _COMMAND.fullmatch(line)
        if command:
            name, argument = find_command(command[1]), command[2] or ""
            return self._commands[name](argument if name == "run" else argument.strip())
        if line.startswith("!"):
            return self._run_typed(line[1:])
        if paths := dropped_paths(line):
            self.attach(paths)
        elif line:
            return self._turns.ask(line)
        return None

    # --- programs

    def _run(self, argument: str) -> UserCell:
        if argument.strip():
            return self._run_typed(argument)
        return self._run_shown(self._turns.last_program())

    def _run_typed(self, text: str) -> UserCell:
        code = (extract_code(text) if "```" in text else None) or clean_code(text)
        if not code.strip():
            raise UsageError("There is no program to run.", hint="Write !CODE, for example !print(1 + 1).")
        self._view.program(code, typed=True)
        cell = self._turns.run(code)
        if cell.turn.status == "error" and _SHELL.match(code):
            self._view.note("! runs Python, not a shell. /files lists the files.")
        return cell

    def _run_shown(self, code: str) -> UserCell:
        self._view.program(code, typed=False)
        return self._turns.run(code)

    def _edit(self, argument: str) -> Answer | UserCell | None:
        what = argument or "program"
        if what not in {"program", "request"}:
            raise UsageError(f"There is no {what!r} to edit.", hint="Write /edit for the program, or /edit request.")
        if self._edit_text is None:
            raise UsageError("/edit needs a terminal.", hint="Write the program: /run CODE.")
        text = self._turns.last_program() if what == "program" else self._turns.last_request()
        edited = self._edit_text(text, ".py" if what == "program" else ".txt")
        if edited is None or not edited.strip():
            self._view.note("Nothing was changed.")
            return None
        if what == "program":
            return self._run_shown(edited.strip("\n"))
        return self._turns.ask_instead(edited.strip())

    # --- turns

    def _undo(self, _argument: str) -> None:
        self._turns.undo()

    def _retry(self, _argument: str) -> Answer:
        return self._turns.retry()

    def _reset(self, _argument: str) -> None:
        self._view.working("starting a fresh Python")
        with interrupts(self._interpreter):
            self._interpreter.reset()
        self._turns.forget()
        kept = ", ".join(map(neutral_line, self._interpreter.attached))
        self._view.note("A fresh start." + (f" Still attached: {kept}" if kept else ""))

    # --- settings

    def _limits(self, argument: str) -> None:
        before = self._interpreter.sandbox.limits
        if argument:
            limits = chat_limits.changed(before, argument)
            self._view.working("moving the session")
            with interrupts(self._interpreter):
                moved = self._interpreter.set_limits(limits)
            if moved:
                self._turns.forget()
                self._view.note("Variables and files are still there; turns before this cannot be taken back any more.")
        self._view.note(chat_limits.shown(self._interpreter.sandbox.limits))

    def _model(self, argument: str) -> None:
        if argument:
            self._view.working("loading the model")
            self._interpreter.use_model(argument)
            tell_warnings(self._interpreter)
        info = self._interpreter.info
        layers = f", {info.gpu_layers} layers on the GPU" if info.gpu_layers else ""
        self._view.note(f"{neutral_line(info.name)}, context of {info.n_ctx} tokens{layers}")

    def _help(self, _argument: str) -> None:
        self._view.note(help_text())

    def _quit(self, _argument: str) -> None:
        self.over = True
