"""The parts of the terminal's view: lines that grow, the spinner's line, small pictures."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from offline_ci.cli.rich_activity import Activity
from offline_ci.cli.rich_lines import Lines, wrapped
from offline_ci.cli.rich_pictures import half_blocks
from offline_ci.cli.rich_view import RichView
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.thumbnail import Thumbnail, make_thumbnail
from support.screen import screen
from support.scripted_sandbox import ok


class Written(io.StringIO):
    def isatty(self):
        return True


def terminal(width=40, color_system=None):
    return Console(file=Written(), force_terminal=True, width=width, color_system=color_system, highlight=False)


# --- lines


@given(st.text(st.sampled_from("ab 水-"), max_size=80), st.integers(2, 20))
def test_a_broken_line_is_the_line_and_fits(line, width):
    lines = wrapped(line, width)
    assert "".join(lines) == line
    assert all(cell_len(part.rstrip(" ")) <= width for part in lines if part.strip())


def test_lines_break_between_words():
    assert wrapped("one two three", 8) == ["one two ", "three"]
    assert wrapped("one abcdefghijk two", 8) == ["one ", "abcdefgh", "ijk two"]
    assert wrapped("", 8) == [""]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_an_answer_in_pieces_is_printed_once_with_whole_words(size):
    text = "The quick brown fox jumps over the lazy dog and then it sleeps.\n\nIt was tired."
    console = terminal(30)
    activity = Activity(console)
    lines = Lines(console, activity)
    activity.begin("writing")
    for i in range(0, len(text), size):
        lines.write(text[i : i + size], "bold", wrap=True)
    lines.end()
    activity.stop()
    assert screen(console.file.getvalue()).splitlines() == [
        "The quick brown fox jumps over",
        "the lazy dog and then it",
        "sleeps.",
        "",
        "It was tired.",
        "",
    ]


def test_output_in_pieces_stays_on_its_lines_and_is_not_broken():
    console = terminal(20)
    lines = Lines(console, Activity(console))
    for piece in ("a", "b\nlong line that is longer than the screen\n", "\n", "end"):
        lines.write(piece, "")
    assert screen(console.file.getvalue()).split("\n") == ["ab", "long line that is longer than the screen", "", ""]
    lines.write("error", "red")
    lines.end()
    lines.end()
    assert screen(console.file.getvalue()).split("\n")[3:] == ["end", "error", ""]


# --- the spinner's line


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def told(console, activity):
    lines = console.render_lines(activity._render(), pad=False)
    return ["".join(segment.text for segment in line) for line in lines]


def test_the_spinner_tells_what_how_long_and_how_fast():
    clock, console = Clock(), terminal(60)
    activity = Activity(console, clock)
    activity.begin("reading the request")
    assert told(console, activity)[0].endswith(" reading the request …")
    clock.now += 2.4
    assert told(console, activity)[0].endswith(" reading the request … · 2 s")
    for _ in range(8):
        activity.token("writing a program")
        clock.now += 0.05
    assert told(console, activity)[0].endswith(" writing a program … · 20 tokens/s")
    clock.now += 3
    activity.unfinished(lambda: Text("x" * 50 + "水" * 20))
    line, status = told(console, activity)
    assert cell_len(line) <= 60
    assert line.endswith("水")
    assert status.endswith("· 3 s · 20 tokens/s")
    activity.stop()
    activity.stop()
    assert screen(console.file.getvalue()).strip() == ""


def test_the_screen_can_be_left_to_somebody_else():
    console = terminal()
    activity = Activity(console)
    activity.begin("running")
    with activity.paused():
        console.file.write("PICTURE\n")
        assert "running" not in screen(console.file.getvalue())
    assert screen(console.file.getvalue()).splitlines()[1].endswith("running …")
    activity.stop()
    with activity.paused():
        pass
    assert screen(console.file.getvalue()).splitlines() == ["PICTURE", ""]


# --- small pictures

RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_two_pixels_are_one_character():
    text = half_blocks(Thumbnail(2, 3, bytes([*RED, *BLUE, *BLUE, *RED, *RED, *RED])))
    console = terminal(color_system="truecolor")
    console.print(text)
    red, blue = "2;255;0;0", "2;0;0;255"
    assert text.plain == "  ▀▀\n  ▀▀"
    assert console.file.getvalue() == (
        f"  \x1b[38;{red};48;{blue}m▀\x1b[0m\x1b[38;{blue};48;{red}m▀\x1b[0m\n"
        f"  \x1b[38;{red}m▀\x1b[0m\x1b[38;{red}m▀\x1b[0m\n"
    )


@pytest.mark.parametrize(("color_system", "n_previews"), [("truecolor", 1), ("256", 1), ("standard", 0), (None, 0)])
def test_a_saved_picture_is_previewed_where_there_are_colours(tmp_path, color_system, n_previews):
    asked = []

    def make(data, width, height, colors):
        asked.append((data, width, height, colors))
        return Thumbnail(1, 1, bytes(RED))

    files = []
    for name in ("a.txt", "b.JPG", "c.png", "gone.png"):
        (tmp_path / name).write_bytes(name.encode())
        files.append(SavedFile(tmp_path / name, 5))
    (tmp_path / "gone.png").unlink()
    console = terminal(30, color_system)
    view = RichView(repeat_requests=False, console=console)
    view.draw_with(make)
    view.event(events.RequestStarted(0, "Draw"))
    view.saved(files)
    view.close()
    assert asked == [(b"b.JPG", 28, 36, 0)] * n_previews
    assert console.file.getvalue().count("▀") == n_previews
    assert all(name in console.file.getvalue().replace("\n", "") for name in ("a.txt", "c.png", "gone.png"))


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "no JSON",
        "[]",
        '{"width": 1, "height": 1}',
        '{"width": 1, "height": 1, "rgb": "AAAA", "more": 1',
        '{"width": 1, "height": 2, "rgb": "AAAA"}',
        '{"width": 1000000, "height": 0, "rgb": ""}',
        '{"width": 5, "height": 1, "rgb": "AAAAAAAAAAAAAAAAAAAA"}',
        '{"width": -1, "height": -1, "rgb": "AAAA"}',
    ],
)
def test_a_guest_that_tells_nonsense_gets_no_preview(printed):
    class Guest:
        def run(self, code, time_s):
            return ok(printed)

    assert make_thumbnail(Guest(), b"data", 4, 4) is None
