"""A conversation as Markdown, its pictures as files beside it.

Words of the model and the user keep their emphasis and lists, but bring no HTML and no pictures from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_letters, digits
from typing import Final

from offline_ci.cli.svg import static_svg
from offline_ci.cli.terminal import neutral, neutral_line
from offline_ci.interpreter.answer import Exchange, Step, Turn, turns_of
from offline_ci.interpreter.outputs import picture_of
from offline_ci.interpreter.safe_markdown import safe_markdown

_SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg"}
_PLAIN: Final = frozenset(f"{ascii_letters}{digits}-._~/")
"""Source: RFC 3986, section 2.3, and the slash."""


def markdown_document(history: Sequence[Step], *, title: str, folder: str) -> tuple[bytes, dict[str, bytes]]:
    """The document, UTF-8, and the pictures that belong into the folder, by name."""
    pictures: dict[str, bytes] = {}
    parts = [safe_markdown(f"# {neutral_line(title)}")]
    for step in history:
        if isinstance(step, Exchange):
            parts.append("\n".join(f"> {line}".rstrip() for line in _words(step.request).split("\n")))
        for turn in turns_of(step):
            parts += _turn(turn, folder, pictures)
        if isinstance(step, Exchange):
            parts.append(_words(step.answer.text))
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace"), pictures


def _turn(turn: Turn, folder: str, pictures: dict[str, bytes]) -> list[str]:
    parts = [_fenced(turn.code, "python")]
    for output in turn.outputs:
        if (picture := picture_of(output)) is not None:
            data = static_svg(picture.data) if picture.mime == "image/svg+xml" else picture.data
            if data is not None:
                name = f"picture-{len(pictures) + 1}{_SUFFIXES[picture.mime]}"
                pictures[name] = data
                parts.append(f"![a picture]({_address(f'{folder}/{name}')})")
                continue
        text = output.get("text") or output.get("traceback") or output.get("data", {}).get("text/plain") or ""
        text = "\n".join(map(str, text)) if isinstance(text, list) else str(text)
        if text.strip("\n"):
            parts.append(_fenced(text, "text"))
    return parts


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{neutral(text).strip(chr(10))}\n{fence}"


def _words(text: str) -> str:
    return safe_markdown(neutral(text))


def _address(path: str) -> str:
    """A relative address: whatever could be markup is a number."""
    return "".join(char if char in _PLAIN else "".join(f"%{byte:02X}" for byte in _encoded(char)) for char in path)


def _encoded(char: str) -> bytes:
    return char.encode("utf-8", "surrogateescape")
