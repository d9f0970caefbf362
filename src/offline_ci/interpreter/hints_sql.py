"""Hints for SQL that names what is not there: which table has it, and how the tables are joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TABLE: Final = re.compile(r"^  table (\w+), \d+ rows: ([^;\n]*)", re.MULTILINE)
_JOIN: Final = re.compile(r"^  joined: (FROM (\w+) JOIN (\w+) ON .+)$", re.MULTILINE)
_NO_COLUMN: Final = re.compile(r"no such column: (?:\w+\.)?(\w+)")
_NO_TABLE: Final = re.compile(r"no such table: (\w+)")


def sql_hint(evalue: str, databases: Sequence[str]) -> str | None:
    """One or two sentences; None where this is no such failure, or there is nothing to add.

    Args:
        evalue: the exception's text.
        databases: descriptions of the databases at hand.
    """
    described = "\n".join(databases)
    tables = {name: [field.split(" ")[0] for field in fields.split(", ")] for name, fields in _TABLE.findall(described)}
    if not tables:
        return None
    if missing := _NO_COLUMN.search(evalue):
        owners = [name for name, fields in tables.items() if missing[1].lower() in map(str.lower, fields)]
        if owners:
            joins = [join for join, one, other in _JOIN.findall(described) if {one, other} & set(owners)]
            how = f" Join it: SELECT ... {joins[0]}." if joins else ""
            return f"{missing[1]} is a column of {' and of '.join(owners)}.{how}"
        return f"no table has a column {missing[1]}. {_listed(tables)}"
    if missing := _NO_TABLE.search(evalue):
        return f"there is no table {missing[1]}. {_listed(tables)}"
    return None


def _listed(tables: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} has {', '.join(fields[:20])}" for name, fields in list(tables.items())[:8]) + "."
