"""Real names instead of placeholders in worked examples: a small model copies what it sees.

Only where there is one thing that can be meant, or the request names it; the other placeholders stay.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from offline_ci.interpreter.fill_in_colours import fill_in_colours
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.wanted_files import wanted_files

_COLUMN: Final = re.compile(r"^  ('(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"): (.+)$", re.MULTILINE)
_WORDS: Final = re.compile(r"text, one of (.+?)(?:, \d+ missing)?(?:;.*)?$")
_NUMBERS: Final = ("int", "float")
_DATES: Final = ("date", "time of day")
_TEXTS: Final = ("text",)
_KEY: Final = re.compile(r"(?:.*_)?(?:id|nr|no|number|key|code|zip|day|week|month|year)", re.IGNORECASE)
_IMAGES: Final = frozenset({"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"})


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str


def fill_in(code: str, request: str, facts: Sequence[FileFacts]) -> str:
    """A worked example with the names of this request.

    Args:
        code: with names in capitals.
        request: the user's words.
        facts: the files attached to it.
    """
    for placeholder, name in _names(request, facts):
        code = re.sub(rf'(?<=")(?:{placeholder})(?=")', name.replace("\\", r"\\"), code)
    return fill_in_colours(code, request, facts)


def counts_rows(request: str, facts: Sequence[FileFacts]) -> bool:
    """Whether a number of things that the request asks for can only be one of rows.

    Args:
        request: the user's words.
        facts: the files attached to it.
    """
    tables = [fact for fact in facts if fact.columns]
    if len(tables) != 1:
        return False
    columns = [_Column(*found) for found in _described(tables[0].text)]
    return bool(columns) and not _in_order(_of_kind(columns, _NUMBERS), request)


def _names(request: str, facts: Sequence[FileFacts]) -> Iterator[tuple[str, str]]:
    """Patterns of placeholders between quotes, and what they stand for."""
    given = [fact.name for fact in facts]
    for suffix, names in _by_suffix(given).items():
        yield from ((rf"FILE{i}\.{suffix}", name) for i, name in enumerate(names, 1))
        if len(names) == 1:
            yield rf"FILE\.(?:tar\.)?{suffix}", names[0]
    images = [name for name in given if _suffix(name) in _IMAGES]
    yield from ((f"FILE{i}", name) for i, name in enumerate(images, 1))
    if len(images) == 1:
        yield "FILE", images[0]
    for suffix, names in _by_suffix(wanted_files(request, [fact.text for fact in facts])).items():
        if len(names) == 1:
            yield rf"NAME\.{suffix}", names[0]
    tables = [fact for fact in facts if fact.columns]
    if len(tables) == 1:
        yield from _columns(request, [_Column(*found) for found in _described(tables[0].text)])
    elif len(tables) == 2:
        both = [column for column in tables[0].columns if column in tables[1].columns]
        if len(both) == 1:
            yield "KEY_IN_FIRST|KEY_IN_SECOND", both[0]


def _columns(request: str, columns: Sequence[_Column]) -> Iterator[tuple[str, str]]:
    word = next(((column.name, word) for column in columns for word in _words(column) if _occurs(word, request)), None)
    groups = _of_kind(columns, _TEXTS)
    named = _in_order(groups, request) or ([word[0]] if word else groups)
    numbers = [name for name in _of_kind(columns, _NUMBERS) if not _KEY.fullmatch(name)]
    counted = _in_order(numbers, request)
    if {name.lower() for name in counted} == {"x", "y"}:  # whichever the request names first
        counted = sorted(counted, key=str.lower)
    dates = _of_kind(columns, _DATES)
    if word and word[0] == named[0]:
        yield "WORD", word[1]
    for placeholders, found in (
        (("GROUP|TEXT",), named),
        (("ROWS", "COLUMNS"), named if len(named) == 2 else []),
        (("OTHER_GROUP",), named[1:] if len(named) == 2 else []),
        (("VALUE|NUMBER",), counted or numbers),
        (("X|A", "Y|B"), counted if len(counted) > 1 else numbers if len(numbers) == 2 else []),
        (("DATE",), dates),
        (("START", "END"), dates if len(dates) == 2 else []),
    ):
        yield from zip(placeholders, found, strict=False)


def _described(text: str) -> Iterator[tuple[str, str]]:
    for quoted, kind in _COLUMN.findall(text):
        name = ast.literal_eval(quoted)
        if '"' not in name and "\\" not in name:
            yield name, kind


def _words(column: _Column) -> list[str]:
    """The values of a column that has few."""
    found = _WORDS.match(column.kind)
    try:
        words = ast.literal_eval(f"[{found[1]}]") if found else []
    except (SyntaxError, ValueError):
        return []
    return [word for word in words if isinstance(word, str) and '"' not in word]


def _of_kind(columns: Sequence[_Column], kinds: tuple[str, ...]) -> list[str]:
    return [column.name for column in columns if column.kind.startswith(kinds)]


def _in_order(names: Sequence[str], request: str) -> list[str]:
    """Those that the request names, in the order in which it does; "unit price" does not name "units", too."""
    left = request.lower().replace("_", " ")
    places = {}
    for name in sorted(names, key=len, reverse=True):
        if found := _spelling(name).search(left):
            places[name] = found.start()
            left = left[: found.start()] + " " * len(found[0]) + left[found.end() :]
    return sorted(places, key=places.__getitem__)


def _occurs(word: str, request: str) -> bool:
    return _spelling(word).search(request.lower()) is not None


def _spelling(name: str) -> re.Pattern[str]:
    """A name in the singular or plural."""
    stem = re.escape(name.lower().replace("_", " ").rstrip("s"))
    return re.compile(rf"(?<!\w){stem or '(?!)'}(?:e?s)?(?!\w)")


def _by_suffix(names: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        if suffix := _suffix(name):
            found.setdefault(suffix, []).append(name)
    return found


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix[1:].lower()
