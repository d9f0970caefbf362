"""What a request demands of its result, and whether the answer's numbers come from what was computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from offline_ci.interpreter import prompt
from offline_ci.interpreter.consistency import (
    Selection,
    asks_question,
    find_left_out,
    find_lost_file,
    find_lost_selection,
    find_neglected,
    find_unused_number,
)
from offline_ci.interpreter.examples import wanted_function
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.wanted_files import missing, wanted_files, wanted_formats

_NUMBER: Final = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_SMALL: Final = 12
"""Whoever writes an answer counts things that nobody printed."""
_NOTHING: Final = re.compile(r"an empty file|table, 0 rows|, blank|PDF, 0 pages|archive with 0 members")
_BROKEN: Final = re.compile(r"could not be inspected \((.+)\)")
_OBJECTS: Final = re.compile(r"^  '([^'\n]+)': Python objects", re.MULTILINE)
_ROWS: Final = re.compile(r": table, (\d+) rows")
_COUNTING: Final = re.compile(
    r"\b(?:how many|number of|count the) (?:data )?(?:rows|records|entries|lines)\b"
    r"(?! (?:with|where|have a|that|in which))(?!.*\b(?:including|with|count) (?:the )?header)",
    re.IGNORECASE,
)
_ADMITS: Final = re.compile(
    r"\b(?:there (?:is|are|was|were) no\b|not (?:available|found|possible|included|in the)|cannot\b|can't\b"
    r"|does not (?:exist|have|contain)|no (?:such|column|data|rows?|records?|information)\b|missing\b)",
    re.IGNORECASE,
)
_UNCHANGED: Final = re.compile(r"the same pixels as (.+)")


@dataclass(slots=True)
class Demands:
    """What a request asks for that can be seen without understanding it.

    Attributes:
        files: names of files to be written.
        formats: kinds of files to be written: suffix to the suffixes that will do.
        rows: how many rows the file has, where only this is asked for.
        request: the user's words.
        facts: files attached to it.
        earlier: names of the session's other files.
        written_before: those of them that the request before wrote.
    """

    files: list[str]
    formats: dict[str, frozenset[str]]
    rows: int | None = None
    request: str = ""
    facts: Sequence[FileFacts] = ()
    earlier: Sequence[str] = ()
    written_before: Sequence[str] = ()
    selection: Selection | None = None
    _told: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        request: str,
        facts: Sequence[FileFacts],
        earlier: Sequence[str],
        written_before: Sequence[str] = (),
        selection: Selection | None = None,
    ) -> Demands:
        """Read them from a request.

        Args:
            request: the user's words.
            facts: files attached to it.
            earlier: names of the session's other files.
            written_before: those of them that the request before wrote.
            selection: the rows that it chose, where this one speaks of them.
        """
        names = [*earlier, *(fact.name for fact in facts)]
        files = wanted_files(request, [*earlier, *(fact.text for fact in facts)])
        return cls(
            files,
            wanted_formats(request, names),
            _counted_rows(request, facts),
            request,
            facts,
            earlier,
            written_before,
            selection,
        )

    @property
    def may_replace(self) -> bool:
        """Whether a given file may be what the request wants changed: no new name or kind is asked for."""
        return not self.files and not self.formats

    def find_unmet(self, present: Iterable[str], written: Sequence[FileFacts]) -> str | None:
        """What is wrong with a result, for the model; None where nothing is.

        A missing or unreadable file is told as often as it is so, a guess only once.

        Args:
            present: names of all files of the session.
            written: what the request's programs have written.
        """
        absent = missing(self.files, present) if self.files else []
        if absent:
            return prompt.missing_files(absent)
        suffixes = {PurePosixPath(fact.name).suffix[1:].lower() for fact in written}
        for suffix, others in self.formats.items():
            if not others & suffixes and (problem := self._once(prompt.missing_format(suffix))):
                return problem
        empty = [fact.name for fact in written if PurePosixPath(fact.name).suffix and _NOTHING.search(fact.text)]
        if empty and (problem := self._once(prompt.empty_files(empty))):
            return problem
        broken = next(((fact.name, match[1]) for fact in written if (match := _BROKEN.search(fact.text))), None)
        if broken:
            return prompt.broken_file(*broken)
        packed = next(((fact.name, found) for fact in written if (found := _OBJECTS.findall(fact.text))), None)
        if packed and (problem := self._once(prompt.packed_columns(*packed))):
            return problem
        same = next(((fact.name, match[1]) for fact in written if (match := _UNCHANGED.search(fact.text))), None)
        return self._once(prompt.unchanged_picture(*same)) if same else None

    def find_miscount(self, output: str) -> str | None:
        """Said where a program counted the header line of a table, or left out a row for it.

        Args:
            output: what it printed.
        """
        if self.rows is None:
            return None
        numbers = {_value(number) for number in _NUMBER.findall(output)}
        is_near = self.rows not in numbers and numbers & {self.rows - 1, self.rows + 1}
        return prompt.miscounted(self.rows) if is_near else None

    def find_neglected(self, code: str, output: str) -> str | None:
        """What the request says and a program that ran does not heed; each is said once.

        Args:
            code: the program.
            output: what it printed or showed, but for pictures.
        """
        if wanted_function(self.request) or _ADMITS.search(output):
            return None
        if not output.strip() and asks_question(self.request) and (problem := self._once(prompt.UNANSWERED)):
            return problem
        neglected = find_neglected(self.request, code, self.facts)
        if lost := find_lost_file(self.request, code, self.written_before, self.earlier):
            neglected.append(lost)
        if other_rows := find_lost_selection(self.selection, code):
            neglected.append(other_rows)
        if left_out := find_left_out(self.request, code, [fact.name for fact in self.facts]):
            neglected.append(left_out)
        if unused := find_unused_number(self.request, code):
            neglected.append(unused)
        return next((told for advice in neglected if (told := self._once(prompt.neglected(advice)))), None)

    def is_guess(self, problem: str) -> bool:
        """Whether a problem that was told may be none: then the same program is taken the second time."""
        return problem in self._told

    def _once(self, problem: str) -> str | None:
        if problem in self._told:
            return None
        self._told.add(problem)
        return problem


def _counted_rows(request: str, facts: Sequence[FileFacts]) -> int | None:
    if len(facts) != 1 or not _COUNTING.search(request):
        return None
    rows = _ROWS.search(facts[0].text)
    return int(rows[1]) if rows else None


def foreign_numbers(answer: str, sources: Iterable[str]) -> list[str]:
    """Numbers of an answer that are in no source, not even rounded or as a percentage.

    Args:
        answer: its text.
        sources: outputs, the request, the programs, descriptions of files.
    """
    known = {_value(number) for source in sources for number in _NUMBER.findall(source)}
    return [number for number in dict.fromkeys(_NUMBER.findall(answer)) if not _is_known(number, known)]


def _is_known(number: str, known: set[float]) -> bool:
    value, digits = _value(number), len(number.partition(".")[2])
    if value == int(value) and abs(value) <= _SMALL:
        return True
    return any(abs(abs(candidate) - abs(value)) <= 0.5001 * 10**-digits for k in known for candidate in (k, 100 * k))


def _value(number: str) -> float:
    return float(number.replace(",", ""))
