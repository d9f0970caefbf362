"""Suites of one's own: requests, and what must hold of their outcome. TOML, or JSON lines with the same fields."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

from offline_ci.bench.tasks import Check, CheckKind, RequestTask
from offline_ci.emscripten.strict_json import typed
from offline_ci.errors import UsageError

_FIELDS: Final = frozenset({"id", "prompt", "files", "checks", "reference"})
_OWN: Final = tuple(kind for kind in get_args(CheckKind) if kind != "answer_field")


def read_toml(text: str, path: Path) -> Iterator[tuple[int, RequestTask]]:
    """Tasks of a TOML file, each a table of the array ``task``, with their numbers from 1.

    Raises:
        UsageError: it is no TOML, or something in it is no task; says which and why.
    """
    hint = "docs/bench.md has an example."
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}.", hint=hint) from error
    tables = document.pop("task", [])
    if document or not isinstance(tables, list):
        raise UsageError(f"{path} has {', '.join(document) or 'one task'} beside its tasks [[task]].", hint=hint)
    for number, table in enumerate(tables, 1):
        try:
            task = read_request(typed(table, dict, "it"), path.parent)
        except ValueError as error:
            raise UsageError(f"{path}, task {number} is no task: {error}.", hint=hint) from error
        yield number, task


def read_request(d: dict[str, Any], folder: Path) -> RequestTask:
    """A task from its fields: ``id``, ``prompt``, ``checks``, and perhaps ``files`` and ``reference``.

    Args:
        d: the fields.
        folder: where its files are.

    Raises:
        ValueError: it is none; says why.
    """
    if unknown := sorted(d.keys() - _FIELDS):
        raise ValueError(f"it has {unknown[0]!r}, which is none of {', '.join(sorted(_FIELDS))}")
    files = [folder / typed(name, str, "a file's name") for name in typed(d.get("files", []), list, "files")]
    for file in files:
        if not file.is_file():
            raise ValueError(f"its file {file} is not there")
    if len({file.name for file in files}) < len(files):
        raise ValueError("two of its files have the same name")
    checks = [_read_check(typed(check, dict, "a check")) for check in typed(d.get("checks"), list, "checks")]
    if not checks:
        raise ValueError("it has no checks: whatever comes of it would pass")
    prompt = typed(d.get("prompt"), str, "prompt")
    if not prompt.strip():
        raise ValueError("its prompt is empty")
    reference = d.get("reference")
    return RequestTask(
        task_id=typed(d.get("id"), str, "id"),
        prompt=prompt,
        files=tuple(files),
        checks=tuple(checks),
        reference=None if reference is None else typed(reference, str, "reference"),
    )


def _read_check(d: dict[str, Any]) -> Check:
    kinds = [kind for kind in _OWN if kind in d]
    if len(kinds) != 1:
        raise ValueError(f"a check has {len(kinds)} of {', '.join(_OWN)} instead of one")
    kind: CheckKind = kinds[0]
    if more := sorted(d.keys() - {kind, *(["tolerance"] if kind == "answer_number" else [])}):
        raise ValueError(f"a check {kind} has {more[0]!r}, which it does not know")
    value = d[kind]
    if kind == "answer_number":
        number = _number(value, kind)
        return Check(kind, repr(value), tolerance=_number(d.get("tolerance", 1e-6 * abs(number)), "tolerance"))
    text = typed(value, str, kind)
    if not text:
        raise ValueError(f"a check {kind} is empty")
    if kind == "answer_matches":
        _compiles(text)
    if kind == "python":
        _parses(text)
    return Check(kind, text)


def _number(value: object, where: str) -> float:
    if type(value) not in {int, float} or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(f"{where} is {value!r}, which is no number")
    return float(value)  # type: ignore[arg-type]


def _compiles(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def _parses(program: str) -> None:
    try:
        compile(program, "<check>", "exec")
    except SyntaxError as error:
        raise ValueError(f"a check's program is no Python: {error}") from error
