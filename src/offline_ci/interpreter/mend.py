"""Mends without the model what needs no thought: a misspelt name, an import that was forgotten, a method that is gone.

Misspelt is what is right but for case, spaces and underscores. Only after the program has failed over the name: it may
well rename columns, or use a variable of an earlier program.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

from offline_ci.interpreter.distil import failing_line
from offline_ci.interpreter.extract import syntax_tree
from offline_ci.sandbox.result import ExecutionResult, GuestError

_MENDABLE: Final = frozenset({"KeyError", "FileNotFoundError", "NameError", "AttributeError", "OSError", "TypeError"})
_CHAINED: Final = "ChainedAssignmentError"
"""pandas warns of it: ``df["a"].fillna(0, inplace=True)`` changes a copy since version 3, and nothing else."""
_MODULES: Final = (
    "base64 bs4 calendar collections csv datetime decimal docx fractions glob hashlib io itertools json lxml math",
    "matplotlib networkx numpy openpyxl os pandas pathlib pptx pypdf random re scipy seaborn shutil sklearn sqlite3",
    "statistics string sympy sys textwrap time unicodedata zipfile",
)
_MEMBERS: Final = {
    "PIL": "Image ImageChops ImageColor ImageDraw ImageEnhance ImageFilter ImageFont ImageOps ImageSequence ImageStat",
    "bs4": "BeautifulSoup",
    "collections": "Counter defaultdict OrderedDict deque namedtuple",
    "datetime": "date timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "io": "BytesIO StringIO",
    "openpyxl": "load_workbook Workbook",
    "pathlib": "Path",
    "pptx": "Presentation",
    "pypdf": "PdfReader PdfWriter",
    "scipy": "stats",
}
IMPORTS: Final = {
    **{module: f"import {module}" for line in _MODULES for module in line.split()},
    **{name: f"from {module} import {name}" for module, names in _MEMBERS.items() for name in names.split()},
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "sp": "import sympy as sp",
    "nx": "import networkx as nx",
    "ElementTree": "from xml.etree import ElementTree",
    "ET": "import xml.etree.ElementTree as ET",
    "dt": "import datetime as dt",
}
"""What brings a name that everybody knows."""
_OF_PIL: Final = re.compile(
    r"'\w*Image\w*' object has no attribute '(fromarray|frombytes|new|open|merge|blend|composite)'"
)
_PIXEL_TYPE: Final = re.compile(r"Cannot handle this data type: .*[<>|][if][248]")
_WRITER_SAVE: Final = re.compile(r"'\w*Writer' object has no attribute 'save'")
_WRITER: Final = re.compile(r"(\w+) *= *pd\.ExcelWriter\(")
_UNDEFINED: Final = re.compile(r"name '(\w+)' is not defined")
_READ_ONLY: Final = re.compile(r"Read-only file system: '([^']+)'")
_SERIES_GROUP: Final = re.compile(r"\b(\w+)\.groupby\([\"']([^\"']+)[\"']\)")
_POSITION: Final = re.compile(r"-?\d+")
_QUOTED: Final = re.compile(r"'([^']+)'")


def is_mendable(result: ExecutionResult) -> bool:
    """Whether ``mend`` may know what to do; asking costs nothing."""
    return result.error.ename in _MENDABLE if result.error is not None else _CHAINED in result.stderr


def mend(result: ExecutionResult, code: str, names: Sequence[str], replaceable: Sequence[str] = ()) -> str | None:
    """The program with a misspelt name put right, or with an import that it lacks.

    Misspelt may be a column, a file, or Pillow's module where its functions are looked for in an image. Gone are
    ``ExcelWriter.save``, and pandas' changes of a column in place and its positions without ``iloc``. Pixels that were
    computed with become bytes again.

    Args:
        result: how the program failed, or what it was warned of.
        code: the program.
        names: columns and files that are really there.
        replaceable: given files that the request may want changed. The program gets a file of its own under that name.

    Returns:
        None where the failure is another, or more than one name could be meant.
    """
    if not is_mendable(result):
        return None
    if result.error is None:
        return _mend_chained(code)
    if result.error.ename == "NameError":
        undefined = _UNDEFINED.match(result.error.evalue)
        line = IMPORTS.get(undefined[1]) if undefined else None
        return None if line is None or line in code else f"{line}\n{code}"
    if result.error.ename == "AttributeError":
        return _mend_attribute(result.error.evalue, code)
    if result.error.ename == "OSError":
        return _mend_read_only(result.error, code, replaceable)
    if result.error.ename == "TypeError":
        return _mend_pixels(code) if _PIXEL_TYPE.match(result.error.evalue) else None
    if position := _POSITION.fullmatch(result.error.evalue):
        return _mend_position(result.error, code, position[0])
    mended = _mend_series_group(result.error, code) or code
    for quoted in _QUOTED.findall(result.error.evalue):
        wrong = quoted.removeprefix("/mnt/data/")
        meant = {name for name in names if _plain(name) == _plain(wrong)}
        if wrong not in names and len(meant) == 1:
            mended = _replace_literal(mended, wrong, meant.pop())
    return mended if mended != code else None


def _mend_position(error: GuestError, code: str, position: str) -> str | None:
    """``series[0]`` is no longer a position in pandas, ``series.iloc[0]`` is."""
    where = failing_line(error, code)
    if where is None or "pd." not in code:
        return None
    lines = code.split("\n")
    number = where[0] - 1
    lines[number] = re.sub(rf"(?<=[\w\]])\[{position}\]", f".iloc[{position}]", lines[number])
    mended = "\n".join(lines)
    return mended if mended != code else None


def _mend_series_group(error: GuestError, code: str) -> str | None:
    """``revenue.groupby("region")``, where ``revenue`` was computed from columns of a table that has the group."""
    where = failing_line(error, code)
    found = _SERIES_GROUP.search(where[1]) if where else None
    if where is None or found is None or found[2] != error.evalue.strip("'\""):
        return None
    table = re.search(rf"^{found[1]} *= *\(?(\w+)\[[\"'][^\n]*[-+*/]", code, re.MULTILINE)
    if table is None:
        return None
    lines = code.split("\n")
    grouped = f'{found[1]}.groupby({table[1]}["{found[2]}"])'
    lines[where[0] - 1] = lines[where[0] - 1].replace(found[0], grouped)
    return "\n".join(lines)


def _mend_read_only(error: GuestError, code: str, replaceable: Sequence[str]) -> str | None:
    name, where = _READ_ONLY.search(error.evalue), failing_line(error, code)
    if name is None or where is None or name[1].removeprefix("/mnt/data/") not in replaceable:
        return None
    number, text = where
    lines = code.split("\n")
    indent = lines[number - 1][: len(lines[number - 1]) - len(text)]
    own = f"os.replace(shutil.copyfile({name[1]!r}, '/tmp/own'), {name[1]!r})"
    if own in code:
        return None
    lines.insert(number - 1, indent + own)
    return "\n".join(["import os, shutil", *lines])


def _mend_chained(code: str) -> str | None:
    """``df["a"].method(…, inplace=True)`` as an assignment."""
    tree = syntax_tree(code)
    if tree is None:
        return None
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    lines = code.split("\n")
    for node in sorted(statements, key=lambda node: -node.lineno):
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        kept = [word for word in call.keywords if word.arg != "inplace"]
        if isinstance(call.func.value, ast.Subscript) and len(kept) < len(call.keywords):
            call.keywords = kept
            indent = lines[node.lineno - 1][: node.col_offset]
            changed = f"{indent}{ast.unparse(call.func.value)} = {ast.unparse(call)}"
            lines[node.lineno - 1 : node.end_lineno] = [changed]
    mended = "\n".join(lines)
    return mended if mended != code else None


def _mend_pixels(code: str) -> str | None:
    """``Image.fromarray`` of numbers that are wider than a byte: they were computed with."""
    mended = re.sub(r"\bImage\.fromarray\((\w+)\)", r'Image.fromarray(\1.clip(0, 255).astype("uint8"))', code)
    return mended if mended != code else None


def _mend_attribute(evalue: str, code: str) -> str | None:
    if function := _OF_PIL.match(evalue):
        return re.sub(rf"\b\w+\.{function[1]}\(", f"Image.{function[1]}(", code)
    if _WRITER_SAVE.match(evalue) and (writer := _WRITER.search(code)):
        return re.sub(rf"\b{writer[1]}\.save\([^()\n]*\)", f"{writer[1]}.close()", code)
    return None


def _replace_literal(code: str, wrong: str, right: str) -> str:
    return re.sub(rf"(['\"])(?:/mnt/data/)?{re.escape(wrong)}\1", lambda _: repr(right), code)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
