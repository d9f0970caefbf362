"""Regular expressions that find the values in a text: small models write them from memory, and wrong.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

MAX_LINES = 2000
_LABELLED = re.compile(r"(?<![\w/.-])([^\W\d_]+): +(\S+)")
_BETWEEN = re.compile(r"(?<!\S)([^\W\d_]+[:=]?) (\d+(?:\.\d+)?)(?= ([^\W\d_]+)|[\s.,;:!?)]|$)")
_NUMBER = re.compile(r"[$€£]?\d+(?:\.\d+)?[.,;]?")


def value_patterns(lines: Iterable[str], limit: int = 3) -> list[str]:
    """Patterns with one group each, the most frequent first: what follows a label, what comes back between words."""
    labelled, between = Counter[str](), Counter[str]()
    for line in list(lines)[:MAX_LINES]:
        labelled.update(dict.fromkeys(map(_labelled, _LABELLED.finditer(line)), 1))
        between.update(dict.fromkeys(map(_between, _BETWEEN.finditer(line)), 1))
    often = {pattern: count for pattern, count in between.items() if count > 1 and pattern not in labelled}
    return [pattern for pattern, _ in (labelled + Counter(often)).most_common(limit)]


def _labelled(match: re.Match[str]) -> str:
    value = r"(\d+(?:\.\d+)?)" if _NUMBER.fullmatch(match[2]) else r"(\S+)"
    sign = r"\D?" if match[2][0] in "$€£" else ""
    return f"{match[1]}: *{sign}{value}"


def _between(match: re.Match[str]) -> str:
    after = f" {match[3]}" if match[3] else ""
    if match[1].endswith(":"):
        return rf"{match[1]} *(\d+(?:\.\d+)?)"
    return rf"{match[1]} (\d+(?:\.\d+)?){after}"


def how_to_find(lines: Iterable[str]) -> str:
    """A line for the model; empty where there are no patterns."""
    found = " or ".join(f're.findall(r"{pattern}", text)' for pattern in value_patterns(lines))
    return f"\n values in it are found with {found}" if found else ""
