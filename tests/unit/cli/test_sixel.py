"""Sixels, read back by a decoder of our own."""

import io
import re

import pytest
from PIL import Image
from rich.console import Console

from offline_ci.cli.pictures import sixel_size
from offline_ci.cli.rich_view import RichView
from offline_ci.cli.sixel import MAX_COLORS, sixels
from offline_ci.interpreter import events
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.thumbnail import Thumbnail


def decoded(text):
    """Width, height and RGB; colours are in percent, so a hundredth off."""
    found = re.fullmatch(r'\x1bP0;1q"1;1;(\d+);(\d+)((?:#\d+;2;\d+;\d+;\d+)+)(.*)\x1b\\', text, re.DOTALL)
    width, height = int(found[1]), int(found[2])
    palette = {
        int(number): tuple(round(int(part) * 2.55) for part in parts)
        for number, *parts in re.findall(r"#(\d+);2;(\d+);(\d+);(\d+)", found[3])
    }
    image = Image.new("RGB", (width, height))
    for band, line in enumerate(found[4].split("-")):
        for layer in line.split("$"):
            number, data = re.fullmatch(r"#(\d+)(.*)", layer, re.DOTALL).groups()
            column = 0
            for count, char in re.findall(r"(?:!(\d+))?([?-~])", data):
                for _ in range(int(count or 1)):
                    for bit in range(6):
                        if (ord(char) - 63) >> bit & 1:
                            image.putpixel((column, 6 * band + bit), palette[int(number)])
                    column += 1
    return image


def picture(image):
    return Thumbnail(image.width, image.height, image.tobytes())


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (300, 13), (40, 6), (3, 60)])
def test_what_is_drawn_is_the_picture(size):
    image = Image.radial_gradient("L").resize(size).convert("RGB").quantize(40).convert("RGB")
    found = decoded(sixels(picture(image)))
    assert found.size == size
    pairs = zip(found.tobytes(), image.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in pairs) <= 2


def test_long_rows_of_one_colour_are_short():
    assert len(sixels(picture(Image.new("RGB", (1000, 60), "navy")))) < 400


def test_a_guest_that_sends_too_many_colours_gets_nothing_drawn():
    image = Image.new("RGB", (17, 16))
    image.putdata([(i % 256, i // 256, 0) for i in range(17 * 16)])
    assert sixels(picture(image)) == ""
    assert sixels(Thumbnail(0, 0, b"")) == ""


def test_a_terminal_with_sixels_draws_what_the_sandbox_made_of_a_picture(tmp_path):
    asked = []

    def make(data, width, height, colors):
        asked.append((data, width, height, colors))
        return picture(Image.new("RGB", (4, 4), "red"))

    (tmp_path / "a.png").write_bytes(b"a png")
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    view = RichView(repeat_requests=False, console=console, pictures="sixel")
    view.draw_with(make)
    view.event(events.RequestStarted(0, "Draw"))
    view.saved([SavedFile(tmp_path / "a.png", 5)])
    assert asked == [(b"a png", *sixel_size(80), MAX_COLORS)]
    assert console.file.getvalue().count("\x1bP0;1q") == 1
