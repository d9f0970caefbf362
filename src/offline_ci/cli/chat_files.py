"""The chat's files: attached, listed, opened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from offline_ci.cli.chat_paths import given_paths
from offline_ci.cli.chat_turns import interrupts
from offline_ci.cli.format import size, table
from offline_ci.cli.opener import open_file
from offline_ci.cli.options import check_input_files
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import files_of
from offline_ci.interpreter.shorten import shorten_line

if TYPE_CHECKING:
    from offline_ci.interpreter.inspect_files import FileFacts
    from offline_ci.interpreter.interpreter import CodeInterpreter

_LINE_CHARS = 100
_HOW_TO_READ = re.compile(r"; (?:read|open) it .*")


class ChatFiles:
    """Commands about files.

    Args:
        interpreter: model and sandbox.
        view: shows.
    """

    def __init__(self, interpreter: CodeInterpreter, view: View) -> None:
        self._interpreter = interpreter
        self._view = view

    def attach(self, paths: list[str]) -> None:
        """Offer files to the session, and show what is in them.

        Raises:
            UsageError: one of them is no readable file; then none is attached.
        """
        if not paths:
            return
        checked = check_input_files(paths)
        self._view.working("looking at the file" if len(paths) == 1 else "looking at the files")
        with interrupts(self._interpreter):
            facts = self._interpreter.attach(checked)
        for fact in facts:
            self._view.note(f"Attached {_summary(fact)}")

    def file(self, argument: str) -> None:
        """``/file``."""
        if not argument:
            raise UsageError("No file was given.", hint="Say which: /file PATH.")
        self.attach(given_paths(argument))

    def files(self, _argument: str) -> None:
        """``/files``."""
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

    def open(self, argument: str) -> None:
        """``/open``."""
        self._view.note(open_file(self._made(argument)))

    def made_names(self) -> list[str]:
        """Names of the files that were saved to the output folder, the newest first."""
        return list(dict.fromkeys(path.name for path in self._saved()))

    def _saved(self) -> list[Path]:
        files = [item.path for step in self._interpreter.history for item in files_of(step)]
        return [path for path in reversed(files) if path.is_file()]

    def _made(self, argument: str) -> Path:
        """The file that is meant: of several with that name the newest."""
        saved = self._saved()
        if not saved:
            raise UsageError("There is nothing to open: no file was saved yet.", hint="/files lists the session's.")
        if not argument:
            return saved[0]
        wanted = {argument, given_paths(argument)[0]}
        for path in saved:
            if path.name in wanted or path.absolute() in {Path(word).absolute() for word in wanted}:
                return path
        names = ", ".join(map(neutral_line, self.made_names()))
        raise UsageError(f"No file {argument!r} was made here.", hint=f"There is: {names}.")


def _summary(fact: FileFacts) -> str:
    """What a person wants to know of it; how to read it is for the model."""
    what = _HOW_TO_READ.sub("", fact.text.split("\n", 1)[0])
    return neutral_line(shorten_line(f"{what}: {', '.join(fact.columns)}" if fact.columns else what, _LINE_CHARS))
