"""Looks at the user's files inside the sandbox and says what a programmer must know to read them.

This module runs in the guest: ``interpreter.inspect_files`` sends its source. Standard library, and Pillow and openpyxl
where a file needs them (pandas would cost a second). It must stand alone and work under the host's Python too, for its
tests. A file that cannot be understood is described by its size, never an error.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sqlite3
import tarfile
import tomllib
import wave
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

SAMPLE_BYTES = 1 << 18
WHOLE_BYTES = 64 << 20
PLAIN_PIXELS = 1 << 24
PDF_PAGES = 5
DELIMITERS = ",;\t|"
IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ico", ".ppm"}
TEXTS = {".txt", ".csv", ".tsv", ".json", ".md", ".log", ".xml", ".html"}
NO_READER = {".parquet": "pyarrow", ".feather": "pyarrow", ".xls": "xlrd", ".heic": "pillow-heif"}
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA_FLOAT = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_THOUSANDS = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_OBJECT = re.compile(r"\[?\{['\"].*\}\]?", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?: \d\d:\d\d.*)?")
_RULE = re.compile(r"\|?\s*:?-{2,}[-:| ]*")
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_MISSING = {"", "na", "n/a", "nan", "null", "none", "-"}

Description = dict[str, Any]
"""``text``: lines for the model; ``columns``: column names; ``read``: a call that reads the file; ``members``: of an
archive."""


def main(names: list[str], max_chars: int, given: Sequence[str] = ()) -> str:
    """JSON: name to ``Description``; of pictures also whether they show what a given one shows."""
    found = {name: describe(Path(name), max_chars) for name in names}
    for name in names:
        same = next((other for other in given if other != name and _is_same_picture(Path(name), Path(other))), None)
        if same is not None:
            found[name]["text"] += f", the same pixels as {same}"
    return json.dumps(found)


def _is_same_picture(path: Path, other: Path) -> bool:
    if path.suffix.lower() not in IMAGES or path.suffix.lower() != other.suffix.lower():
        return False
    from PIL import Image

    try:
        with Image.open(path) as one, Image.open(other) as two:
            if one.size != two.size or one.width * one.height > PLAIN_PIXELS:
                return False
            return one.convert("RGBA").tobytes() == two.convert("RGBA").tobytes()
    except (OSError, ValueError):
        return False


def describe(path: Path, max_chars: int = 1500) -> Description:
    """What one file holds."""
    try:
        found = _describe(path)
    except Exception as exc:  # noqa: BLE001 - whatever a user's file does to a parser, the name and size are known
        found = {"text": f"could not be inspected ({type(exc).__name__}: {str(exc)[:100]})"}
    size = path.stat().st_size if path.is_file() else 0
    text = f"{path.as_posix()} ({_size(size)}): {found['text']}"
    return {"columns": [], "read": "", **found, "text": text[:max_chars]}


def _describe(path: Path) -> Description:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head:
        return {"text": "an empty file"}
    if suffix in IMAGES:
        return _image(path)
    if suffix in {".xlsx", ".xlsm"}:
        return _excel(path)
    if head.startswith(b"SQLite format 3\0"):
        return _sqlite(path)
    if suffix in {".docx", ".pptx"} and zipfile.is_zipfile(path):
        return _office(path, suffix)
    if zipfile.is_zipfile(path) or (suffix in {".tar", ".tgz", ".gz", ".bz2", ".xz"} and tarfile.is_tarfile(path)):
        return _archive(path)
    if head.startswith(b"%PDF"):
        return _pdf(path)
    if suffix == ".wav":
        return _wave(path)
    if suffix in NO_READER:
        return {"text": f"a {suffix[1:]} file; {NO_READER[suffix]}, which reads it, is not installed here"}
    encoding = _encoding(head)
    if encoding is None:
        return {"text": f"binary data, beginning with {head[:16].hex(' ')}"}
    return _textual(path, suffix, encoding)


# --- text


def _encoding(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        return None
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        # The sample may end inside a character.
        return "utf-8" if exc.start > len(head) - 4 and len(head) == SAMPLE_BYTES else "cp1252"
    return "utf-8"


def _textual(path: Path, suffix: str, encoding: str) -> Description:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        text = file.read(WHOLE_BYTES)
    if suffix in {".json", ".geojson", ".ipynb"}:
        return _json(path, json.loads(text))
    if suffix == ".toml":
        return _toml(path, tomllib.loads(text))
    if suffix in {".jsonl", ".ndjson"}:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        keys = list(rows[0]) if rows and isinstance(rows[0], dict) else []
        read = f"pd.read_json({path.name!r}, lines=True)"
        shape = _shape(rows)
        return {"text": f"JSON lines: {shape}; read it with {read}", "columns": keys, "read": read}
    table = _xml(path, text) if suffix == ".xml" else _markdown(path, text) or _csv(path, suffix, encoding, text)
    if table is not None:
        return table
    lines = text.splitlines()
    shown = "\n".join("  " + line[:160] for line in lines[:8])
    option = "" if encoding.startswith("utf-8") else f", encoding={encoding!r}"
    read = f"lines = open({path.name!r}{option}).read().splitlines()"
    what = f"text, {len(lines)} lines, {len(text.split())} words; read it with {read}; it begins:"
    return {"text": f"{what}\n{shown}", "read": read}


def _markdown(path: Path, text: str) -> Description | None:
    """The first table of a Markdown text."""
    lines = [line.strip() for line in text.splitlines()]
    start = next((i for i, line in enumerate(lines[1:]) if _RULE.fullmatch(line) and lines[i].startswith("|")), None)
    if start is None:
        return None
    columns = [cell.strip() for cell in lines[start].strip("|").split("|")]
    count = next((i for i, line in enumerate(lines[start + 2 :]) if not line.startswith("|")), len(lines) - start - 2)
    cells = "[cell.strip() for cell in line.strip().strip('|').split('|')]"
    read = f"rows = [{cells} for line in open({path.name!r}) if line.strip().startswith('|')]"
    then = "df = pd.DataFrame(rows[2:], columns=rows[0])"
    first = "\n".join("  " + line[:200] for line in lines[start : start + 4])
    what = f"Markdown with a table, {count} rows, columns {columns}; read it with\n  {read}\n  {then}"
    return {"text": f"{what}\n it begins:\n{first}", "columns": columns, "read": read}


def _xml(path: Path, text: str) -> Description | None:
    """Records below the root, as most data in XML has them."""
    root = ET.fromstring(text)  # noqa: S314 - in the sandbox, in limited time
    if len(root) == 0:
        return None
    record = root[0]
    alike = [child for child in root if child.tag == record.tag]
    columns = [*record.attrib, *dict.fromkeys(child.tag for child in record)]
    read = f"root = ElementTree.parse({path.name!r}).getroot()"
    rows = "rows = [{**record.attrib, **{child.tag: child.text for child in record}} for record in root]"
    first = ET.tostring(record, "unicode").strip()[:400]
    what = f"XML: <{root.tag}> with {len(root)} elements, {len(alike)} of them <{record.tag}>"
    how = f"read it with\n  from xml.etree import ElementTree\n  {read}\n  {rows}"
    return {"text": f"{what}; {how}\n the first: {first}", "columns": columns, "read": read}


def _json(path: Path, value: Any) -> Description:
    columns: list[str] = []
    read = f"data = json.load(open({path.name!r}))"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        columns = list(value[0])
    elif isinstance(value, dict):
        columns = list(value)
    many = isinstance(value, list) and len(value) > 0
    found = _leaves(value[0], "record") if many else _leaves(value, "data")
    leaves = "; ".join(f"{place} is {leaf!r}"[:80] for place, leaf in found)
    then = f"in the first of `for record in data:` {leaves}" if many else leaves
    return {"text": f"JSON: {_shape(value)}; read it with {read}; then {then}", "columns": columns, "read": read}


def _toml(path: Path, value: dict[str, Any]) -> Description:
    read = f"data = tomllib.load(open({path.name!r}, 'rb'))"
    return {"text": f"TOML: {_shape(value)}; read it with {read}", "columns": list(value), "read": read}


def _leaves(value: Any, place: str) -> list[tuple[str, Any]]:
    """Where the values of the first record are: expressions that lead to them, and what they give."""
    if isinstance(value, dict) and value:
        found = [leaf for key in list(value)[:8] for leaf in _leaves(value[key], f"{place}[{key!r}]")]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        (first, leaf), *others = _leaves(value[0], "item") if value[0] else [("item", {})]
        found = [(f"for each `for item in {place}:` {first}", leaf), *others]
    elif isinstance(value, list) and value:
        found = _leaves(value[0], f"{place}[0]")
    else:
        found = [(place, value)]
    return found[:10]


def _shape(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict):
        if depth > 2:
            return "object"
        keys = ", ".join(f"{key}: {_shape(item, depth + 1)}" for key, item in list(value.items())[:20])
        return f"object {{{keys}{', …' if len(value) > 20 else ''}}}"
    if isinstance(value, list):
        inner = _shape(value[0], depth + 1) if value else "nothing"
        return f"list of {len(value)} x {inner}"
    return {str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}.get(type(value), "value")


# --- tables


def _csv(path: Path, suffix: str, encoding: str, text: str) -> Description | None:
    delimiter = _delimiter(text, suffix)
    if delimiter is None:
        return None
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    width = max(len(row) for row in rows[:50])
    skip = next(i for i, row in enumerate(rows) if len(row) == width)
    header, body = rows[skip], rows[skip + 1 :]
    named = all(cell.strip() and not _FLOAT.fullmatch(cell.strip()) for cell in header)
    if not named:
        header, body = [f"column {i}" for i in range(width)], rows[skip:]
    kinds = [_kind([row[i].strip() for row in body[:5000] if i < len(row)]) for i in range(width)]
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
    read = f"pd.read_csv({', '.join([repr(path.name), *options])})"
    columns = "\n".join(f"  {name!r}: {kind}" for name, kind in list(zip(header, kinds, strict=False))[:30])
    more = f"\n  and {width - 30} more columns" if width > 30 else ""
    first = "\n".join("  " + delimiter.join(row)[:200] for row in (rows[skip : skip + 3]))
    what = f"table, {len(body)} rows, {width} columns{'' if named else ', no header line'}"
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


def _kind(cells: list[str]) -> str:
    values = [cell for cell in cells if cell.lower() not in _MISSING]
    missing = f", {len(cells) - len(values)} missing" if len(values) < len(cells) else ""
    if not values:
        return "empty"
    for pattern, name in ((_INTEGER, "int"), (_FLOAT, "float")):
        if all(pattern.fullmatch(value) for value in values):
            return name + missing
    if form := _number_form(values):
        return form + missing
    if all(_OBJECT.fullmatch(value) for value in values):
        return "Python objects" + missing
    if all(_DATE.fullmatch(value) for value in values):
        return f"date as text, such as {values[0]!r}{missing}"
    distinct = list(dict.fromkeys(values))
    if len(distinct) <= 8 and sum(map(len, distinct)) < 150:
        return f"text, one of {', '.join(map(repr, distinct))}{missing}"
    return f"text, such as {values[0][:40]!r}{missing}"


def _number_form(values: list[str]) -> str:
    """How numbers are written that Python does not read; empty where they are none."""
    is_split = any(re.search(r",\d{3}(?:[,.]|$)", value) for value in values)
    if is_split and all(_THOUSANDS.fullmatch(value) for value in values):
        return "float with commas between thousands"
    if all(_COMMA_FLOAT.fullmatch(value) for value in values):
        is_split = any("." in value for value in values)
        return "float with decimal comma" + (" and points between thousands" if is_split else "")
    return ""


def _excel(path: Path) -> Description:
    import openpyxl  # type: ignore[import-untyped, unused-ignore]

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    parts, columns, headers = [], list[str](), list[list[str]]()
    for sheet in book.worksheets[:6]:
        rows = [
            ["" if cell is None else str(cell)[:40] for cell in row]
            for row in sheet.iter_rows(min_row=1, max_row=4, values_only=True)
        ]
        headers.append([cell for cell in rows[0] if cell] if rows else [])
        shown = "\n".join("    " + " | ".join(row[:20]) for row in rows)
        parts.append(f"  sheet {sheet.title!r}, {sheet.max_row} rows, {sheet.max_column} columns:\n{shown}")
    names = [sheet.title for sheet in book.worksheets]
    book.close()
    columns = next(filter(None, headers), [])
    which = f", sheet_name={names[0]!r}" if len(names) > 1 else ""
    read = f"pd.read_excel({path.name!r}{which})"
    how = f"read it with {read}"
    if len(names) > 1 and columns and all(header == columns for header in headers):
        everything = f"pd.concat(pd.read_excel({path.name!r}, sheet_name=None), names=['sheet']).reset_index('sheet')"
        how = f"read one sheet with {read}\n all sheets as one table, with a column 'sheet': {everything}"
    return {"text": f"Excel workbook, sheets {names}; {how}\n" + "\n".join(parts), "columns": columns, "read": read}


def _sqlite(path: Path) -> Description:
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


# --- the rest


def _image(path: Path) -> Description:
    from PIL import Image

    with Image.open(path) as image:
        frames = getattr(image, "n_frames", 1)
        what = f"{image.format} image, width {image.width}, height {image.height}, mode {image.mode}"
        if image.width * image.height <= PLAIN_PIXELS:
            bands = [band.getextrema() for band in image.convert("RGBA").split()]
            if all(low == high for low, high in bands):
                colour = tuple(low for low, _ in bands)
                is_blank = colour[3] == 0 or colour[:3] in {(0, 0, 0), (255, 255, 255)}
                what += ", blank" if is_blank else ", all of one colour"
    read = f"Image.open({path.name!r})"
    return {"text": what + (f", {frames} frames" if frames > 1 else "") + f"; open it with {read}", "read": read}


def _office(path: Path, suffix: str) -> Description:
    with zipfile.ZipFile(path) as archive:
        if suffix == ".pptx":
            return _slides(path, archive)
        markup = archive.read("word/document.xml").decode("utf-8", "replace")
    read = f"document = docx.Document({path.name!r})"
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", markup, re.DOTALL)
    outside = re.sub(r"<w:tbl>.*?</w:tbl>", "", markup, flags=re.DOTALL)
    texts = [_joined(text) for text in re.findall(r"<w:p[ >].*?</w:p>", outside, re.DOTALL)]
    text = f"docx document, {len(texts)} paragraphs; open it with {read}"
    text += "; texts = [paragraph.text for paragraph in document.paragraphs]"
    text += "".join(f"\n  texts[{i}]: {_both_ends(shown)}" for i, shown in enumerate(texts[:14]) if shown)
    columns: list[str] = []
    if tables:
        rows = [re.findall(r"<w:tc[ >].*?</w:tc>", row, re.DOTALL) for row in re.split(r"<w:tr[ >]", tables[0])[1:]]
        columns = [_plain(cell) for cell in rows[0]] if rows else []
        cells = "rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]"
        text += f"\n tables: {len(tables)}; the first has {len(rows)} rows, at the top {columns}; read it with {cells}"
    return {"text": text, "columns": columns, "read": read}


def _slides(path: Path, archive: zipfile.ZipFile) -> Description:
    numbered = {int(match[1]): match[0] for match in map(_SLIDE.fullmatch, archive.namelist()) if match}
    texts = [_plain(archive.read(numbered[number]).decode("utf-8", "replace")) for number in sorted(numbered)[:30]]
    read = f"presentation = Presentation({path.name!r})"
    shown = "\n".join(f"  slide {i}: {text[:120]}" for i, text in enumerate(texts, 1))
    each = '" ".join(shape.text for shape in slide.shapes if shape.has_text_frame)'
    how = f"open it with {read}; texts = [{each} for slide in presentation.slides]"
    return {"text": f"pptx presentation, {len(numbered)} slides; {how}\n{shown}", "read": read}


def _pdf(path: Path) -> Description:
    import pypdf

    read = f"reader = pypdf.PdfReader({path.name!r})"
    reader = pypdf.PdfReader(path)
    texts = (page.extract_text() for page in reader.pages[:PDF_PAGES])
    shown = "\n".join(
        f"  reader.pages[{i}], page {i + 1}: {' '.join(text.split())[:200]}" for i, text in enumerate(texts)
    )
    how = f"open it with {read}; the text of a page is reader.pages[0].extract_text()"
    return {"text": f"PDF, {len(reader.pages)} pages; {how}\n{shown}", "read": read}


def _joined(markup: str) -> str:
    """The text of a paragraph of Word, whose runs may part a word."""
    return html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", markup))).strip()


def _both_ends(text: str) -> str:
    return text if len(text) <= 130 else f"{text[:70]} … {text[-55:]}"


def _plain(markup: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


def _archive(path: Path) -> Description:
    example = ""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names, read = archive.namelist(), f"zipfile.ZipFile({path.name!r})"
            example = _member_example(archive)
    else:
        with tarfile.open(path) as tar:
            names, read = tar.getnames(), f"tarfile.open({path.name!r})"
    shown = ", ".join(names[:25]) + (", …" if len(names) > 25 else "")
    text = f"archive with {len(names)} members: {shown}; open it with {read}{example}"
    return {"text": text, "read": read, "members": names[:50]}


def _member_example(archive: zipfile.ZipFile) -> str:
    """How the first text in an archive begins."""
    for info in archive.infolist():
        if not info.is_dir() and Path(info.filename).suffix.lower() in TEXTS:
            with archive.open(info) as member:
                text = member.read(300).decode("utf-8", "replace")
            return f"; {info.filename} begins {text!r}"
    return ""


def _wave(path: Path) -> Description:
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        what = f"{sound.getnchannels()} channels, {sound.getframerate()} Hz, {sound.getsampwidth() * 8} bit"
    return {"text": f"WAV sound, {what}, {seconds:.2f} s; open it with wave.open({path.name!r})"}


def _size(n: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if n < 1000 or unit == "MB":
            return f"{n} {unit}" if unit == "bytes" else f"{n:.1f} {unit}"
        n /= 1000  # type: ignore[assignment]
    raise AssertionError
