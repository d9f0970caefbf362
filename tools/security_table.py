"""Run everything that attacks us and print a table: what was tried, what held, what is known not to hold yet.

    python tools/security_table.py

Exits with pytest's status. The suites are part of ``make test`` too.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

from verdict_table import Words, run_and_print

SUITES = ("tests/security", "tests/integration/test_walls.py", "tests/fuzz")


def _group(case: ET.Element) -> str:
    """Attack programs by their folder, other tests by their file."""
    file = case.get("classname", "").rpartition("test_")[2]
    group = case.get("name", "").partition("[")[2].partition("/")[0]
    return f"programs: {group.replace('_', ' ')}" if file == "attacks" and group else file.replace("_", " ")


if __name__ == "__main__":
    sys.exit(run_and_print(SUITES, _group, Words("what was tried", "held", "known")))
