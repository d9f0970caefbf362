"""Write the tables of ``docs/conformance.md``. With ``--check``, only see whether they are up to date."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from page import write_or_check_part  # noqa: E402 - after the path

from conformance import corpus_data  # noqa: E402 - the tests' own
from conformance.suite import SUITES, Suite, read_figures, read_plan  # noqa: E402 - the same
from conformance.suite_runs import FAILED, KINDS, NOT_RUN, PASSED, SKIPPED  # noqa: E402 - the same

TARGET = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- The tables: written by tools/gen_conformance_doc.py -->\n", "<!-- The tables end. -->\n"
_HEADINGS = {
    FAILED: "why tests fail here",
    NOT_RUN: "why tests are not run",
    SKIPPED: "why the suite itself skips tests here",
}


def main() -> None:
    """Entry point."""
    for suite in SUITES:
        begin = f"<!-- {suite.name}'s tests: written by tools/gen_conformance_doc.py -->\n"
        write_or_check_part(TARGET, begin, f"<!-- {suite.name}'s tests end. -->\n", _suite(suite))
    write_or_check_part(TARGET, BEGIN, END, _corpus())


def _suite(suite: Suite) -> str:
    """Areas with their numbers, then reasons, then modules that are left out."""
    figures, plan = read_figures(suite.folder), read_plan(suite.folder)
    lines = ["| area | modules | passed | failed | not run | skipped |", "|---|---|---|---|---|---|"]
    total: Counter[str] = Counter()
    for area, modules in plan.areas.items():
        counts: Counter[str] = Counter()
        for module in modules:
            counts.update(figures.modules[module])
        lines.append(f"| {area} | {len(modules)} | {_cells(counts)} |")
        total += counts
    lines.append(f"| all | {len(plan.modules)} | {_cells(total)} |")
    rate = 100 * total[PASSED] / (total[PASSED] + total[FAILED] + total[NOT_RUN])
    lines = [
        f"{suite.name} {figures.version}'s suite; of the tests that it does not skip itself, {rate:.1f} % pass.",
        "",
        *lines,
    ]
    for kind, heading in _HEADINGS.items():
        lines += ["", f"| {heading} | tests |", "|---|---|"]
        lines += [f"| {reason} | {n} |" for reason, n in sorted(figures.reasons[kind].items(), key=lambda row: -row[1])]
    lines += ["", "| why modules are left out | modules |", "|---|---|"]
    lines += [f"| {one.reason} | {', '.join(f'`{name}`' for name in one.patterns)} |" for one in plan.left_out]
    return "\n".join(lines) + "\n"


def _cells(counts: Counter[str]) -> str:
    return " | ".join(str(counts[kind] or "") for kind in KINDS)


def _corpus() -> str:
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
