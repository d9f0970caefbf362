"""Prompt spans → tokens, so that contents can never become control tokens."""

from __future__ import annotations

from collections.abc import Sequence

from offline_ci.llm.llama_cpp_native import Vocab
from offline_ci.llm.template import Span


class PromptEncoder:
    """Tokenises a conversation as llama.cpp would tokenise the whole text, but for contents that name control tokens.

    Only the template's own text is searched for control tokens. What lies between two of them is tokenised in one
    piece, template and contents together, because a word of one may merge with the other's.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab
        self._split_cache: dict[str, list[str | int]] = {}

    def encode(self, spans: Sequence[Span]) -> list[int]:
        """Tokens of a prompt, begin-of-sequence included where the model wants it."""
        tokens: list[int] = []
        plain = ""
        for span in spans:
            for piece in self._split(span.text) if span.control else [span.text]:
                if isinstance(piece, str):
                    plain += piece
                else:
                    tokens += self._vocab.tokenize(plain, special=False)
                    tokens.append(piece)
                    plain = ""
        tokens += self._vocab.tokenize(plain, special=False)
        if self._vocab.add_bos and self._vocab.bos >= 0 and tokens[:1] != [self._vocab.bos]:
            tokens.insert(0, self._vocab.bos)
        return tokens

    def _split(self, text: str) -> list[str | int]:
        """Template text as an alternation of plain text and control tokens."""
        if text not in self._split_cache:
            self._split_cache[text] = self._split_uncached(text)
        return self._split_cache[text]

    def _split_uncached(self, text: str) -> list[str | int]:
        pieces: list[str | int] = []
        position = 0
        strip_next = False
        for token in self._vocab.tokenize(text, special=True):
            name = self._vocab.name(token) if self._vocab.is_control(token) else ""
            start = text.find(name, position) if name else -1
            if start < 0:
                continue
            strip_before, strip_after = self._vocab.strips(token)
            plain = text[position:start]
            plain = plain.lstrip() if strip_next else plain
            pieces += [plain.rstrip() if strip_before else plain, token]
            position = start + len(name)
            strip_next = strip_after
        rest = text[position:]
        return [*pieces, rest.lstrip() if strip_next else rest]
