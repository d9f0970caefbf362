"""Worked examples chosen for a request: a few lines of what small models get wrong when they write it from memory."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Final

from offline_ci.interpreter.extract import syntax_tree

MAX_RECIPES: Final = 3
_MAX_CHARS: Final = 1600
_TABLES: Final = frozenset({"csv", "tsv", "xlsx", "json", "jsonl"})
_FILE_NAME: Final = re.compile(r"\b[\w-][\w./-]*\.([A-Za-z]\w{1,5})\b")
_TELLING: Final = frozenset({"tables", "images", "pdfs", "texts in zip", "tables in zip", "word with table"})
_CAPITALS: Final = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{2,}(?![a-z])")
_REAL: Final = frozenset(
    (
        "RGB",
        "RGBA",
        "UTC",
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP",
        "ORDER",
        "DESC",
        "UPDATE",
        "SET",
        "SUM",
        "ANOVA",
        "FFFF00",
    )
)
"""Words in capitals in recipes that stand for themselves."""
_KINDS: Final = {
    "image": frozenset({"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "ico", "ppm"}),
    "table": _TABLES,
    "excel": frozenset({"xlsx"}),
    "database": frozenset({"db", "sqlite", "sqlite3"}),
    "zip": frozenset({"zip"}),
    "tar": frozenset({"tar", "gz", "tgz"}),
    "word": frozenset({"docx"}),
    "slides": frozenset({"pptx"}),
    "text": frozenset({"txt", "log", "md", "html", "eml"}),
    "markdown": frozenset({"md"}),
    "html": frozenset({"html", "htm"}),
    "json": frozenset({"json", "jsonl"}),
    "xml": frozenset({"xml"}),
    "pdf": frozenset({"pdf"}),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """An example.

    Attributes:
        words: patterns of what in a request speaks for it; the first must be there.
        files: kinds of files one of which it needs; empty where it needs none.
        code: a comment that says what it does, and the lines.
    """

    words: tuple[str, ...]
    files: frozenset[str]
    code: str

    def score(self, asked: str, kinds: frozenset[str]) -> int:
        """How many words speak for it, one more for a kind that few requests have; 0 where it does not fit."""
        # Compiled as they are needed: all of them at once would hold up the first token by 40 ms.
        if (self.files and not self.files & kinds) or not _is_in(self.words[0], asked):
            return 0
        return sum(_is_in(word, asked) for word in self.words) + bool(self.files & kinds & _TELLING)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _is_in(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


def choose_recipes(
    request: str, names: Sequence[str], tables: Sequence[str] = (), *, counts_rows: bool = False
) -> list[str]:
    """The examples that fit best, the best one last, where a model heeds it most; of two equals, the file's later one.

    Args:
        request: the user's words.
        names: of the files at hand, members of archives too.
        tables: those of them that are known to hold a table.
        counts_rows: a number that is asked for can only be one of rows: the request names no column of numbers.
    """
    kinds, asked = file_kinds(names, tables), _without_names(request, names)
    if counts_rows:
        kinds |= {"rows"}
    scores = [(recipe.score(asked, kinds), i, recipe.code) for i, recipe in enumerate(_recipes())]
    best = max(score for score, _, _ in scores)
    # A small model uses what it is shown, so what fits half as well is not shown at all.
    fitting = sorted((entry for entry in scores if entry[0] * 2 > best), reverse=True)
    chosen: list[str] = []
    for _, _, code in fitting[:MAX_RECIPES]:
        if sum(map(len, chosen)) + len(code) <= _MAX_CHARS:
            chosen.append(code)
    return chosen[::-1]


def left_over(code: str, recipes: Sequence[str], known: Iterable[str]) -> list[str]:
    """Placeholders of recipes that a program still has in its texts, or as names that it does not set.

    Args:
        code: the program.
        recipes: those that were shown.
        known: texts in which a word in capitals is a real one: the request, descriptions of files.
    """
    words = {word for recipe in recipes for word in placeholders(recipe)}
    words.difference_update(*(_CAPITALS.findall(text) for text in known))
    return [word for word in _capitals(code) if word in words]


def placeholders(recipe: str) -> list[str]:
    """Words in capitals of an example that stand for real names."""
    return [word for word in _capitals(recipe) if word not in _REAL]


def _capitals(code: str) -> list[str]:
    """Words in capitals in the texts of a program, and names in capitals that it only reads, in their order."""
    tree = syntax_tree(code)
    if tree is None:
        return []
    nodes = list(ast.walk(tree))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    names = [node for node in nodes if isinstance(node, ast.Name) and _CAPITALS.fullmatch(node.id)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    loose = [node.id for node in names if node.id not in stored]
    return list(dict.fromkeys([*(word for text in texts for word in _CAPITALS.findall(text)), *loose]))


def file_kinds(names: Sequence[str], tables: Sequence[str] = ()) -> frozenset[str]:
    """What kinds of files these are.

    Besides those of ``_KINDS`` there are ``tables``, ``images`` and ``pdfs`` where there are several, ``texts in zip``
    where an archive has texts and no tables, ``tables in zip``, ``word with table``, and ``none`` without files.

    Args:
        names: of the files.
        tables: those of them that are known to hold a table.
    """
    suffixes = [PurePosixPath(name).suffix[1:].lower() for name in names]
    kinds = {kind for kind, known in _KINDS.items() if known.intersection(suffixes)}
    if not names:
        kinds.add("none")
    if sum(suffix in _TABLES for suffix in suffixes) > 1:
        kinds.add("tables")
    if sum(suffix in _KINDS["image"] for suffix in suffixes) > 1:
        kinds.add("images")
    if suffixes.count("pdf") > 1:
        kinds.add("pdfs")
    if any(name.lower().endswith(".docx") for name in tables):
        kinds.add("word with table")
    if {"zip", "text"} <= kinds and "table" not in kinds:
        kinds.add("texts in zip")
    if {"zip", "table"} <= kinds:
        kinds.add("tables in zip")
    return frozenset(kinds)


def _without_names(request: str, names: Sequence[str]) -> str:
    """The request without file names, whose words mean nothing; of a new kind of file the ending stays."""
    at_hand = {PurePosixPath(name).suffix[1:].lower() for name in names}
    return _FILE_NAME.sub(lambda match: "" if match[1].lower() in at_hand else match[1], request)


@cache
def _recipes() -> tuple[Recipe, ...]:
    text = resources.files(__package__).joinpath("recipes.toml").read_text(encoding="utf-8")
    return tuple(
        Recipe(
            words=tuple(entry["words"]),
            files=frozenset(entry.get("files", ())),
            code=entry["code"].strip(),
        )
        for entry in tomllib.loads(text)["recipe"]
    )
