"""What a text file holds: JSON, TOML, XML, Markdown, lines.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from offline_ci.interpreter.guest.description import Description
from offline_ci.interpreter.guest.patterns import how_to_find
from offline_ci.interpreter.guest.tables import describe_csv

FIRST_LINES = 8
MAX_LINES = 20_000
WHOLE_BYTES = 64 << 20
_RULE = re.compile(r"\|?\s*:?-{2,}[-:| ]*")


def describe_text(path: Path, suffix: str, encoding: str) -> Description:
    """What a text is made of, by its ending and by how it looks.

    Args:
        path: of the file.
        suffix: of its name, small letters.
        encoding: of the text.
    """
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
    if suffix == ".xml":
        table = _xml(path, text)
    elif suffix in {".vcf", ".ics"}:
        table = _blocks(path, text)
    else:
        table = _markdown(path, text) or describe_csv(path, suffix, encoding, text)
    if table is not None:
        return table
    lines = text.splitlines()
    shown = "\n".join("  " + line[:160] for line in lines[:FIRST_LINES])
    option = "" if encoding.startswith("utf-8") else f", encoding={encoding!r}"
    read = f"lines = open({path.name!r}{option}).read().splitlines()"
    what = f"text, {len(lines)} lines, {len(text.split())} words; read it with {read}; it begins:"
    return {"text": f"{what}\n{shown}{_other_lines(lines)}{how_to_find(lines)}", "read": read}


def _other_lines(lines: list[str]) -> str:
    """One line of each form that the first lines do not have, where there are few forms: those of a log."""
    forms: dict[str, str] = {}
    for line in lines[:MAX_LINES]:
        forms.setdefault(re.sub(r"\d+", "0", line), line)
        if len(forms) > len(lines) // 4:
            return ""
    known = {re.sub(r"\d+", "0", line) for line in lines[:FIRST_LINES]}
    others = [line for form, line in forms.items() if form not in known][:FIRST_LINES]
    return "".join(["\n and further down:", *("\n  " + line[:160] for line in others)]) if others else ""


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


def _blocks(path: Path, text: str) -> Description | None:
    """Records between BEGIN and END, as in address books and calendars (RFC 6350, RFC 5545)."""
    names = re.findall(r"^BEGIN:(\w+)\s*$", text, re.MULTILINE)
    if not names:
        return None
    name = max(dict.fromkeys(names), key=names.count)
    first = re.search(rf"^BEGIN:{name}\s*$(.*?)^END:{name}\s*$", text, re.MULTILINE | re.DOTALL)
    lines = [line for line in first[1].splitlines() if ":" in line] if first else []
    keys = list(dict.fromkeys(line.partition(":")[0].split(";")[0] for line in lines))
    read = (
        f"records, record = [], {{}}\n  for line in open({path.name!r}):\n"
        '      key, _, value = line.strip().partition(":")\n      key = key.split(";")[0]\n'
        f'      if (key, value) == ("BEGIN", {name!r}):\n          record = {{}}\n'
        f'      elif (key, value) == ("END", {name!r}):\n          records.append(record)\n'
        "      else:\n          record[key] = value"
    )
    shown = "\n".join("  " + line[:120] for line in lines[:10])
    what = f"{names.count(name)} records {name}; read them with\n  {read}\n then pd.DataFrame(records) has {keys}"
    return {"text": f"{what}\n the first:\n{shown}", "columns": keys, "read": read}


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
    then += "".join(f"; as a table: pd.DataFrame({place})" for place in _parallel_lists(value, "data"))
    return {"text": f"JSON: {_shape(value)}; read it with {read}; then {then}", "columns": columns, "read": read}


def _parallel_lists(value: Any, place: str) -> list[str]:
    """Objects whose values are lists of one length: the columns of a table, as weather services send them."""
    if not isinstance(value, dict):
        return []
    lengths = [len(item) for item in value.values() if isinstance(item, list)]
    if len(lengths) > 1 and len(lengths) == len(value) and len(set(lengths)) == 1 and lengths[0] > 1:
        return [place]
    return [found for key, item in value.items() for found in _parallel_lists(item, f"{place}[{key!r}]")]


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
