"""Reads answers: numbers however they are written, names, yes and no, and admissions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER = re.compile(r"(?<![\w.,])[-\u2212+]?(?:[$€£]\s?)?\d(?:[\d.,'\u2019_\u00a0\u202f]*\d)?(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POWER_OF_TEN = re.compile(r"(\d(?:[\d.]*\d)?)\s*(?:\u00d7|x|\*|\\times)\s*10\s*(?:\^|\*\*)\s*\{?(-?\d+)\}?")
_FRACTION = re.compile(r"(?<![\w./])(-?\d+)\s*/\s*(\d+)(?![\w/])|\\frac\{(-?\d+)\}\{(\d+)\}")
_ADMISSION = re.compile(
    r"\b(?:no such|not (?:exist|found|available|there|possible|present|contain|have|include|provided|attached|given|"
    r"in the|access|reachable|valid|a valid|defined|find|able)|(?:is|are|was|were) no\b|has no|have no|had no|"
    r"contains? no|without|cannot|can ?not|can'?t|could ?n[o']t|couldn'?t|unable|impossible|missing|doesn'?t|does not|"
    r"isn'?t|is not|aren'?t|lacks?|no (?:column|file|internet|network|sheet|table|data|information|access|such|rows?|"
    r"text|email|phone|connection|key|password|solutions?|match(?:es)?|results?|answers?|values?))",
    re.IGNORECASE,
)
_YES = r"\b(?:yes|true|correct|indeed|ja)\b"
_NO = r"\b(?:no|not|false|isn'?t|nein|never|neither)\b"


def numbers(text: str) -> list[float]:
    """Every number in a text, in each reading that its commas and points allow."""
    found: list[float] = []
    for match in _NUMBER.finditer(text):
        found += _readings(match[0])
    found += [float(mantissa) * 10.0 ** int(power) for mantissa, power in _POWER_OF_TEN.findall(text)]
    for a, b, c, d in _FRACTION.findall(text):
        numerator, denominator = int(a or c), int(b or d)
        if denominator:
            found.append(numerator / denominator)
    words = re.findall(r"[a-z]+", text.lower())
    found += [float(_WORDS.index(word)) for word in words if word in _WORDS]
    return found


def _readings(token: str) -> Iterator[float]:
    token = re.sub(r"[$€£'\u2019_\s\u00a0\u202f]", "", token.replace("\u2212", "-"))
    candidates = {token.replace(",", "")}  # 1,234.5
    if token.count(",") <= 1:
        candidates.add(token.replace(".", "").replace(",", "."))  # 1.234,5
    if not _THOUSANDS.fullmatch(token):
        candidates.update(token.split(","))  # 2,3 is a list
    for candidate in sorted(candidates):
        try:
            yield float(candidate)
        except ValueError:
            continue  # 2024.01.02 is a date, 1.2.3 a version


def has_words(text: str, words: str) -> bool:
    """Whether a text has these words next to one another, whatever their case and what space is between them."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def in_order(text: str, names: Sequence[str]) -> list[str]:
    """Those of the names that a text has, in the order in which it does; a name in a longer one does not count."""
    by_length = sorted(names, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in by_length)
    spelled = {name.lower(): name for name in names}
    return [spelled[match[0].lower()] for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE)]


def yes_or_no(text: str, yes: str = "", no: str = "") -> bool | None:
    """What a text answers to a question that wants yes or no; None where it does neither."""
    first = re.match(r"\W*(?:answer\W*)?(yes|no)\b", text, re.IGNORECASE)
    if first:
        return first[1].lower() == "yes"
    if re.search("|".join(filter(None, [_NO, no])), text, re.IGNORECASE):
        return False
    if re.search("|".join(filter(None, [_YES, yes])), text, re.IGNORECASE):
        return True
    return None


def is_admission(text: str) -> bool:
    """Whether a text says that something is not there or cannot be done."""
    return _ADMISSION.search(text) is not None


def excerpt(text: str, n: int = 120) -> str:
    """The beginning of a text in one line, quoted."""
    line = " ".join(text.split())
    return repr(line if len(line) <= n else line[: n - 1] + "…")
