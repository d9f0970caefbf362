"""What ``ask`` and ``chat`` show while they work: nothing, or plain text. ``rich_view`` has the one for terminals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO

from offline_ci.cli.cell_output import CellPrinter, saved_line, stop_reason
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.outputs import is_picture
from offline_ci.interpreter.thumbnail import Thumbnail

MakeThumbnail = Callable[[bytes, int, int, int], Thumbnail | None]
"""Makes a picture small: its content, the most columns and lines of pixels."""


class View:
    """Shows nothing."""

    def draw_with(self, make_thumbnail: MakeThumbnail) -> None:
        """From now on pictures can be made small."""

    def working(self, what: str) -> None:
        """Something begins that takes a moment."""

    def event(self, event: events.Event) -> None:
        """Something happened in the interpreter."""

    def program(self, code: str, *, typed: bool) -> None:
        """A program of the user's is about to run; ``typed`` where it is on the screen already."""

    def rest(self) -> None:
        """Nothing is going on any more."""

    def saved(self, files: Sequence[SavedFile]) -> None:
        """Files have been written."""

    def note(self, text: str) -> None:
        """Something to tell besides what the interpreter does."""

    def problem(self, text: str) -> None:
        """Something the user wanted cannot be done."""

    def close(self) -> None:
        """Leave the screen in order, whatever has happened."""


class PlainView(View):
    """Plain text: each program, its output, the answer, the files.

    Args:
        out: where to; usually a pipe or a file.
        repeat_requests: whether each request is shown above what came of it.
    """

    def __init__(self, out: IO[str], *, repeat_requests: bool) -> None:
        self._out = out
        self._repeat_requests = repeat_requests
        self._cell = CellPrinter(out, out)
        self._in_code = self._in_answer = self._has_output = False

    def event(self, event: events.Event) -> None:
        """See ``View``."""
        match event:
            case events.RequestStarted(request=request) if self._repeat_requests:
                self._write(f"--- request\n{request}\n")
            case events.CodeText(text=text):
                self._begin("--- program\n", code=True)
                self._write(text)
            case events.CodeFinished():
                self._end()
                self._has_output = False
            case events.CodeDropped(reason=reason):
                self._end()
                self._write(f"(not run: {reason})\n")
            case events.CellOutput(output=output):
                if not self._has_output and not is_picture(output):
                    self._has_output = True
                    self._write("--- output\n")
                self._cell.output(output)
            case events.CellFinished(result=result):
                self._cell.finish(result)
                self._cell.end_line()
                if reason := stop_reason(result):
                    self._write(f"{reason}\n")
            case events.AnswerText(text=text):
                self._begin("--- answer\n", code=False)
                self._write(text)
            case events.AnswerDropped(reason=reason):
                self._end()
                self._write(f"(not the answer: {reason})\n")
            case events.RequestFinished(status=status, answer=answer):
                self._end()
                if status != "ok":
                    self._write(f"--- {status}\n{answer}\n")
            case _:
                pass

    def program(self, code: str, *, typed: bool) -> None:
        """See ``View``."""
        if self._repeat_requests or not typed:
            self._write(f"--- program\n{code.rstrip()}\n")
        self._has_output = False

    def saved(self, files: Sequence[SavedFile]) -> None:
        """See ``View``."""
        if files:
            self._write("--- files\n" + "".join(f"{saved_line(item)}\n" for item in files))

    def note(self, text: str) -> None:
        """See ``View``."""
        self._write(f"{text}\n")

    def problem(self, text: str) -> None:
        """See ``View``."""
        self._write(f"{text}\n")

    def _begin(self, title: str, *, code: bool) -> None:
        if (self._in_code if code else self._in_answer) is False:
            self._end()
            self._write(title)
            self._in_code, self._in_answer = code, not code

    def _end(self) -> None:
        if self._in_code or self._in_answer:
            self._write("\n")
        self._in_code = self._in_answer = False

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
