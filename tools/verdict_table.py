"""Run tests and print a table of what they found, by group."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Words:
    """Headings of the table.

    Attributes:
        group: what a row is.
        passed: tests that passed.
        expected: tests that are known to fail, or known differences; they do not count as failures.
    """

    group: str
    passed: str
    expected: str


def run_and_print(arguments: tuple[str, ...], group: Callable[[ET.Element], str], words: Words) -> int:
    """Run pytest and print the table, and why each known failure is known.

    A test that stands for many records how many of them ``passed``, are ``expected`` to fail and ``failed``, and
    ``reasons``, a line each, as properties.

    Args:
        arguments: files and folders, relative to the project, and pytest's options.
        group: the row of a test, from its ``testcase`` element of a JUnit report.
        words: headings.

    Returns:
        pytest's exit status.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if not report.exists():
            return status
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it just now
    console = Console()
    console.print(_table(cases, group, words))
    for case in cases:
        for reason in _reasons(case):
            console.print(f"{words.expected}: {_name(case)}: {reason}", markup=False, soft_wrap=True)
    return status


def _table(cases: list[ET.Element], group: Callable[[ET.Element], str], words: Words) -> Table:
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        counts.setdefault(group(case), Counter()).update(_counts(case, words))
    table = Table(words.group)
    for word in ("tests", words.passed, words.expected, "FAILED"):
        table.add_column(word, justify="right")
    total: Counter[str] = Counter()
    for name, counter in sorted(counts.items()):
        _add(table, name, counter, words)
        total += counter
    table.add_section()
    _add(table, "all", total, words)
    return table


def _add(table: Table, name: str, counter: Counter[str], words: Words) -> None:
    row = (counter.total(), counter[words.passed], counter[words.expected], counter["FAILED"])
    table.add_row(name, *(str(n) if n else "" for n in row))


def _counts(case: ET.Element, words: Words) -> dict[str, int]:
    is_failure = case.find("failure") is not None or case.find("error") is not None
    many = _properties(case)
    if many:
        failed = max(int(many["failed"]), 1) if is_failure else 0
        return {words.passed: int(many["passed"]), words.expected: int(many["expected"]), "FAILED": failed}
    if is_failure:
        return {"FAILED": 1}
    return {words.passed if case.find("skipped") is None else words.expected: 1}


def _properties(case: ET.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in case.iter("property")}


def _name(case: ET.Element) -> str:
    """What the test is of, where it is one of many; else its own name."""
    name, bracket, of = case.get("name", "").partition("[")
    return of.removesuffix("]") if bracket else name


def _reasons(case: ET.Element) -> list[str]:
    """Why it is expected to fail, or why those that it stands for are."""
    skipped = case.find("skipped")
    reasons = [] if skipped is None else [skipped.get("message", "")]
    return reasons + _properties(case).get("reasons", "").splitlines()
