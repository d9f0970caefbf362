"""A cell's outputs as text for the model."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from offline_ci.interpreter.shorten import shorten_middle
from offline_ci.sandbox.result import ExecutionResult, Output

PICTURE_TYPES = ("image/png", "image/jpeg", "image/svg+xml")
_STDERR_CHARS = 500


def render_outputs(outputs: Sequence[Output], max_chars: int) -> str:
    """What a cell printed and showed, at most about ``max_chars`` characters; its error is left to ``distil``."""
    parts = [part for output in outputs if (part := _render(output).strip("\n"))]
    return shorten_middle("\n".join(parts), max_chars)


def count_pictures(outputs: Sequence[Output]) -> int:
    """How many pictures were shown."""
    return sum(is_picture(output) for output in outputs)


def is_picture(output: Output) -> bool:
    """Whether an output shows a picture."""
    return any(mime in output.get("data", {}) for mime in PICTURE_TYPES)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a program showed; its content is of that type at least in its first bytes."""

    mime: str
    data: bytes


def picture_of(output: Output) -> Picture | None:
    """The picture that an output shows, None where it shows none that can be used."""
    data = output.get("data", {})
    for mime, begin in (("image/png", b"\x89PNG\r\n\x1a\n"), ("image/jpeg", b"\xff\xd8\xff")):
        encoded = data.get(mime)
        if isinstance(encoded, str):
            with suppress(binascii.Error, ValueError):
                content = base64.b64decode(encoded)
                if content.startswith(begin):
                    return Picture(mime, content)
    svg = data.get("image/svg+xml")
    return Picture("image/svg+xml", svg.encode("utf-8", "replace")) if isinstance(svg, str) and "<svg" in svg else None


def said_anything(result: ExecutionResult) -> bool:
    """Whether a cell left anything that an answer could rest on."""
    return bool(render_outputs(result.outputs, 1000) or result.files)


def shown_text(result: ExecutionResult) -> str:
    """What a cell printed and showed, but for pictures."""
    return render_outputs([output for output in result.outputs if not is_picture(output)], 1000)


def _render(output: Output) -> str:
    if output["output_type"] == "stream":
        text = str(output["text"])
        return text if output["name"] == "stdout" else shorten_middle(text, _STDERR_CHARS)
    if output["output_type"] in {"display_data", "execute_result"}:
        if is_picture(output):
            return "[a picture is shown to the user]"
        return str(output["data"].get("text/plain", ""))
    return ""
