"""What ``ask`` and ``chat`` show on a terminal: highlighted code, output and answer, all as it happens.

Finished lines are printed once and never redrawn, so the screen does not flicker and scrolling back works.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.status import Status
from rich.syntax import Syntax
from rich.text import Text

from offline_ci.cli.cell_output import saved_line, stop_reason, traceback_of
from offline_ci.cli.pictures import MAX_BYTES, GraphicsProtocol, inline_picture
from offline_ci.cli.terminal import neutral
from offline_ci.cli.views import View
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.outputs import is_picture
from offline_ci.interpreter.saving import png_of
from offline_ci.sandbox.result import Output

_HIGHLIGHTER = Syntax("", "python", theme="ansi_dark")


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
        self._repeat_requests = repeat_requests
        self._pictures = pictures
        self._n_drawn = 0
        self._status: Status | None = None
        self._code = ""
        self._lines_shown = 0
        self._in_answer = False
        self._line_open = False

    def working(self, what: str) -> None:
        """See ``View``."""
        self._spin(what)

    def event(self, event: events.Event) -> None:
        """See ``View``."""
        match event:
            case events.RequestStarted(request=request):
                self._code, self._lines_shown, self._in_answer, self._n_drawn = "", 0, False, 0
                if self._repeat_requests:
                    self._print(Text(neutral(request), style="bold"))
                self._spin("reading the request")
            case events.CodeText(text=text):
                self._show_code(text)
            case events.CodeFinished():
                self._finish_code()
                self._spin("running")
            case events.CodeDropped(reason=reason):
                self._end_code()
                self._print(Text(f"(not run: {reason})", style="dim"))
                self._spin("thinking")
            case events.CellOutput(output=output):
                self._show_output(output)
            case events.CellFinished(result=result):
                self._end_line()
                # That a request was interrupted is said at its end, wherever that happened.
                reason = stop_reason(result) if result.status != "interrupted" else ""
                for text in ("\n".join(traceback_of(result)), reason):
                    if text:
                        self._write(neutral(text) + "\n", "red")
                self._spin("thinking")
            case events.AnswerText(text=text):
                self._show_answer(text)
            case events.RequestFinished(status=status, answer=answer):
                self._stop()
                self._end_line()
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
        self.close()

    def saved(self, files: Sequence[SavedFile]) -> None:
        """See ``View``."""
        for item in files:
            self._print(Text(saved_line(item), style="green"))
            if self._pictures and not self._n_drawn and item.path.suffix.lower() == ".png" and item.bytes <= MAX_BYTES:
                self._draw(item.path.read_bytes())

    def note(self, text: str) -> None:
        """See ``View``."""
        self._print(Text(neutral(text), style="dim"))

    def problem(self, text: str) -> None:
        """See ``View``."""
        self._print(Text(neutral(text), style="yellow"))

    def close(self) -> None:
        """See ``View``."""
        self._stop()
        self._end_line()

    # --- code

    def _show_code(self, text: str) -> None:
        if not self._code:
            self._stop()
            self._end_line()
            self._print(Rule("program", style="dim", align="left"))
        self._code += text
        finished = self._code.count("\n")
        if finished > self._lines_shown:
            self._print_code(self._code.rsplit("\n", 1)[0])

    def _end_code(self) -> None:
        if self._code and not self._code.endswith("\n"):
            self._print_code(self._code)
        self._code, self._lines_shown = "", 0

    def _finish_code(self) -> None:
        self._end_code()
        self._print(Rule("output", style="dim", align="left"))

    def _print_code(self, code: str) -> None:
        """Print the lines that have not been printed; the whole is highlighted, for strings of several lines."""
        highlighted = _HIGHLIGHTER.highlight(neutral(code))
        for line in highlighted.split("\n", allow_blank=True)[self._lines_shown : code.count("\n") + 1]:
            self._print(line)
        self._lines_shown = code.count("\n") + 1

    # --- output and answer

    def _show_output(self, output: Output) -> None:
        kind = output["output_type"]
        if kind == "stream":
            style = "" if output["name"] == "stdout" else "dim"
            self._write(neutral(str(output["text"])), style)
        elif is_picture(output):
            png = png_of(output)
            if png is not None and self._draw(png):
                self._n_drawn += 1
            else:
                self._print(Text("(a picture)", style="dim"))
        elif kind in {"execute_result", "display_data"}:
            self._end_line()
            self._write(neutral(str(output["data"].get("text/plain", ""))) + "\n", "")

    def _draw(self, png: bytes) -> bool:
        drawing = inline_picture(png, self._pictures, self._console.width) if self._pictures else ""
        if drawing:
            self._stop()
            self._end_line()
            self._console.file.write(drawing + "\n")
            self._console.file.flush()
        return bool(drawing)

    def _show_answer(self, text: str) -> None:
        if not self._in_answer:
            self._stop()
            self._print(Rule("answer", style="dim", align="left"))
            self._in_answer = True
        self._write(neutral(text), "bold")

    # --- the terminal

    def _write(self, text: str, style: str) -> None:
        self._stop()
        self._console.print(Text(text, style=style), end="", soft_wrap=True)
        self._line_open = bool(text) and not text.endswith("\n")

    def _print(self, what: Text | Rule) -> None:
        self._stop()
        self._end_line()
        self._console.print(what)

    def _end_line(self) -> None:
        if self._line_open:
            self._console.print()
            self._line_open = False

    def _spin(self, what: str) -> None:
        self._stop()
        if not self._line_open:
            self._status = self._console.status(f"[dim]{what} …[/dim]")
            self._status.start()

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
