"""Compare the sandbox with native Python and Linux, and print a table: what is the same, what is known to differ.

    python tools/conformance_table.py

Exits with pytest's status: anything that differs and is not listed, and anything listed that differs no longer, fails.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

from verdict_table import Words, run_and_print

ARGUMENTS = ("tests/conformance", "--suites=all")
_GROUPS = {
    "test_corpus": "corpus",
    "test_corpus_data": "corpus",
    "test_cpython": "CPython",
    "test_suite": "test suites",
    "test_fs_contract": "files: contract",
    "test_fs_stateful": "files: random operations",
    "test_host_checkpoints": "host: checkpoints",
}
"""The row of each test module.

The corpus and the test suites have one for each area, and one for what is said of them.
"""


def _group(case: ET.Element) -> str:
    module = next(part for part in case.get("classname", "").split(".") if part.startswith("test_"))
    group = _GROUPS.get(module, module.removeprefix("test_").replace("_", " "))
    area, slash, _ = case.get("name", "").partition("[")[2].partition("/")
    return f"{group}: {area.replace('_', ' ')}" if slash else group


if __name__ == "__main__":
    sys.exit(run_and_print(ARGUMENTS, _group, Words("group", "the same", "known")))
