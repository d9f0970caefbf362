"""What a table holds: CSV, Excel, SQLite.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from pathlib import Path
from typing import Any

from offline_ci.interpreter.guest.columns import is_number, kind_of, note_on
from offline_ci.interpreter.guest.description import Description

SAMPLE_BYTES = 1 << 18
MAX_ROWS = 20_000
SAMPLE_ROWS = 300
DELIMITERS = ",;\t|"
_TOTAL = re.compile(r"(?:grand |sub)?(?:total|sum|summe|gesamt)\b", re.IGNORECASE)
_LEAVE_TOTAL = "the last row is a total, no record: .iloc[:-1] leaves it out"
_WITHOUT_LAST = ".iloc[:-1]"


def describe_csv(path: Path, suffix: str, encoding: str, text: str) -> Description | None:
    """Columns with what is in them, and the call that reads them; None where this is no table.

    Args:
        path: of the file.
        suffix: of its name, small letters.
        encoding: of the text.
        text: the whole file.
    """
    delimiter = _delimiter(text, suffix)
    if delimiter is None:
        return None
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    width = max(len(row) for row in rows[:50])
    skip = next(i for i, row in enumerate(rows) if len(row) == width)
    header, body = rows[skip], rows[skip + 1 :]
    named = all(cell.strip() and not is_number(cell.strip()) for cell in header)
    if not named:
        header, body = [f"column {i}" for i in range(width)], rows[skip:]
    cells = [[row[i] for row in body[:5000] if i < len(row)] for i in range(width)]
    kinds = [kind_of([cell.strip() for cell in column]) for column in cells]
    notes = [note_on(name, column) if named else "" for name, column in zip(header, cells, strict=False)]
    options = [] if delimiter == "," else [f"sep={delimiter!r}"]
    if any("decimal comma" in kind for kind in kinds):
        options.append("decimal=','")
    if any("points between" in kind for kind in kinds):
        options.append("thousands='.'")
    elif any("commas between" in kind for kind in kinds):
        options.append("thousands=','")
    if encoding not in {"utf-8", "utf-8-sig"}:
        options.append(f"encoding={encoding!r}")
    if skip:
        options.append(f"skiprows={skip}")
    if not named:
        options.append("header=None")
    has_total = bool(body) and named and _TOTAL.match(body[-1][0].strip()) is not None
    read = f"pd.read_csv({', '.join([repr(path.name), *options])}){_WITHOUT_LAST if has_total else ''}"
    each = list(zip(header, kinds, notes, strict=False))[:30]
    columns = "\n".join(f"  {name!r}: {kind}{note}" for name, kind, note in each)
    more = f"\n  and {width - 30} more columns" if width > 30 else ""
    first = "\n".join("  " + delimiter.join(row)[:200] for row in (rows[skip : skip + 3]))
    count = f"{len(body)} rows (the header not counted)" if named else f"{len(body)} rows"
    if has_total:
        count += f"; {_LEAVE_TOTAL}"
    what = f"table, {count}, {width} columns{'' if named else ', no header line'}"
    return {
        "text": f"{what}; read it with {read}\n columns:\n{columns}{more}\n first lines:\n{first}",
        "columns": header if named else [],
        "read": read,
    }


def _delimiter(text: str, suffix: str) -> str | None:
    lines = [line for line in text[:SAMPLE_BYTES].splitlines()[:40] if line.strip()]
    best, best_score = None, 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        common = max(set(widths), key=widths.count, default=1)
        score = widths.count(common) / len(widths) * min(common, 4) if common > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    if suffix in {".csv", ".tsv", ".tab"}:
        return best or ("," if lines else None)
    return best if best_score > 1.9 and best in {"\t", ";", "|"} and len(lines) > 2 else None


def describe_excel(path: Path) -> Description:
    """Sheets, where the table begins, and the calls that read one or all of them."""
    import openpyxl  # type: ignore[import-untyped, unused-ignore]

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    parts, starts, headers, totals = [], list[int](), list[list[str]](), list[bool]()
    bodies = list[list[list[str]]]()
    for sheet in book.worksheets[:6]:
        rows = [
            ["" if cell is None else str(cell)[:40] for cell in row]
            for row in sheet.iter_rows(min_row=1, max_row=SAMPLE_ROWS, values_only=True)
        ]
        start = _header_row(rows[:12])
        starts.append(start)
        bodies.append(rows[start + 1 :])
        headers.append([cell for cell in rows[start] if cell] if rows else [])
        shown = "\n".join("    " + " | ".join(row[:20]) for row in rows[: start + 4])
        totals.append(_has_total(sheet))
        if totals[-1]:
            shown += f"\n    {_LEAVE_TOTAL}"
        parts.append(f"  sheet {sheet.title!r}, {sheet.max_row} rows, {sheet.max_column} columns:\n{shown}")
    names = [sheet.title for sheet in book.worksheets]
    book.close()
    columns = next(filter(None, headers), [])
    which = f", sheet_name={names[0]!r}" if len(names) > 1 else ""
    if starts and starts[0]:
        which += f", header={starts[0]}"
    read = f"pd.read_excel({path.name!r}{which}){_WITHOUT_LAST if any(totals[:1]) else ''}"
    how = f"read it with {read}"
    if starts and starts[0]:
        how += f" (the {starts[0]} rows above the column names are no table)"
    if len(names) > 1 and columns and all(header == columns for header in headers) and not any(starts):
        everything = f"pd.concat(pd.read_excel({path.name!r}, sheet_name=None), names=['sheet']).reset_index('sheet')"
        how = f"read one sheet with {read}\n all sheets as one table, with a column 'sheet': {everything}"
    listed = _listed(columns, bodies[0]) if bodies else ""
    text = f"Excel workbook, sheets {names}; {how}{listed}\n" + "\n".join(parts)
    return {"text": text, "columns": columns, "read": read}


def _listed(columns: list[str], rows: list[list[str]]) -> str:
    """The columns with what is in them, a line each."""
    lines = []
    for i, name in enumerate(columns):
        cells = [row[i] for row in rows if i < len(row)]
        kind = kind_of([cell.strip() for cell in cells]).replace("date as text", "date")
        lines.append(f"\n  {name!r}: {kind}{'' if kind.startswith('date') else note_on(name, cells)}")
    return "\n columns:" + "".join(lines) if lines else ""


def _has_total(sheet: Any) -> bool:
    if not 2 < (sheet.max_row or 0) < MAX_ROWS:
        return False
    last = next(sheet.iter_rows(min_row=sheet.max_row, max_row=sheet.max_row, values_only=True), ())
    return any(_TOTAL.match(cell.strip()) for cell in last[:2] if isinstance(cell, str))


def _header_row(rows: list[list[str]]) -> int:
    """Which row has the names of the columns: the first that has as many cells as any."""
    widths = [sum(bool(cell) for cell in row) for row in rows]
    return next((i for i, width in enumerate(widths) if width > 1 and width == max(widths)), 0)


def describe_sqlite(path: Path) -> Description:
    """Tables with their columns, and what joins them."""
    connection = sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True)
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    parts, columns, fields_of = [], list[str](), dict[str, list[str]]()
    for (table,) in connection.execute(query).fetchall()[:20]:
        quoted = '"' + table.replace('"', '""') + '"'
        fields = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
        count = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]  # noqa: S608 - quoted above
        first = connection.execute(f"SELECT * FROM {quoted} LIMIT 1").fetchone()  # noqa: S608 - quoted above
        example = f"; the first row: {str(first)[:200]}" if first else ""
        parts.append(
            f"  table {table}, {count} rows: {', '.join(f'{field[1]} {field[2]}' for field in fields)}{example}"
        )
        fields_of[table] = [field[1] for field in fields]
        columns += fields_of[table]
    connection.close()
    read = f"connection = sqlite3.connect({path.name!r})"
    parts += [f"  {join}" for join in _joins(fields_of)]
    return {"text": f"SQLite database; open it with {read}\n" + "\n".join(parts), "columns": columns, "read": read}


def _joins(fields_of: dict[str, list[str]]) -> list[str]:
    """Which tables belong together, as far as names tell: ``customer_id`` and the ``id`` of ``customers``."""
    joins = []
    for table, fields in fields_of.items():
        for field in fields:
            stem = field.lower().removesuffix("id").removesuffix("_")
            for other, keys in fields_of.items():
                key = next((key for key in keys if key.lower() in {"id", field.lower()}), None)
                if stem and other != table and other.lower().startswith(stem) and key is not None:
                    joins.append(f"joined: FROM {table} JOIN {other} ON {other}.{key} = {table}.{field}")
    return joins[:4]
