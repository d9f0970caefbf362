"""Words of people and models as Markdown that brings no HTML, no pictures from elsewhere and no link that runs."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_TARGET = r"(?!\s*(?:https?:|mailto:|#))"
_LINK = re.compile(rf"\](?=\({_TARGET})", re.IGNORECASE)
_DEFINITION = re.compile(rf"^(\s*)\[(?=[^\]\n]+\]:{_TARGET})", re.MULTILINE | re.IGNORECASE)


def safe_markdown(text: str) -> str:
    """The words with their emphasis, lists and links to pages; a fence that is left open is closed."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("![", "!\\[")
    safe = _LINK.sub(r"\\]", safe)
    safe = _DEFINITION.sub(r"\1\\[", safe)
    return safe + _closing_fence(safe)


def _closing_fence(text: str) -> str:
    """What closes a block of code that is left open: it would end where the next one begins."""
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
