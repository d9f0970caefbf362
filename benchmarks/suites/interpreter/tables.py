"""Reads tables that were written, whatever their format, and compares them by their values."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl

from suites.interpreter.task import Wrong

Cell = float | str | None
Row = list[Cell]

_MIDNIGHT = re.compile(r"^(\d{4}-\d\d-\d\d)[ T]00:00:00(?:\.0+)?(?:Z|\+00:00)?$")


def read_table(path: Path, sheet: str | None = None) -> list[Row]:
    """The rows of a CSV, Excel or JSON file, header first; a written pandas index is left out."""
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        rows = _excel(path, sheet)
    elif suffix == ".json":
        rows = _records(json.loads(path.read_text(encoding="utf-8")))
    elif suffix in {".jsonl", ".ndjson"}:
        rows = _records([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()])
    else:
        rows = _csv(path)
    return _without_index([[cell(value) for value in row] for row in rows])


def cell(value: Any) -> Cell:
    """A value as it is compared: numbers as float, dates as ISO text, nothing as None, other text stripped."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, int | float):
        return None if value != value else float(value)  # noqa: PLR0124 - not a number
    if isinstance(value, dt.datetime | dt.date):
        value = value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value.isoformat()
    text = str(value).strip()
    if midnight := _MIDNIGHT.match(text):
        return midnight[1]
    if text.lower() in {"", "nan", "none", "null"}:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def need_rows(
    rows: Sequence[Row],
    expected: Iterable[Sequence[Any]],
    *,
    ordered: bool = False,
    exact_width: bool = False,
    header: Sequence[str] | None = None,
    tol: float = 0.0051,
) -> None:
    """Refuse a table unless it has these rows and no others.

    Args:
        rows: as read, header first.
        expected: rows without header; each of their cells must be in the row that matches.
        ordered: the rows must come in this order.
        exact_width: the rows must have no other cells.
        header: names of columns that must be there.
        tol: how far off numbers may be.
    """
    if not rows:
        raise Wrong("the table is empty")
    names = [str(name).strip().lower() for name in rows[0]]
    absent = [name for name in header or () if name.lower() not in names]
    if absent:
        raise Wrong(f"no column {absent[0]!r} among {', '.join(names)}")
    wanted = [[cell(value) for value in row] for row in expected]
    body = [row for row in rows[1:] if any(value is not None for value in row)]
    if len(body) == len(wanted) - 1 and _matches(rows[0], wanted[0], tol):
        body = list(rows)  # written without a header
    if len(body) != len(wanted):
        raise Wrong(f"{len(body)} rows instead of {len(wanted)}")
    left = list(body)
    for i, row in enumerate(wanted):
        candidates = [left[0]] if ordered else left
        match = next((found for found in candidates if _matches(found, row, tol)), None)
        if match is None or (exact_width and len(match) != len(row)):
            raise Wrong(f"row {i + 1} should be {row}" + (f", not {left[0]}" if ordered else ""))
        left.remove(match)


def column(rows: Sequence[Row], name: str) -> list[Cell]:
    """The cells below a header."""
    names = [str(title).strip().lower() for title in rows[0]]
    if name.lower() not in names:
        raise Wrong(f"no column {name!r} among {', '.join(names)}")
    index = names.index(name.lower())
    return [row[index] if index < len(row) else None for row in rows[1:]]


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a database answers."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def _matches(found: Row, wanted: Row, tol: float) -> bool:
    left = list(found)
    for value in wanted:
        match = next((i for i, other in enumerate(left) if _same(other, value, tol)), None)
        if match is None:
            return False
        del left[match]
    return True


def _same(found: Cell, wanted: Cell, tol: float) -> bool:
    if isinstance(found, float) and isinstance(wanted, float):
        return abs(found - wanted) <= tol
    if isinstance(found, str) and isinstance(wanted, str):
        return found.casefold() == wanted.casefold()
    return found is None and wanted is None


def _csv(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    lines = text.splitlines()
    first = lines[0] if lines else ""
    delimiter = max(",;\t|", key=first.count)
    return [row for row in csv.reader(lines, delimiter=delimiter) if row]


def _excel(path: Path, sheet: str | None) -> list[list[Any]]:
    with closing(openpyxl.load_workbook(path, data_only=True)) as book:
        if sheet is not None and sheet not in book.sheetnames:
            raise Wrong(f"no sheet {sheet!r} among {', '.join(book.sheetnames)}")
        rows = [list(row) for row in (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)]
    return [row for row in rows if any(value is not None for value in row)]


def _records(document: Any) -> list[list[Any]]:
    if isinstance(document, dict):
        values = list(document.values())
        if len(values) == 1 and isinstance(values[0], list):
            document = values[0]
        elif values and all(isinstance(value, dict) for value in values):
            keys = list(document)
            if all(isinstance(value, dict) and set(value) == set(values[0]) for value in values):
                return _oriented(keys, values)
        elif values and all(isinstance(value, list) for value in values):
            return [list(document), *map(list, zip(*values, strict=True))]
        else:
            return [["key", "value"], *([key, value] for key, value in document.items())]
    if not isinstance(document, list) or not document:
        raise Wrong("the JSON is no list of records")
    if all(isinstance(item, list) for item in document):
        return [list(item) for item in document]
    if not all(isinstance(item, dict) for item in document):
        return [["value"], *([item] for item in document)]
    names = list(dict.fromkeys(key for item in document for key in item))
    return [names, *([item.get(name) for name in names] for item in document)]


def _oriented(keys: list[str], values: list[dict[str, Any]]) -> list[list[Any]]:
    """Records by key, or columns by name as ``DataFrame.to_json`` writes them."""
    inner = list(values[0])
    if all(key.isdigit() for key in inner):
        return [keys, *([column[i] for column in values] for i in inner)]
    return [
        ["key", *inner],
        *([key, *(value[name] for name in inner)] for key, value in zip(keys, values, strict=True)),
    ]


def _without_index(rows: list[Row]) -> list[Row]:
    if len(rows) < 2 or not rows[0]:
        return rows
    title = rows[0][0]
    numbered = [row[0] for row in rows[1:] if row] == [float(i) for i in range(len(rows) - 1)]
    if numbered and (title is None or str(title).startswith("Unnamed") or title == "index"):
        return [row[1:] for row in rows]
    return rows
