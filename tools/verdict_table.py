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


def run_and_print(suites: tuple[str, ...], group: Callable[[ET.Element], str], words: Words) -> int:
    """Run pytest and print the table, and why each known failure is known.

    Args:
        suites: files and folders, relative to the project.
        group: the row of a test, from its ``testcase`` element of a JUnit report.
        words: headings.

    Returns:
        pytest's exit status.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *suites]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if not report.exists():
            return status
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it just now
    console = Console()
    console.print(_table(cases, group, words))
    for case in cases:
        if _verdict(case, words) == words.expected:
            console.print(f"{words.expected}: {_name(case)}: {_reason(case)}", markup=False, soft_wrap=True)
    return status


def _table(cases: list[ET.Element], group: Callable[[ET.Element], str], words: Words) -> Table:
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        counts.setdefault(group(case), Counter())[_verdict(case, words)] += 1
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


def _verdict(case: ET.Element, words: Words) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "FAILED"
    return words.passed if case.find("skipped") is None else words.expected


def _name(case: ET.Element) -> str:
    """What the test is of, where it is one of many; else its own name."""
    name, bracket, of = case.get("name", "").partition("[")
    return of.removesuffix("]") if bracket else name


def _reason(case: ET.Element) -> str:
    skipped = case.find("skipped")
    return "" if skipped is None else skipped.get("message", "")
