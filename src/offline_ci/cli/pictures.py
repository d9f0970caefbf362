"""Pictures drawn by the terminal itself, where it knows how: kitty's graphics protocol, iTerm2's images, sixels.

What is written is our own escape sequence around base64: nothing of the picture's bytes can steer the terminal.
Sources: https://sw.kovidgoyal.net/kitty/graphics-protocol/ and https://iterm2.com/documentation-images.html.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from typing import Final, Literal

from offline_ci.errors import UsageError

GraphicsProtocol = Literal["kitty", "iterm2", "sixel"]
InlineProtocol = Literal["kitty", "iterm2"]
"""Those that take the file as it is."""

CHOICE: Final = "OFFLINE_CI_GRAPHICS"
"""Environment variable: a protocol, or ``none``, where a terminal does not say what it can."""

MAX_BYTES: Final = 8 << 20
_MAX_PIXELS: Final = 50_000_000
_MAX_ROWS: Final = 30
_PIXELS_PER_COLUMN: Final = 9
_ROWS_PER_COLUMN: Final = 0.5
_CHUNK_CHARS: Final = 4096
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SIXEL_TERMS: Final = ("foot", "mlterm", "contour", "yaft", "vt340")
_CHOICES: Final[Mapping[str, GraphicsProtocol | None]] = {
    "kitty": "kitty",
    "iterm2": "iterm2",
    "sixel": "sixel",
    "none": None,
}
_BY_PROGRAM: Final[Mapping[str, GraphicsProtocol]] = {
    "iTerm.app": "iterm2",
    "WezTerm": "iterm2",
    "mintty": "iterm2",
    "ghostty": "kitty",
}


def graphics_protocol(environment: Mapping[str, str]) -> GraphicsProtocol | None:
    """What the terminal says of itself in the environment; None inside a multiplexer, which lets nothing through.

    Raises:
        UsageError: ``CHOICE`` names something else.
    """
    term = environment.get("TERM", "")
    if chosen := environment.get(CHOICE, ""):
        if chosen not in _CHOICES:
            raise UsageError(f"{CHOICE} is {chosen!r}.", hint=f"Set it to one of {', '.join(_CHOICES)}, or unset it.")
        return _CHOICES[chosen]
    if "TMUX" in environment or "STY" in environment or term.startswith(("screen", "tmux")):
        return None
    if "KITTY_WINDOW_ID" in environment or term in {"xterm-kitty", "xterm-ghostty"}:
        return "kitty"
    if term.startswith(_SIXEL_TERMS):
        return "sixel"
    if environment.get("LC_TERMINAL") == "iTerm2":  # this one travels over ssh
        return "iterm2"
    return _BY_PROGRAM.get(environment.get("TERM_PROGRAM", ""))


def sixel_size(columns: int) -> tuple[int, int]:
    """Width and height in pixels that a picture may have on a terminal of so many columns."""
    return columns * _PIXELS_PER_COLUMN, round(_MAX_ROWS * _PIXELS_PER_COLUMN / _ROWS_PER_COLUMN)


def inline_picture(data: bytes, protocol: InlineProtocol, columns: int) -> str:
    """The text that makes a terminal draw a PNG; empty for what is none, or too large.

    Args:
        data: the file's content.
        protocol: what the terminal understands.
        columns: its width.
    """
    size = _png_size(data)
    if size is None or len(data) > MAX_BYTES or not 0 < size[0] * size[1] <= _MAX_PIXELS:
        return ""
    width, height = size
    highest = _MAX_ROWS / _ROWS_PER_COLUMN * width / height
    n_columns = max(1, round(min(columns, width / _PIXELS_PER_COLUMN, highest)))
    encoded = base64.b64encode(data).decode("ascii")
    if protocol == "iterm2":
        return f"\x1b]1337;File=inline=1;size={len(data)};width={n_columns};preserveAspectRatio=1:{encoded}\x07"
    return _kitty(encoded, n_columns)


def _kitty(encoded: str, n_columns: int) -> str:
    chunks = [encoded[i : i + _CHUNK_CHARS] for i in range(0, len(encoded), _CHUNK_CHARS)]
    # f=100: a PNG; a=T: show it; q=2: say nothing back, since nobody would read it.
    controls = [f"f=100,a=T,q=2,c={n_columns},", *[""] * (len(chunks) - 1)]
    more = [1] * (len(chunks) - 1) + [0]
    return "".join(
        f"\x1b_G{control}m={m};{chunk}\x1b\\" for control, m, chunk in zip(controls, more, chunks, strict=True)
    )


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels."""
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height
