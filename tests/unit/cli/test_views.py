"""What ``ask`` shows: plain text in a pipe, colours and finished lines on a terminal, and nothing that steers it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from offline_ci.cli.cell_output import CellPrinter, short_traceback, stop_reason, traceback_of
from offline_ci.cli.rich_view import RichView
from offline_ci.cli.views import PlainView, View
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.sandbox.result import ExecutionResult, GuestError, LimitHit
from support.screen import screen
from support.scripted_sandbox import error, ok

PICTURE = {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}, "metadata": {}}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def session(view, *, status="ok"):
    """A request that fails once."""
    failed = error("NameError", "name 'x' is not defined", stdout="before\n")
    done = ok("1\n2", result="42", outputs=[PICTURE])
    view.working("loading the model")
    view.event(events.RequestStarted(0, "Count"))
    for code, result in (("print(x)\n", failed), ('t = """a\nb"""\nprint(1)', done)):
        for piece in (code[:4], code[4:]):
            view.event(events.CodeText(piece))
        view.event(events.CodeFinished(code))
        for output in result.outputs:
            view.event(events.CellOutput(output))
        view.event(events.CellFinished(result))
    if status == "ok":
        view.event(events.AnswerText("There are "))
        view.event(events.AnswerText("two."))
    view.event(events.RequestFinished(status, "There are two." if status == "ok" else "I could not do this."))
    view.saved([SavedFile(Path("out/a\x1b[2J.png"), 1500)])


SHOWN = [
    "print(x)",
    "before",
    "Traceback (most recent call last):",
    "NameError: name 'x' is not defined",
    "print(1)",
    "42",
    "There are two.",
    "Saved out/a\\x1b[2J.png (1.5 kB)",
]


def test_a_pipe_gets_plain_text():
    out = io.StringIO()
    session(PlainView(out, repeat_requests=False))
    assert out.getvalue() == (
        "--- program\nprint(x)\n\n"
        "--- output\nbefore\n"
        'Traceback (most recent call last):\n  File "<cell 1>", line 1, in <module>\n'
        "NameError: name 'x' is not defined\n"
        '--- program\nt = """a\nb"""\nprint(1)\n'
        "--- output\n1\n2\n42\n"
        "--- answer\nThere are two.\n"
        "--- files\nSaved out/a\\x1b[2J.png (1.5 kB)\n"
    )


def test_a_program_that_does_not_run_is_closed_before_the_next():
    out, terminal = io.StringIO(), Terminal()
    for view in (
        PlainView(out, repeat_requests=False),
        RichView(
            repeat_requests=False,
            console=Console(file=terminal, force_terminal=True, width=80, color_system=None),
        ),
    ):
        for code in ("first()", "second()"):
            view.event(events.CodeText(code))
            view.event(events.CodeDropped("Too long."))
        view.close()
    assert out.getvalue() == (
        "--- program\nfirst()\n(not run: Too long.)\n--- program\nsecond()\n(not run: Too long.)\n"
    )
    shown = screen(terminal.getvalue())
    assert [shown.count(text) for text in ("first()", "second()", "(not run: Too long.)")] == [1, 1, 2]


def test_a_failure_is_told_in_a_pipe():
    out = io.StringIO()
    session(PlainView(out, repeat_requests=True), status="failed")
    assert out.getvalue().startswith("--- request\nCount\n--- program\n")
    assert "--- failed\nI could not do this.\n" in out.getvalue()


@pytest.mark.parametrize("colours", [True, False])
def test_a_terminal_gets_everything_once_and_in_order(colours):
    out = Terminal()
    console = Console(
        file=out, force_terminal=True, color_system="standard" if colours else None, width=80, highlight=False
    )
    session(RichView(repeat_requests=True, console=console))
    plain = screen(out.getvalue())
    positions = [plain.index(text) for text in SHOWN]
    assert positions == sorted(positions)
    assert plain.count("print(x)") == plain.count("print(1)") == 1
    assert "\x1b[2J" not in out.getvalue()


def test_the_cursor_is_back_whatever_happens():
    out = Terminal()
    view = RichView(repeat_requests=False, console=Console(file=out, force_terminal=True, width=80, highlight=False))
    view.working("loading the model")
    view.event(events.AnswerText("half an ans"))
    view.close()
    assert out.getvalue().rfind("\x1b[?25h") > out.getvalue().rfind("\x1b[?25l")
    assert screen(out.getvalue()).splitlines()[1:] == ["half an ans", ""]


def test_a_terminal_is_told_of_failures_and_limits():
    out = Terminal()
    view = RichView(repeat_requests=False, console=Console(file=out, force_terminal=True, width=80, highlight=False))
    view.event(events.CellFinished(ExecutionResult("time_limit", limit=LimitHit("time_s", 5.0, 5.1))))
    view.event(events.RequestFinished("failed", "I could not do this.\x1b[2J"))
    assert "The program was stopped after 5 s." in out.getvalue()
    assert "I could not do this.\\x1b[2J" in out.getvalue()


def test_the_silent_view_is_silent(capsys):
    session(View())
    assert capsys.readouterr() == ("", "")


def test_a_programs_text_is_left_alone_in_a_pipe_and_made_visible_on_a_terminal():
    output = {"output_type": "stream", "name": "stdout", "text": "\x1b[2J10%\r20%\n"}
    pipe, terminal = io.StringIO(), Terminal()
    CellPrinter(pipe, pipe).output(output)
    CellPrinter(terminal, terminal).output(output)
    assert pipe.getvalue() == "\x1b[2J10%\r20%\n"
    assert terminal.getvalue() == "\\x1b[2J10%\n20%\n"


def test_streams_are_kept_apart():
    out, err = io.StringIO(), io.StringIO()
    printer = CellPrinter(out, err)
    printer.output({"output_type": "stream", "name": "stderr", "text": "warning\n"})
    printer.output({"output_type": "stream", "name": "stdout", "text": "no newline"})
    printer.finish(error("E", "v"))
    assert (out.getvalue(), err.getvalue().splitlines()[-1]) == ("no newline\n", "E: v")


def test_an_exception_of_ours_is_not_shown_as_the_programs():
    ours = GuestError("KeyboardInterrupt", "", ["KeyboardInterrupt"])
    assert traceback_of(ExecutionResult("time_limit", error=ours)) == []
    assert traceback_of(ExecutionResult("error", error=ours)) == ["KeyboardInterrupt"]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (ExecutionResult("ok"), ""),
        (ExecutionResult("interrupted"), "Interrupted."),
        (ExecutionResult("memory_limit", limit=LimitHit("memory_bytes", 1 << 30, 1 << 31)), "more than 1024 MB"),
        (ExecutionResult("output_limit", limit=LimitHit("output_bytes", 1, 2)), "printed too much"),
        (ExecutionResult("disk_limit", limit=LimitHit("disk_bytes", 1, 2)), "wrote more to files than fits"),
    ],
)
def test_why_a_program_was_stopped(result, reason):
    assert reason in stop_reason(result)


def test_of_a_traceback_a_person_sees_the_own_frames():
    lines = [
        "Traceback (most recent call last):",
        '  File "<cell 2>", line 8, in <module>',
        "    df.groupby('region')",
        "    ~~~~~~~~~~^^^^^^^^^^",
        '  File "/lib/python3.14/site-packages/pandas/core/series.py", line 2057, in groupby',
        "    return SeriesGroupBy(",
        '  File "/lib/python3.14/json/decoder.py", line 1, in decode',
        "    x",
        '  File "<cell 1>", line 1, in callback',
        "    1 / 0",
        "ZeroDivisionError: division by zero",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "/lib/python3.14/ast.py", line 2, in parse',
        "KeyError: 'region'",
        "  with a second line",
    ]
    assert short_traceback(lines) == [
        *lines[:4],
        "  … 2 calls in pandas, json …",
        *lines[8:15],
        "  … 1 call in ast …",
        *lines[16:],
    ]
    assert short_traceback(["E: v"]) == ["E: v"]
    assert short_traceback([]) == []
