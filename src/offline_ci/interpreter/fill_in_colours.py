"""The colours that a request names, in the place of ``(RED, GREEN, BLUE)`` in worked examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from offline_ci.interpreter.inspect_files import FileFacts

_CSS: Final = {
    "black": "(0, 0, 0)",
    "white": "(255, 255, 255)",
    "red": "(255, 0, 0)",
    "green": "(0, 128, 0)",
    "lime": "(0, 255, 0)",
    "blue": "(0, 0, 255)",
    "yellow": "(255, 255, 0)",
    "cyan": "(0, 255, 255)",
    "magenta": "(255, 0, 255)",
    "orange": "(255, 165, 0)",
    "purple": "(128, 0, 128)",
    "pink": "(255, 192, 203)",
    "brown": "(165, 42, 42)",
    "gray": "(128, 128, 128)",
    "grey": "(128, 128, 128)",
}
"""CSS Color Module Level 4, section 6.1; Pillow and matplotlib know the same."""
_MENTION: Final = re.compile(
    rf"(?P<numbers>\(\s*\d{{1,3}}\s*,\s*\d{{1,3}}\s*,\s*\d{{1,3}}\s*\))|\b(?P<name>{'|'.join(_CSS)})\b", re.IGNORECASE
)
_IN_FILE: Final = re.compile(r"(\(\d+, \d+, \d+\)) (\w+) [\d.]+ %")
_EXPLAINS: Final = 16
"""Characters between a colour's name and its numbers, as in ``yellow pixel (rgb (255, 255, 0))``."""


def fill_in_colours(code: str, request: str, facts: Sequence[FileFacts]) -> str:
    """A worked example with the colours of this request: the first is looked for, the second is new.

    Args:
        code: with ``(RED, GREEN, BLUE)`` and ``(NEW_RED, NEW_GREEN, NEW_BLUE)``.
        request: the user's words.
        facts: the files attached to it; a name means the colour of that name which a picture has.
    """
    colours = _named(request, facts)
    for prefix, colour in zip(("", "NEW_"), colours, strict=False):
        code = code.replace(f"({prefix}RED, {prefix}GREEN, {prefix}BLUE)", colour)
    return code


def _named(request: str, facts: Sequence[FileFacts]) -> list[str]:
    """The colours in their order, as tuples."""
    palette = {name: numbers for fact in reversed(facts) for numbers, name in reversed(_IN_FILE.findall(fact.text))}
    found: list[str] = []
    explained = 0
    for match in _MENTION.finditer(request):
        if match["numbers"]:
            if found and match.start() <= explained:
                found.pop()
            explained = 0
            found.append(f"({', '.join(re.findall(r'[0-9]+', match['numbers']))})")
        else:
            name = match["name"].lower()
            found.append(palette.get(name, _CSS[name]))
            explained = match.end() + _EXPLAINS
    return found
