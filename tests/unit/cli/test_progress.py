"""Progress: plain lines in a pipe, bars on a terminal."""

import io

from rich.console import Console

from offline_ci.cli.progress import PlainReporter
from offline_ci.cli.rich_progress import RichReporter
from offline_ci.pyodide.build_progress import BuildEvent


def work(reporter):
    with reporter:
        reporter.start("runtime\x1b[2J", 3_000_000)
        reporter.advance(2_000_000)
        reporter.advance(-500_000)
        reporter.advance(1_500_000)
        reporter.finish()
        reporter.start("nothing", 0)
        reporter.finish()
        reporter.message("a word")
        for event in (
            BuildEvent("Compile", 0, 2, 0.0),
            BuildEvent("Compile", 1, 2, 1.0, "a", 0.25),
            BuildEvent("Compile", 2, 2, 3.0, "b", 1.0),
            BuildEvent("Done before", 0, 0, 0.0),
        ):
            reporter.report(event)


def test_plain_lines_say_what_how_far_and_how_long():
    out = io.StringIO()
    work(PlainReporter(out, every_s=0))
    lines = out.getvalue().split("\n")
    assert lines[0] == "Fetch runtime\\x1b[2J: 3.0 MB …"
    assert lines[1].startswith("Fetch runtime\\x1b[2J: 2.0 MB of 3.0 MB, ")
    assert lines[1].endswith(" left")
    assert lines[4].startswith("Fetch runtime\\x1b[2J: 3.0 MB in 0.0 s")
    assert lines[5:] == ["a word", "Compile …", "Compile: 1 of 2, 3.0 s left", "Compile: 2 in 3.0 s", ""]


def test_plain_lines_are_few():
    out = io.StringIO()
    work(PlainReporter(out))
    assert out.getvalue().count("\n") == 5


def test_bars_show_bytes_and_items():
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, highlight=False)
    work(RichReporter(console))
    shown = out.getvalue()
    assert "3.0 MB of 3.0 MB" in shown
    assert "2 of 2" in shown
    assert "a word" in shown
    assert "\x1b[2J" not in shown
    assert "Done before" not in shown
