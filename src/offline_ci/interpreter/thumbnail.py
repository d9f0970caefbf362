"""Small versions of pictures, made in the sandbox: no decoder of the host sees what a program made."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from offline_ci.interpreter.guest_call import guest_cell, printed_json
from offline_ci.interpreter.ports import CellRunner

_TIME_S: Final = 5.0
_MAX_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture.

    Attributes:
        width: in pixels.
        height: in pixels.
        rgb: three bytes a pixel, line by line from the top.
    """

    width: int
    height: int
    rgb: bytes


def make_thumbnail(
    sandbox: CellRunner, data: bytes, max_width: int, max_height: int, colors: int = 0
) -> Thumbnail | None:
    """A picture made to fit, in any format that Pillow reads; None for what is no picture, or takes too long.

    Args:
        sandbox: where it is decoded; no variable or file of the session is touched.
        data: the file's content.
        max_width: pixels.
        max_height: pixels.
        colors: at most so many different ones; 0 for as many as it has.
    """
    if len(data) > _MAX_BYTES:
        return None
    encoded = base64.b64encode(data).decode("ascii")
    found = printed_json(sandbox.run(guest_cell("thumbnail", encoded, max_width, max_height, colors), time_s=_TIME_S))
    try:
        thumbnail = Thumbnail(int(found["width"]), int(found["height"]), base64.b64decode(found["rgb"]))
    except (ValueError, TypeError, KeyError):  # the user's program replaced print or json
        return None
    fits = 0 < thumbnail.width <= max_width and 0 < thumbnail.height <= max_height
    return thumbnail if fits and len(thumbnail.rgb) == 3 * thumbnail.width * thumbnail.height else None
