"""Pictures as sixels: six lines of pixels a character, colour by colour, as DEC's terminals drew them.

Source: DEC, VT330/VT340 Programmer Reference Manual, volume 2, chapter 14.
"""

from __future__ import annotations

import re
from typing import Final

from offline_ci.interpreter.thumbnail import Thumbnail

MAX_COLORS: Final = 256
_LINES: Final = 6
_FIRST: Final = 63
_PRINTABLE: Final = bytes(min(_FIRST + value, 126) for value in range(256))
_REPEATED: Final = re.compile(rb"(.)\1{3,254}", re.DOTALL)


def sixels(picture: Thumbnail) -> str:
    """The text that makes a terminal draw a picture; empty where it has more colours than sixels know."""
    rgb, width = picture.rgb, picture.width
    pixels = [rgb[i : i + 3] for i in range(0, len(rgb), 3)]
    numbers = {color: number for number, color in enumerate(dict.fromkeys(pixels))}
    if not 0 < len(numbers) <= MAX_COLORS:
        return ""
    indexed = bytes(map(numbers.__getitem__, pixels))
    lines = [indexed[i : i + width] for i in range(0, len(indexed), width)]
    palette = "".join(_register(number, color) for color, number in numbers.items())
    bands = "-".join(_band(lines[i : i + _LINES], width) for i in range(0, len(lines), _LINES))
    return f'\x1bP0;1q"1;1;{width};{picture.height}{palette}{bands}\x1b\\'


def _register(number: int, color: bytes) -> str:
    """A colour's definition, in percent."""
    red, green, blue = (round(100 * part / 255) for part in color)
    return f"#{number};2;{red};{green};{blue}"


def _band(lines: list[bytes], width: int) -> str:
    """Six lines: for each colour a character a column, whose bits say where it is."""
    drawn = []
    for number in sorted(set().union(*lines)):
        bits = 0
        for i, line in enumerate(lines):
            bits |= int.from_bytes(line.translate(_table(number, 1 << i)), "big")
        row = bits.to_bytes(width, "big").translate(_PRINTABLE).rstrip(b"?")
        drawn.append(f"#{number}{_REPEATED.sub(_repeat, row).decode('ascii')}")
    return "$".join(drawn)


def _table(number: int, bit: int) -> bytes:
    return bytes(number) + bytes([bit]) + bytes(MAX_COLORS - 1 - number)


def _repeat(match: re.Match[bytes]) -> bytes:
    return b"!%d%b" % (len(match[0]), match[1])
