"""Hints for the mistakes that small models make most, each with the names that are really there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from offline_ci.interpreter.variables import Variable
from offline_ci.sandbox.result import GuestError

_SHAPE_TROUBLE: Final = (
    "dimensions",
    "broadcast",
    "shape",
    "images do not match",
    "indices must be",
    "not subscriptable",
    "unhashable type",
    "not iterable",
)

_GROUPS_HINT: Final = (
    'groups are no columns. First a column: df["NEW"] = df["A"] * df["B"]. Then its sums: '
    'totals = df.groupby("GROUP")["NEW"].sum().'
)

Closest = Callable[[str, Sequence[str]], str | None]


def hint_for(
    error: GuestError,
    line: str,
    files: Sequence[str],
    columns: Sequence[str],
    variables: Sequence[Variable],
    closest: Closest,
) -> str | None:
    """A hint for an exception.

    Args:
        error: the exception.
        line: the program's line that raised it, empty where unknown.
        files: names below ``/mnt/data``.
        columns: column names of the attached files.
        variables: of the session.
        closest: finds the nearest spelling.

    Returns:
        One or two sentences, None where there is nothing to add.
    """
    name = error.ename
    if "in this sandbox" in error.evalue.lower():
        return None  # the guest's own message says what to do instead
    if name in {"ModuleNotFoundError", "ImportError"}:
        return _module_hint(error.evalue)
    if name == "NameError":
        return _name_hint(error.evalue, variables, closest)
    if name == "FileNotFoundError":
        return _file_hint(error.evalue, files, closest)
    if name == "KeyError" or "not in index" in error.evalue or "not found in axis" in error.evalue:
        return _key_hint(error.evalue, line, columns, variables, closest)
    if "no such column" in error.evalue or "no such table" in error.evalue:
        return f"write the real names instead of others; the columns are {', '.join(map(repr, columns[:30]))}."
    if name in {"URLError", "gaierror", "ConnectionError"}:
        return "there is no network; use the given files only."
    if name == "AttributeError":
        return _attribute_hint(error.evalue)
    if re.search(r"not supported for mode|cannot write mode|wrong mode", error.evalue):
        return 'convert the picture to RGB first: image.convert("RGB").'
    if "Directory not empty" in error.evalue:
        return "remove a folder and what is in it with shutil.rmtree, or leave it."
    if "Read-only file system" in error.evalue:
        return (
            "the attached files are read-only; save the result under a new name. "
            "Only where the user wants the file itself changed, os.remove() it first and write it anew."
        )
    if "groupby(" in line and name in {"ValueError", "TypeError", "AttributeError"}:
        return _GROUPS_HINT
    if name in {"ValueError", "TypeError"}:
        return _value_hint(error.evalue, line, variables)
    return None


def _module_hint(evalue: str) -> str | None:
    match = re.search(r"No module named '([\w.]+)'", evalue)
    if match is None:
        return None
    root = match[1].split(".")[0]
    return f"{root} is not available here; use the libraries named above."


def _name_hint(evalue: str, variables: Sequence[Variable], closest: Closest) -> str | None:
    match = re.search(r"name '(\w+)' is not defined", evalue)
    if match is None:
        return None
    near = closest(match[1], [variable.name for variable in variables])
    if match[1][0].isupper():
        return f"import {match[1]} first."
    return f"did you mean {near}?" if near else f"give {match[1]} a value before you use it."


def _file_hint(evalue: str, files: Sequence[str], closest: Closest) -> str:
    match = re.search(r"'([^']+)'", evalue)
    wanted = match[1].removeprefix("/mnt/data/") if match else ""
    near = closest(wanted.rsplit("/", 1)[-1], files) if wanted else None
    if not files:
        return "there are no files; work with what the request says."
    there = ", ".join(files[:15])
    return (f"did you mean {near!r}? " if near else "") + f"In the working directory there is: {there}."


def _key_hint(
    evalue: str, line: str, columns: Sequence[str], variables: Sequence[Variable], closest: Closest
) -> str | None:
    tables = [variable for variable in variables if variable.columns]
    # The table that the failing line names, else the newest.
    named = [table for table in tables if re.search(rf"\b{re.escape(table.name)}\b", line)] or tables[-1:]
    known = [column for table in named for column in table.columns] or list(columns)
    if not known:
        return None
    wanted = re.search(r"'([^']*)'", evalue)
    if wanted and (owners := [table.name for table in tables if wanted[1] in table.columns]):
        return _wrong_table(wanted[1], owners[-1], line, variables)
    if wanted and (place := _column_with(wanted[1], tables)):
        rows = f'{place[0]}[{place[0]}["{place[1]}"] == {wanted[1]!r}]'
        return f"{wanted[1]!r} is no column, but stands in one; the rows that have it: {rows}."
    near = closest(wanted[1], known) if wanted else None
    names = ", ".join(map(repr, known[:30]))
    owner = f"{named[0].name} has the columns" if named else "The columns are"
    instead = f"write {near!r} instead of {wanted[1]!r}. " if near and wanted else ""
    return f"{instead}{owner} {names}."


def _column_with(word: str, tables: Sequence[Variable]) -> tuple[str, str] | None:
    """The newest table, and its column, that has this word as a value."""
    places = [(table.name, column) for table in tables for column, words in table.words.items() if word in words]
    return places[-1] if places else None


def _wrong_table(column: str, owner: str, line: str, variables: Sequence[Variable]) -> str:
    used = [v for v in variables if v.name != owner and re.search(rf"\b{re.escape(v.name)}\b", line)]
    kinds = "".join(f" {variable.name} is {variable.kind}." for variable in used[:2])
    mend = f"Add what is computed to {owner} as a column, then work with {owner}."
    return f"{column!r} is a column of {owner}.{kinds} {mend}"


def _attribute_hint(evalue: str) -> str | None:
    if "'str' object" in evalue and ".dt" in evalue:
        return "convert the column with pd.to_datetime first."
    if "Can only use .dt accessor" in evalue:
        return "convert the column with pd.to_datetime first."
    if "Can only use .str accessor" in evalue:
        return "convert the column with .astype(str) first."
    if re.search(r"'bool\w*' object has no attribute '(?:all|any|sum|astype|mean)'", evalue):
        return (
            "a picture or a list is compared as a whole here. With pixels = np.array(image.convert('RGB')), "
            "(pixels == (255, 0, 0)).all(axis=2) is the mask of one colour."
        )
    if "'NoneType' object has no attribute" in evalue:
        return (
            "something that is None is used. Methods that change an object in place give None (alpha_composite, paste, "
            "sort, append, save): call them on a line of their own and go on with the object."
        )
    if "has no attribute 'append'" in evalue:
        return "use pd.concat instead of append."
    if "has no attribute 'ANTIALIAS'" in evalue:
        return "use Image.LANCZOS."
    if "has no attribute 'textsize'" in evalue:
        return "use draw.textbbox((0, 0), text, font=font)."
    return None


def _number_hint(text: str) -> str:
    """What was to become a number and is none."""
    if not text.strip():
        return "an empty text is no number: use text.strip().splitlines(), and skip what is empty."
    if re.search(r"\d", text):
        return (
            r'take the number out of the text first: float(re.search(r"-?\d+(?:\.\d+)?", text).group()); '
            'a whole column: pd.to_numeric(df["COLUMN"].str.replace(r"[^0-9.-]", "", regex=True)).'
        )
    return 'that is no number: choose the numeric columns, or use pd.to_numeric(df["COLUMN"], errors="coerce").'


def _value_hint(evalue: str, line: str, variables: Sequence[Variable]) -> str | None:
    if "images do not match" in evalue:
        return (
            'both pictures must have the same mode and size: image = image.convert("RGBA"), image.resize(other.size).'
        )
    if many := re.search(r"format string passed to (Series|DataFrame|ndarray|Index|list)\.__format__", evalue):
        return (
            f"this is a {many[1]} of many values, not one number. For one number put brackets around the whole "
            'expression and sum it, as in (df["a"] * df["b"]).sum(); else print it without a format.'
        )
    if literal := re.search(
        r"(?:invalid literal for int\(\) with base 10|could not convert string to float): '(.*)'", evalue
    ):
        return _number_hint(literal[1])
    if "doesn't match format" in evalue:
        return (
            "leave the format out: pd.to_datetime(df[...], dayfirst=True) where the day comes first, else without it."
        )
    if "agg function failed" in evalue:
        return "only some columns are numbers: choose the numeric columns, or pass numeric_only=True."
    if any(words in evalue for words in _SHAPE_TROUBLE):
        shown = [v for v in variables if re.search(rf"\b{re.escape(v.name)}\b", line)]
        return "; ".join(f"{v.name} is {v.kind}" for v in shown) + "." if shown else None
    if "path should be string" in evalue or "null character in path" in evalue:
        return (
            "this takes the name of a file. For data in memory: archive.writestr(name, data), or open the file by name."
        )
    if "closed file" in evalue:
        return "use the file inside its `with` block."
    if "not JSON serializable" in evalue:
        return "convert numpy values with int() or float() first, or pass default=str."
    return None
