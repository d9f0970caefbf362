"""Pictures on terminals that can draw: which can, what is written, and that nothing else gets through."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from offline_ci.cli.pictures import graphics_protocol, inline_picture
from offline_ci.cli.rich_view import RichView
from offline_ci.errors import UsageError
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile


def png(width, height):
    """Noise, so that it does not compress to one chunk."""
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({}, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm2"),
        ({"LC_TERMINAL": "iTerm2"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "xterm", "OFFLINE_CI_GRAPHICS": "sixel"}, "sixel"),
        ({"TERM": "xterm-kitty", "OFFLINE_CI_GRAPHICS": "none"}, None),
        ({"TMUX": "/tmp/tmux", "OFFLINE_CI_GRAPHICS": "iterm2"}, "iterm2"),
        ({"TERM": "screen", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "tmux-256color", "LC_TERMINAL": "iTerm2"}, None),
        ({"TMUX": "/tmp/tmux", "TERM_PROGRAM": "iTerm.app"}, None),
    ],
)
def test_what_a_terminal_can_do(environment, protocol):
    assert graphics_protocol(environment) == protocol


def test_a_protocol_that_nobody_knows_is_refused():
    with pytest.raises(UsageError, match="Set it to one of kitty, iterm2, sixel, none"):
        graphics_protocol({"OFFLINE_CI_GRAPHICS": "gif"})


def test_kitty_gets_the_file_in_chunks():
    data = png(90, 60)
    written = inline_picture(data, "kitty", 80)
    chunks = re.findall(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", written)
    assert "".join(f"\x1b_G{control};{chunk}\x1b\\" for control, chunk in chunks) == written
    assert len(chunks) > 2
    assert all(len(chunk) <= 4096 and len(chunk) % 4 == 0 for _, chunk in chunks)
    assert chunks[0][0] == "f=100,a=T,q=2,c=10,m=1"
    assert [control for control, _ in chunks[1:]] == ["m=1"] * (len(chunks) - 2) + ["m=0"]
    assert base64.b64decode("".join(chunk for _, chunk in chunks)) == data


def test_a_small_picture_is_one_chunk():
    assert inline_picture(png(2, 2), "kitty", 80).startswith("\x1b_Gf=100,a=T,q=2,c=1,m=0;")


def test_iterm2_gets_the_file_at_once():
    data = png(90, 60)
    head, _, encoded = inline_picture(data, "iterm2", 80).removesuffix("\x07").partition(":")
    assert head == f"\x1b]1337;File=inline=1;size={len(data)};width=10;preserveAspectRatio=1"
    assert base64.b64decode(encoded) == data


@pytest.mark.parametrize(("size", "columns"), [((1000, 100), 80), ((90, 9), 10), ((9, 900), 1), ((600, 600), 60)])
def test_a_picture_fits_the_screen(size, columns):
    assert f",c={columns}," in inline_picture(png(*size), "kitty", 80)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        png(4, 4)[:20],
        png(4, 4)[:16] + (100_000).to_bytes(4, "big") * 2 + b"x" * 9,
        png(4, 4)[:16] + bytes(8),
        png(4, 4) + bytes(9 << 20),
    ],
    ids=["empty", "gif", "signature", "cut", "bomb", "nothing", "long"],
)
def test_what_is_not_drawn(data):
    assert inline_picture(data, "kitty", 80) == inline_picture(data, "iterm2", 80) == ""


def drawn(tmp_path, protocol, *, shown=(), saved=()):
    """What a turn writes that shows and saves pictures."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=300, color_system=None)  # paths of tests are long
    view = RichView(repeat_requests=False, console=console, pictures=protocol)
    view.event(events.RequestStarted(0, "Draw"))
    for data in shown:
        encoded = base64.b64encode(data).decode()
        view.event(events.CellOutput({"output_type": "display_data", "data": {"image/png": encoded}, "metadata": {}}))
    files = []
    for name, data in saved:
        (tmp_path / name).write_bytes(data)
        files.append(SavedFile(tmp_path / name, len(data)))
    view.saved(files)
    return out.getvalue()


def test_a_chart_is_drawn_where_it_is_shown_and_not_again_where_it_is_saved(tmp_path):
    written = drawn(tmp_path, "kitty", shown=[png(4, 4)], saved=[("figure-1.png", png(4, 4))])
    assert written.count("\x1b_G") == 1
    assert written.index("\x1b_G") < written.index("Saved ")


def test_a_picture_that_was_only_saved_is_drawn_under_its_name(tmp_path):
    written = drawn(tmp_path, "iterm2", saved=[("a.png", png(4, 4)), ("b.txt", b"text"), ("c.png", b"\x1b[2J")])
    assert written.count("\x1b]1337") == 1
    assert written.index("a.png (") < written.index("\x1b]1337") < written.index("b.txt (")
    assert "\x1b[2J" not in written


def test_other_terminals_get_the_path_alone(tmp_path):
    written = drawn(tmp_path, None, shown=[png(4, 4)], saved=[("a.png", png(4, 4))])
    assert "\x1b_G" not in written
    assert "\x1b]" not in written
    assert written.count("(a picture)") == 1
    assert "a.png (" in written
