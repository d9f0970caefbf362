"""What ``ask`` and ``chat`` show on a terminal: highlighted code, output and answer, all as it happens.

Finished lines are printed once and never redrawn, so the screen does not flicker and scrolling back works; only the
line that is being written and the spinner beneath it are.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from offline_ci.cli.cell_output import saved_line, short_traceback, stop_reason, traceback_of
from offline_ci.cli.pictures import MAX_BYTES, GraphicsProtocol, inline_picture, sixel_size
from offline_ci.cli.rich_activity import Activity
from offline_ci.cli.rich_lines import Lines
from offline_ci.cli.rich_pictures import MAX_COLUMNS, MAX_ROWS, half_blocks
from offline_ci.cli.rich_table import drawn
from offline_ci.cli.sixel import MAX_COLORS, sixels
from offline_ci.cli.tables import table_of
from offline_ci.cli.terminal import neutral
from offline_ci.cli.views import MakeThumbnail, View
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.outputs import is_picture
from offline_ci.interpreter.saving import png_of
from offline_ci.sandbox.result import ExecutionResult, Output

_HIGHLIGHTER: Final = Syntax("", "python", theme="ansi_dark")
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"})
_MAX_PREVIEWS: Final = 1


class RichView(View):
    """Shows everything, with colours.

    Args:
        repeat_requests: whether each request is shown above what came of it.
        console: the terminal.
        pictures: how it draws pictures, None where it cannot.
    """

    def __init__(
        self, *, repeat_requests: bool, console: Console | None = None, pictures: GraphicsProtocol | None = None
    ) -> None:
        self._console = console or Console(highlight=False)
        self._activity = Activity(self._console)
        self._lines = Lines(self._console, self._activity)
        self._repeat_requests = repeat_requests
        self._pictures = pictures
        self._make_thumbnail: MakeThumbnail | None = None
        self._n_drawn = 0
        self._code = ""
        self._lines_shown = 0
        self._in_answer = self._in_request = False

    def draw_with(self, make_thumbnail: MakeThumbnail) -> None:
        """See ``View``."""
        self._make_thumbnail = make_thumbnail

    def working(self, what: str) -> None:
        """See ``View``."""
        self._activity.begin(what)

    def event(self, event: events.Event) -> None:
        """See ``View``."""
        match event:
            case events.RequestStarted(request=request):
                self._code, self._lines_shown, self._in_answer, self._n_drawn = "", 0, False, 0
                self._in_request = True
                if self._repeat_requests:
                    self._print(Text(neutral(request), style="bold"))
                self._activity.begin("reading the request")
            case events.CodeText(text=text):
                self._show_code(text)
                self._activity.token("writing a program")
            case events.CodeFinished():
                self._finish_code()
                self._activity.begin("running")
            case events.CodeDropped(reason=reason):
                self._end_code()
                self._print(Text(f"(not run: {reason})", style="dim"))
                self._activity.begin("thinking")
            case events.CellOutput(output=output):
                self._show_output(output)
            case events.CellFinished(result=result):
                self._finish_cell(result)
            case events.AnswerText(text=text):
                self._show_answer(text)
                self._activity.token("writing the answer")
            case events.AnswerDropped(reason=reason):
                self._print(Text(f"(not the answer: {neutral(reason)})", style="dim"))
                self._in_answer = False
                self._activity.begin("thinking")
            case events.RequestFinished(status=status, answer=answer):
                self.rest()
                self._in_request = False
                if status != "ok":
                    self._print(Text(neutral(answer), style="yellow"))

    def program(self, code: str, *, typed: bool) -> None:
        """See ``View``."""
        self._n_drawn = 0
        if not typed:
            self._show_code(code.rstrip("\n"))
            self._finish_code()

    def rest(self) -> None:
        """See ``View``."""
        self._lines.end()
        self._activity.stop()

    def saved(self, files: Sequence[SavedFile]) -> None:
        """See ``View``."""
        n_previews = 0
        for item in files:
            self._print(Text(saved_line(item), style="green"))
            is_wanted = not self._n_drawn and n_previews < _MAX_PREVIEWS and item.bytes <= MAX_BYTES
            if is_wanted and item.path.suffix.lower() in _PICTURES:
                with suppress(OSError):  # the user was faster
                    n_previews += self._show_picture(item.path.read_bytes())

    def note(self, text: str) -> None:
        """See ``View``."""
        self._say(text, "dim")

    def problem(self, text: str) -> None:
        """See ``View``."""
        self._say(text, "yellow")

    def close(self) -> None:
        """See ``View``."""
        self.rest()

    # --- code

    def _show_code(self, text: str) -> None:
        if not self._code:
            self._print(Rule("program", style="dim", align="left"))
        self._code += text
        if self._code.count("\n") > self._lines_shown:
            self._print_code(self._code.rsplit("\n", 1)[0])
        self._activity.unfinished(None if self._code.endswith("\n") else self._last_code_line)

    def _last_code_line(self) -> Text:
        return self._highlighted(self._code)[-1]

    def _end_code(self) -> None:
        self._activity.unfinished(None)
        if self._code and not self._code.endswith("\n"):
            self._print_code(self._code)
        self._code, self._lines_shown = "", 0

    def _finish_code(self) -> None:
        self._end_code()
        self._print(Rule("output", style="dim", align="left"))

    def _print_code(self, code: str) -> None:
        """Print the lines that have not been printed."""
        self._lines.end()
        for line in self._highlighted(code)[self._lines_shown :]:
            self._console.print(line, soft_wrap=True)  # copied from the screen, it must run
        self._lines_shown = code.count("\n") + 1

    def _highlighted(self, code: str) -> list[Text]:
        """The lines of the whole, for strings of several lines."""
        return list(_HIGHLIGHTER.highlight(neutral(code)).split("\n", allow_blank=True)[: code.count("\n") + 1])

    # --- output and answer

    def _show_output(self, output: Output) -> None:
        kind = output["output_type"]
        if kind == "stream":
            style = "" if output["name"] == "stdout" else "dim"
            self._lines.write(neutral(str(output["text"])), style)
        elif is_picture(output):
            png = png_of(output)
            if png is not None and self._draw(png):
                self._n_drawn += 1
            else:
                self._print(Text("(a picture)", style="dim"))
        elif kind in {"execute_result", "display_data"}:
            self._lines.end()
            if (cells := table_of(output)) is not None:
                self._print(drawn(cells, self._console.width))
                if cells.footer:
                    self._print(Text(cells.footer, style="dim"))
            else:
                self._lines.write(neutral(str(output["data"].get("text/plain", ""))) + "\n", "")

    def _finish_cell(self, result: ExecutionResult) -> None:
        self._lines.end()
        # That a request was interrupted is said at its end, wherever that happened.
        reason = "" if result.status == "interrupted" and self._in_request else stop_reason(result)
        for text in ("\n".join(short_traceback(traceback_of(result))), reason):
            if text:
                self._lines.write(neutral(text) + "\n", "red")
        if self._in_request:
            self._activity.begin("thinking")

    def _draw(self, png: bytes) -> bool:
        """Have the terminal draw a picture, where it can."""
        drawing = self._drawing(png)
        if drawing:
            self._lines.end()
            with self._activity.paused():
                self._console.file.write(drawing + "\n")
                self._console.file.flush()
        return bool(drawing)

    def _drawing(self, png: bytes) -> str:
        if self._pictures == "sixel":
            size = sixel_size(self._console.width)
            picture = self._make_thumbnail(png, *size, MAX_COLORS) if self._make_thumbnail else None
            return sixels(picture) if picture else ""
        return inline_picture(png, self._pictures, self._console.width) if self._pictures else ""

    def _show_picture(self, data: bytes) -> bool:
        return self._draw(data) or self._preview(data)

    def _preview(self, data: bytes) -> bool:
        """Draw a picture in character cells, where there are colours."""
        if self._make_thumbnail is None or self._console.color_system not in {"256", "truecolor"}:
            return False
        columns = min(MAX_COLUMNS, self._console.width - 2)
        thumbnail = self._make_thumbnail(data, columns, 2 * MAX_ROWS, 0)
        if thumbnail is not None:
            self._print(half_blocks(thumbnail))
        return thumbnail is not None

    def _show_answer(self, text: str) -> None:
        if not self._in_answer:
            self._print(Rule("answer", style="dim", align="left"))
            self._in_answer = True
        self._lines.write(neutral(text), "bold", wrap=True)

    # --- the terminal

    def _say(self, text: str, style: str) -> None:
        self.rest()
        self._console.print(Text(neutral(text), style=style))

    def _print(self, what: Text | Rule | Table) -> None:
        self._lines.end()
        self._console.print(what)
