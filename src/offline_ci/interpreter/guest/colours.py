"""Names of colours, for pictures that have few.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any

MAX_COLOURS = 12
_DARK = 0.2
_BRIGHT = 0.85
_GREY = 0.15
_HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (200, "cyan"), (260, "blue"), (290, "purple"))


def few_colours(counted: Sequence[tuple[int, Any]] | None) -> str:
    """The colours with their shares, the most frequent first; empty where there are too many.

    Args:
        counted: pixels of each (red, green, blue), None where there are more than ``MAX_COLOURS``.
    """
    if not counted:
        return ""
    total = sum(n for n, _ in counted)
    ordered = sorted(counted, key=lambda entry: -entry[0])
    shown = ", ".join(f"{rgb} {name_of(rgb)} {100 * n / total:.4g} %" for n, rgb in ordered)
    return f", {len(counted)} colours: {shown}"


def name_of(rgb: tuple[int, int, int]) -> str:
    """What people call a colour, in one word."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb))
    if value < _DARK:
        return "black"
    if saturation < _GREY:
        return "white" if value > _BRIGHT else "grey"
    degrees = hue * 360
    named = next((name for bound, name in _HUES if degrees < bound), "pink" if degrees < 345 else "red")
    if named in {"red", "orange"} and value < 0.7 and degrees > 5:
        return "brown"
    return named
