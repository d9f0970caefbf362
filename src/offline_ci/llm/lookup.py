"""Guesses the next tokens by what followed the same tokens before: code is copied, and repaired programs repeat.

Source of the idea: prompt lookup decoding (Saxena, 2023), as in llama.cpp's ``examples/lookup``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

N_GRAM: Final = 4
"""Tokens that must agree before a guess is made."""


class Lookup:
    """A growing sequence of tokens, and where each run of ``N_GRAM`` of them ended last."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._ends: dict[tuple[int, ...], int] = {}
        self._same = 0

    def start(self, tokens: Iterable[int]) -> None:
        """Begin anew with these."""
        self._tokens, self._ends, self._same = [], {}, 0
        for token in tokens:
            self.append(token)

    def append(self, token: int) -> None:
        """One more."""
        self._tokens.append(token)
        key = tuple(self._tokens[-N_GRAM:])
        self._same = self._ends.get(key, 0)
        self._ends[key] = len(self._tokens)

    def guess(self, limit: int) -> Sequence[int]:
        """At most so many tokens that may follow; empty where nothing is alike."""
        return self._tokens[self._same : self._same + limit] if self._same else []
