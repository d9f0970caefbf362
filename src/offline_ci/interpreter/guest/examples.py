"""Calls the functions of a program with the examples of its request, inside the sandbox.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import json
import math
from collections.abc import Sequence
from typing import Any

CHARS = 200


def main(examples: Sequence[tuple[str, str]], names: dict[str, Any]) -> str:
    """JSON: how many examples were tried, and one line for each that does not hold.

    Args:
        examples: each a call and the value that it should give, as Python expressions.
        names: of the session; an example that calls none of them is left out.
    """
    known = [(call, value) for call, value in examples if call.partition("(")[0] in names]
    lines = [_try(call, value, names) for call, value in known]
    return json.dumps({"tried": len(known), "broken": [line for line in lines if line]})


def _try(call: str, value: str, names: dict[str, Any]) -> str:
    wanted = ast.literal_eval(value)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            got = copy.copy(eval(call, names))  # noqa: S307 - in the sandbox
    except Exception as exc:  # noqa: BLE001 - whatever the function raises is what it gives
        return f"{call} raises {type(exc).__name__}: {str(exc)[:CHARS]}; it should give {value}"
    return "" if is_same(got, wanted) else f"{call} gives {repr(got)[:CHARS]}; it should give {value}"


def is_same(got: Any, wanted: Any) -> bool:
    """Whether two values are alike; fractions may differ in what an example rounds."""
    if isinstance(got, bool) != isinstance(wanted, bool):
        return False
    if isinstance(wanted, float) and isinstance(got, (int, float)):
        digits = len(repr(wanted).partition(".")[2])
        return math.isclose(got, wanted, rel_tol=1e-6) or round(got, digits) == wanted
    if isinstance(wanted, (list, tuple)) and type(got) is type(wanted):
        return len(got) == len(wanted) and all(map(is_same, got, wanted))
    try:
        return bool(got == wanted)
    except Exception:  # noqa: BLE001 - a comparison of the program's own
        return False
