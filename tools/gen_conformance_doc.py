"""Write the tables of ``docs/conformance.md``. With ``--check``, only see whether they are up to date."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from page import write_or_check_part  # noqa: E402 - after the path

from conformance import corpus_data  # noqa: E402 - the tests' own

TARGET = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- The tables: written by tools/gen_conformance_doc.py -->\n", "<!-- The tables end. -->\n"


def main() -> None:
    """Entry point."""
    write_or_check_part(TARGET, BEGIN, END, _document())


def _document() -> str:
    """Areas with their numbers, then differences with their reasons."""
    programs = corpus_data.read_programs()
    differences = corpus_data.read_differences()
    sizes = Counter(program.area for program in programs)
    known = Counter(name.partition("/")[0] for name in differences)
    made_by = corpus_data.read_recording(next(iter(sizes))).made_by
    versions = ", ".join(f"{name} {version}" for name, version in made_by.items())
    lines = [f"Recorded with {versions}.", "", "| area | programs | of these differ |", "|---|---|---|"]
    lines += [f"| {area.replace('_', ' ')} | {n} | {known[area] or ''} |" for area, n in sizes.items()]
    lines += [f"| all | {sizes.total()} | {known.total()} |", "", "| program | what differs, and why |", "|---|---|"]
    lines += [f"| `{name}` | {difference.reason} |" for name, difference in differences.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
