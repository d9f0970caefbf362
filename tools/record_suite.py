"""Run all of a test suite in the sandbox, print what is unexpected, and write the figures.

python tools/record_suite.py cpython|numpy|pandas
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
import cpython_tests  # noqa: E402 - beside this file

from conformance import suite_runs  # noqa: E402 - the tests' own
from conformance.suite import (  # noqa: E402
    CPYTHON,
    SUITES,
    Figures,
    Suite,
    pinned_versions,
    read_plan,
    write_figures,
)
from conformance.suite_lanes import Lanes  # noqa: E402
from conformance.suite_runs import FAILED, KINDS, NOT_RUN, SKIPPED  # noqa: E402


def main() -> None:
    """Entry point."""
    suites = {suite.folder.name: suite for suite in SUITES}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("suite", choices=suites)
    sys.exit(_record(suites[parser.parse_args().suite]))


def _record(suite: Suite) -> bool:
    """Whether anything was unexpected."""
    begin = time.perf_counter()
    plan = read_plan(suite.folder)
    counts = {}
    reasons: dict[str, Counter[str]] = {FAILED: Counter(), NOT_RUN: Counter(), SKIPPED: Counter()}
    is_wrong = False
    with Lanes(suite, plan) as lanes:
        for module, future in lanes.submit(plan.modules).items():
            run = future.result()
            counts[module] = run.counts
            for kind, counter in suite_runs.known_reasons(plan, run).items():
                reasons[kind] += counter
            print(f"{module}: {run.counts}, {run.elapsed_s:.1f} s", flush=True)
            for line in suite_runs.verdicts(plan, run):
                is_wrong = True
                print(line, flush=True)
    by_kind = {kind: dict(counter.most_common()) for kind, counter in reasons.items()}
    version = cpython_tests.version() if suite is CPYTHON else pinned_versions()[suite.name]
    write_figures(suite.folder, Figures(version, suite.digest, by_kind, counts))
    total = {kind: sum(one[kind] for one in counts.values()) for kind in KINDS}
    print(f"{len(counts)} modules: {total}, {time.perf_counter() - begin:.0f} s", flush=True)
    return is_wrong


if __name__ == "__main__":
    main()
