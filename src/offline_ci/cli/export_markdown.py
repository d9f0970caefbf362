"""A conversation as Markdown, its pictures as files beside it.

Words of the model and the user keep their emphasis and lists, but bring no HTML and no pictures from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from offline_ci.cli.terminal import neutral
from offline_ci.interpreter.answer import Exchange, Step, Turn, turns_of
from offline_ci.interpreter.outputs import picture_of

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_TARGET = r"(?!\s*(?:https?:|mailto:|#))"
_LINK = re.compile(rf"\](?=\({_TARGET})", re.IGNORECASE)
_DEFINITION = re.compile(rf"^(\s*)\[(?=[^\]\n]+\]:{_TARGET})", re.MULTILINE | re.IGNORECASE)
_SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg"}


def markdown_document(history: Sequence[Step], *, title: str, folder: str) -> tuple[bytes, dict[str, bytes]]:
    """The document, UTF-8, and the pictures that belong into the folder, by name."""
    pictures: dict[str, bytes] = {}
    parts = [f"# {_words(title)}"]
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
            name = f"picture-{len(pictures) + 1}{_SUFFIXES[picture.mime]}"
            pictures[name] = picture.data
            parts.append(f"![a picture](<{folder}/{name}>)")
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
    """Words of people and models: no HTML, no pictures, no links but to pages, and no fence that stays open."""
    safe = neutral(text).replace("&", "&amp;").replace("<", "&lt;").replace("![", "!\\[")
    safe = _LINK.sub(r"\\]", safe)
    safe = _DEFINITION.sub(r"\1\\[", safe)
    return safe + _closing_fence(safe)


def _closing_fence(text: str) -> str:
    """What closes a block of code that is left open: it would end where the next program's begins."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is None:
            continue
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not found[2].strip():
            fence = ""
    return f"\n{fence}" if fence else ""
