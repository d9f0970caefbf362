"""A picture in character cells: each shows two pixels, the upper half block in one colour on a ground of the other."""

from __future__ import annotations

from typing import Final

from rich.color import Color
from rich.style import Style
from rich.text import Text

from offline_ci.interpreter.thumbnail import Thumbnail

MAX_COLUMNS: Final = 56
MAX_ROWS: Final = 18
_INDENT: Final = "  "


def half_blocks(picture: Thumbnail) -> Text:
    """The picture, a line of text for each two lines of pixels."""
    text = Text(no_wrap=True)
    for top in range(0, picture.height, 2):
        text.append(f"\n{_INDENT}" if top else _INDENT)
        for column in range(picture.width):
            upper = _color(picture, column, top)
            lower = _color(picture, column, top + 1) if top + 1 < picture.height else None
            text.append("▀", Style(color=upper, bgcolor=lower))
    return text


def _color(picture: Thumbnail, column: int, line: int) -> Color:
    at = 3 * (line * picture.width + column)
    return Color.from_rgb(*picture.rgb[at : at + 3])
