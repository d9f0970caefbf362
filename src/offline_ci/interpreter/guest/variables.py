"""Lists the session's variables after a failure, so that a hint can name real columns and shapes.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import json
from types import FunctionType, ModuleType
from typing import Any

MAX_VARIABLES = 20
MAX_EXAMPLE = 150
MAX_ROWS = 5000
MAX_WORDS = 30


def main(namespace: dict[str, Any]) -> str:
    """JSON: a list of ``{"name", "kind", "columns", "words"}``."""
    found = []
    for name, value in list(namespace.items()):
        if name.startswith("_") or isinstance(value, ModuleType | FunctionType | type):
            continue
        try:
            known = {"name": name, "kind": kind(value), "columns": columns(value), "words": words(value)}
            found.append(known)
        except Exception:  # noqa: BLE001, S112 - an object of the user's that cannot be looked at
            continue
    return json.dumps(found[-MAX_VARIABLES:])


def kind(value: Any) -> str:
    """Type and size in a few words."""
    name = type(value).__name__
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        dtype = getattr(value, "dtype", None)
        return f"{name} of shape {shape}" + (f" and dtype {dtype}" if dtype is not None else "")
    if name.endswith("Image") or type(value).__module__.startswith("PIL."):
        return f"image, width {value.width}, height {value.height}, mode {value.mode}"
    if isinstance(value, dict | list | tuple | set | str):
        return f"{name} of length {len(value)}{_example(value)}"
    return name


def _example(value: Any) -> str:
    """How the first item of a list or dict looks: that is what a wrong index needs to know."""
    if not value or not isinstance(value, dict | list | tuple):
        return ""
    if isinstance(value, dict):
        key = next(iter(value))
        return f" whose item {key!r} is {repr(value[key])[:MAX_EXAMPLE]}"
    return f" whose item 0 is {repr(value[0])[:MAX_EXAMPLE]}"


def columns(value: Any) -> list[str]:
    """Column names of a table, keys of a dict."""
    if type(value).__name__ == "DataFrame":
        return [str(column) for column in value.columns][:40]
    if isinstance(value, dict):
        return [str(key) for key in value][:40]
    return []


def words(value: Any) -> dict[str, list[str]]:
    """The distinct texts of each column of a table that has few of them."""
    if type(value).__name__ != "DataFrame":
        return {}
    found = {}
    for column in list(value.columns)[:40]:
        distinct = list(dict.fromkeys(cell for cell in value[column].head(MAX_ROWS) if isinstance(cell, str)))
        if 0 < len(distinct) <= MAX_WORDS:
            found[str(column)] = [word[:40] for word in distinct]
    return found
