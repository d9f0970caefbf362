"""Run everything that attacks us and print a table: what was tried, what held, what is known not to hold yet.

    python tools/security_table.py

Exits with pytest's status. The suites are part of ``make test`` too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
SUITES = ("tests/security", "tests/integration/test_walls.py", "tests/fuzz")


def main() -> None:
    """Entry point."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *SUITES]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if not report.exists():
            sys.exit(status)
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it just now
    Console().print(_table(cases))
    for case in cases:
        if _verdict(case) == "known":
            Console().print(f"known: {case.get('name')}: {_reason(case)}", markup=False)
    sys.exit(status)


def _table(cases: list[ET.Element]) -> Table:
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        counts.setdefault(_group(case), Counter())[_verdict(case)] += 1
    table = Table("what was tried")
    for word in ("tests", "held", "known", "FAILED"):
        table.add_column(word, justify="right")
    total: Counter[str] = Counter()
    for group, counter in sorted(counts.items()):
        _add(table, group, counter)
        total += counter
    table.add_section()
    _add(table, "all", total)
    return table


def _add(table: Table, name: str, counter: Counter[str]) -> None:
    row = (counter.total(), counter["held"], counter["known"], counter["FAILED"])
    table.add_row(name, *(str(n) if n else "" for n in row))


def _group(case: ET.Element) -> str:
    """Attack programs by their folder, other tests by their file."""
    file = case.get("classname", "").rpartition("test_")[2]
    group = case.get("name", "").partition("[")[2].partition("/")[0]
    return f"programs: {group.replace('_', ' ')}" if file == "attacks" and group else file.replace("_", " ")


def _verdict(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "FAILED"
    return "held" if case.find("skipped") is None else "known"


def _reason(case: ET.Element) -> str:
    skipped = case.find("skipped")
    return "" if skipped is None else skipped.get("message", "")


if __name__ == "__main__":
    main()
