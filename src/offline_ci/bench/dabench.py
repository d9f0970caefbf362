"""DABench: questions about tables, with answers of the form ``@name[value]``.

Source: Hu et al. 2024 (arXiv 2401.05507); InfiAgent's ``examples/DA-Agent``: questions, labels and tables lie side by
side as ``da-dev-questions.jsonl``, ``da-dev-labels.jsonl`` and ``da-dev-tables/``; ``eval_closed_form.py`` judges.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from offline_ci.bench.lines import read_lines
from offline_ci.bench.tasks import Check, RequestTask
from offline_ci.emscripten.strict_json import integer, typed
from offline_ci.errors import UsageError

_HINT: Final = "Keep da-dev-questions.jsonl, da-dev-labels.jsonl and da-dev-tables/ in one folder."
_TOLERANCE: Final = 1e-6


def is_dabench(text: str) -> bool:
    """Whether a text begins with a question of DABench."""
    try:
        first = json.loads(text.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and {"question", "format", "file_name"} <= first.keys()


def read_dabench(text: str, path: Path) -> Iterator[tuple[int, RequestTask]]:
    """Tasks with their line's number.

    Args:
        text: of the questions' file.
        path: of it; labels and tables are beside it.

    Raises:
        UsageError: something is missing or has another form; says what.
    """
    labels = path.with_name(path.name.replace("questions", "labels"))
    tables = path.with_name(path.name.partition("questions")[0] + "tables")
    if labels == path or not labels.is_file() or not tables.is_dir():
        missing = tables if labels.is_file() and labels != path else labels
        raise UsageError(f"To the questions {path} belongs {missing}, which is not there.", hint=_HINT)
    known = dict(label for _, label in read_lines(_text(labels), _read_label, path=labels, kind="label", hint=_HINT))

    def read(document: object) -> RequestTask:
        return _read_question(typed(document, dict, "it"), known, tables)

    yield from read_lines(text, read, path=path, kind="question", hint=_HINT)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", hint=_HINT) from error


def _read_label(document: object) -> tuple[int, list[Check]]:
    d = typed(document, dict, "it")
    pairs = typed(d.get("common_answers"), list, "common_answers")
    return integer(d.get("id"), "id"), [_check(typed(pair, list, "an answer")) for pair in pairs]


def _check(pair: list[Any]) -> Check:
    name, value = (typed(part, str, "an answer") for part in pair)
    return Check("answer_field", value, name=name, tolerance=_TOLERANCE)


def _read_question(d: dict[str, Any], labels: dict[int, list[Check]], tables: Path) -> RequestTask:
    number = integer(d.get("id"), "id")
    question, constraints, form, file = (
        typed(d.get(name), str, name) for name in ("question", "constraints", "format", "file_name")
    )
    if not labels.get(number):
        raise ValueError(f"the question {number} has no label")
    table = tables / Path(file).name
    if not table.is_file():
        raise ValueError(f"its table {table} is not there")
    prompt = f"{question}\n\nConstraints: {constraints}\n\nGive the answer in this form:\n{form}"
    return RequestTask(f"DABench/{number}", prompt, (table,), tuple(labels[number]))
