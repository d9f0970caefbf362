"""One chat: requests and commands, line by line, wherever the lines come from."""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from offline_ci.cli.chat_commands import find_command, help_text
from offline_ci.cli.format import size, table
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.options import check_input_files
from offline_ci.cli.session import tell_warnings
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer
from offline_ci.interpreter.saving import OutputFolder, check_folder, write_named_file
from offline_ci.interpreter.shorten import shorten_line

if TYPE_CHECKING:
    from offline_ci.interpreter.inspect_files import FileFacts
    from offline_ci.interpreter.interpreter import Checkpoint, CodeInterpreter

UNDO_DEPTH: Final = 20
PATIENCE_S: Final = 5.0
"""How long a step may take to end before a further Ctrl-C breaks it off."""
NOTEBOOK: Final = "chat.ipynb"
_COMMAND = re.compile(r"/(\w*)(?:\s+(.*))?", re.DOTALL)
_LINE_CHARS: Final = 100


class Chat:
    """Takes lines; shows what comes of them in a view.

    Args:
        interpreter: model and sandbox.
        view: shows.
        output: folder of a notebook that is saved without a path.

    Attributes:
        over: the user wants to leave.
    """

    def __init__(self, interpreter: CodeInterpreter, view: View, output: Path) -> None:
        self._interpreter = interpreter
        self._view = view
        self._notebooks = OutputFolder(output)
        self._turns: deque[Checkpoint] = deque(maxlen=UNDO_DEPTH)
        self._commands: dict[str, Callable[[str], None]] = {
            "file": self._file,
            "files": self._files,
            "save": self._save,
            "undo": self._undo,
            "reset": self._reset,
            "model": self._model,
            "help": self._help,
            "quit": self._quit,
        }
        self.over = False

    def handle(self, line: str) -> Answer | None:
        """Take a request or a command; an empty line does nothing.

        Returns:
            The answer to a request, None for all else.

        Raises:
            OfflineCIError: it cannot be done, and the chat is as it was before.
            KeyboardInterrupt: the same, after a second Ctrl-C.
        """
        line = line.strip()
        command = _COMMAND.fullmatch(line)
        if command:
            self._commands[find_command(command[1])]((command[2] or "").strip())
        elif paths := dropped_paths(line):
            self.attach(paths)
        elif line:
            with self._interrupts():
                return self._ask(line)
        return None

    def attach(self, paths: list[str]) -> None:
        """Offer files to the session, and show what is in them.

        Raises:
            UsageError: one of them is no readable file; then none is attached.
        """
        if not paths:
            return
        checked = check_input_files(paths)
        self._view.working("looking at the file" if len(paths) == 1 else "looking at the files")
        with self._interrupts():
            facts = self._interpreter.attach(checked)
        for fact in facts:
            self._view.note(f"Attached {_summary(fact)}")

    def _ask(self, request: str) -> Answer:
        before = self._interpreter.checkpoint()
        try:
            answer = self._interpreter.ask(request, on_event=self._view.event)
        except BaseException:
            # Half a turn is no turn. Where the sandbox's process died, the checkpoint died with it.
            with suppress(UsageError):
                self._interpreter.restore(before)
            raise
        self._turns.append(before)
        self._view.saved(answer.files)
        return answer

    def _interrupts(self) -> Interrupts:
        """Ctrl-C ends the step but not in the middle of moving the sandbox's state, which that would lose."""
        return Interrupts(self._interpreter.interrupt, PATIENCE_S)

    # --- commands

    def _files(self, _argument: str) -> None:
        files = self._interpreter.sandbox.files.list()
        attached = self._interpreter.attached
        if not files:
            self._view.note("There are no files yet. /file PATH attaches one.")
            return
        rows = [
            (
                neutral_line(file.path),
                size(file.bytes),
                f"attached: {neutral_line(str(attached[file.path]))}" if file.path in attached else "made here",
            )
            for file in files
        ]
        self._view.note(table(("NAME", "SIZE", "FROM"), rows))

    def _file(self, argument: str) -> None:
        if not argument:
            raise UsageError("No file was given.", hint="Say which: /file PATH.")
        self.attach(given_paths(argument))

    def _save(self, argument: str) -> None:
        if not self._interpreter.exchanges:
            raise UsageError("There is nothing to save yet.", hint="Ask something first.")
        notebook = self._interpreter.notebook()
        if not argument:
            path = self._notebooks.save(NOTEBOOK, notebook).path
        else:
            path = _notebook_path(argument)
            check_folder(path.parent)
            write_named_file(path, notebook)
        self._view.note(f"Saved {neutral_line(str(path))} ({size(len(notebook))})")

    def _undo(self, _argument: str) -> None:
        if not self._turns:
            more = f" Only the last {UNDO_DEPTH} turns are kept." if self._interpreter.exchanges else ""
            raise UsageError(f"There is nothing to take back.{more}", hint="/reset begins anew.")
        last = self._interpreter.exchanges[-1]
        with self._interrupts():
            self._interpreter.restore(self._turns[-1])
        self._turns.pop()
        kept = "\nWhat it saved to the output folder stays there." if last.answer.files else ""
        self._view.note(f"Taken back: {_one_line(last.request)}{kept}")

    def _reset(self, _argument: str) -> None:
        self._view.working("starting a fresh Python")
        with self._interrupts():
            self._interpreter.reset()
        self._turns.clear()
        kept = ", ".join(map(neutral_line, self._interpreter.attached))
        self._view.note("A fresh start." + (f" Still attached: {kept}" if kept else ""))

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


def given_paths(argument: str) -> list[str]:
    """The paths that a person typed or dropped on the terminal: one with spaces, or several, quoted or escaped."""
    if Path(argument).expanduser().exists():
        return [str(Path(argument).expanduser())]
    try:
        words = shlex.split(argument)
    except ValueError:
        words = [argument]
    return [str(Path(word).expanduser()) for word in words]


def dropped_paths(line: str) -> list[str]:
    """The files that were dropped on the terminal, where a line is nothing but absolute paths of files."""
    if not line.startswith(("/", "~", "'/", '"/')):
        return []
    paths = given_paths(line)
    try:
        return paths if all(Path(path).is_absolute() and Path(path).is_file() for path in paths) else []
    except (OSError, ValueError):  # too long for a name, or a null character: no path
        return []


def _notebook_path(argument: str) -> Path:
    path = Path(given_paths(argument)[0])
    if path.suffix and path.suffix != ".ipynb":
        raise UsageError(
            f"{path} is not the name of a notebook.",
            hint="/save writes the conversation as a .ipynb file; the session's own files are saved as they are made.",
        )
    path = path.with_suffix(".ipynb")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give a file name: /save NAME.ipynb.")
    return path


def _summary(fact: FileFacts) -> str:
    """What a person wants to know of it; how to read it is for the model."""
    what = fact.text.split("\n", 1)[0].split("; read it", 1)[0]
    return _one_line(f"{what}: {', '.join(fact.columns)}" if fact.columns else what)


def _one_line(text: str) -> str:
    return neutral_line(shorten_line(text, _LINE_CHARS))
