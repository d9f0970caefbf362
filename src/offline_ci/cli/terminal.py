"""Text of strangers on the user's terminal: models, programs and file names must not be able to steer it."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls but newline and tab, DEL, and the characters that reorder or hide text: bidi, zero width, soft
# hyphen, fillers, annotations, tags, the variation selectors that no script needs.
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)


def neutral(text: str) -> str:
    """The text with everything that steers a terminal made visible; newlines and tabs stay.

    A carriage return, which programs use to redraw a line, becomes a newline.
    """
    return _STEERING.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))


def neutral_line(text: str) -> str:
    """The same for what must stay on one line, such as a file name."""
    return neutral(text).replace("\n", "\\n").replace("\t", "\\t")


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
