"""What a request takes for granted and is not so: a file, a column, a name that is nowhere.

A small model does not say that something is missing, it takes what is next to it: the sum of another column, the rows
of another file. So it is said beforehand, and only where it is sure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from offline_ci.interpreter.guest_call import guest_cell, printed_json
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.wanted_files import absent_files

_TIME_S: Final = 10.0
_COLUMN: Final = re.compile(
    r"\b(?:column|field) (?:called |named )?[\"'`]?(\w+)[\"'`]?(?=[?.,;:!]|$| (?:in|of|for|from|and|by|per)\b)"
    r"|[\"'`](\w+)[\"'`] (?:column|field)\b|\bthe (\w+) (?:column|field)\b"
)
_NOT_A_COLUMN: Final = re.compile(
    r"first|second|third|last|next|left|right|middle|other|same|whole|entire|only|new|empty|total|header|headings?|names?"
    r"|titles?|types?|values?|widths?|letters?|numbers?|that|which|is|are|has|have|the|an?|in|of|for|from|and|by|per",
    re.IGNORECASE,
)
_MAKING: Final = re.compile(
    r"\b(?:add|append|build|call|convert|create|draw|export|generate|insert|make|new|plot|produce|put|rename|replace"
    r"|save|set|store|translate|turn|write)\b",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(r"\b(?:the|what|which|who|whose|how|when|where|does|did|have)\b", re.IGNORECASE)
"""Elsewhere nouns may be written with a capital."""
_PROPER: Final = re.compile(
    r"(?<!^)(?<!\n)(?<![.!?:] )(?<![\w.\"'`/(-])[A-Z][a-z]{2,}(?![\w.-])"
    r"(?! (?:test|coefficient|index|distribution|correlation|score|formula|method|theorem|series|number|sequence|chart"
    r"|plot|diagram|rule|distance|similarity|scale|curve|transform|mean|median|ratio)\b)"
)
_EVERYBODY_KNOWS: Final = re.compile(
    r"(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber|\w+day|christmas|easter|excel|word"
    r"|powerpoint|markdown|python|pandas|unicode|english|german|french|spanish|roman|celsius|fahrenheit|kelvin|euros?"
    r"|dollars?|pearson|spearman|gaussian|what|which|who|how|when|where|why|please|the",
    re.IGNORECASE,
)


def false_premises(request: str, facts: Sequence[FileFacts], present: Sequence[str], sandbox: CellRunner) -> list[str]:
    """What a request names that is not there, one sentence each.

    Args:
        request: the user's words.
        facts: the files attached to it.
        present: names of the session's other files.
        sandbox: has the files; it is asked for names in them.
    """
    there = [*present, *(fact.text for fact in facts)]
    absent = [f"There is no file {name}." for name in absent_files(request, there)]
    if not facts:
        return absent
    return absent + _missing_columns(request, facts) + _missing_names(request, facts, sandbox)


def _missing_columns(request: str, facts: Sequence[FileFacts]) -> list[str]:
    if any(not fact.columns for fact in facts) or _MAKING.search(request):
        return []
    known = {_plain(column) for fact in facts for column in fact.columns}
    named = ["".join(groups) for groups in _COLUMN.findall(request)]
    lacking = [name for name in named if not _NOT_A_COLUMN.fullmatch(name) and not _is_known(_plain(name), known)]
    columns = ", ".join(column for fact in facts for column in fact.columns[:20])
    return [f"There is no column {name}; the columns are {columns}." for name in dict.fromkeys(lacking)]


def _is_known(name: str, known: set[str]) -> bool:
    """Letters and numbers may mean a column by its place."""
    return len(name) < 3 or name.isdigit() or any(name in column or column in name for column in known)


def _missing_names(request: str, facts: Sequence[FileFacts], sandbox: CellRunner) -> list[str]:
    """Proper names in a question that are in none of its files."""
    if _MAKING.search(request) or not _ENGLISH.search(request):
        return []
    names = [name for name in dict.fromkeys(_PROPER.findall(request)) if not _EVERYBODY_KNOWS.fullmatch(name)]
    absent = _look_up(sandbox, [fact.name for fact in facts], names) if names else []
    where = facts[0].name if len(facts) == 1 else "the files"
    return [f"{name} does not occur in {where}." for name in absent]


def _look_up(sandbox: CellRunner, files: Sequence[str], words: Sequence[str]) -> list[str]:
    found = printed_json(sandbox.run(guest_cell("lookup", list(files), list(words)), time_s=_TIME_S))
    return [word for word in words if word in found] if isinstance(found, list) else []


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", PurePosixPath(name).name).lower()
