"""Cutting text to a budget of characters."""

from __future__ import annotations


def shorten_middle(text: str, max_chars: int) -> str:
    """Text of at most about ``max_chars`` characters: its beginning and its end, with a note of what is left out.

    The beginning gets two thirds. Cuts are made at line ends where one is near.
    """
    if len(text) <= max_chars:
        return text
    head_chars = max_chars * 2 // 3
    head, tail = text[:head_chars], text[len(text) - (max_chars - head_chars) :]
    head_end = head.rfind("\n")
    if head_end > head_chars // 2:
        head = head[:head_end]
    tail_start = tail.find("\n")
    if 0 <= tail_start < len(tail) // 2:
        tail = tail[tail_start + 1 :]
    left_out = len(text) - len(head) - len(tail)
    return f"{head}\n[... {left_out} characters left out ...]\n{tail}"


def shorten_line(text: str, max_chars: int) -> str:
    """One line of at most ``max_chars`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else line[: max_chars - 1] + "…"
