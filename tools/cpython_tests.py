"""CPython's own test suite for the sandbox: Debian unstable's, in one file below the user's cache folder; once.

python tools/cpython_tests.py                  # get it
python tools/cpython_tests.py --lib PATH       # take it from a CPython 3.14's library instead: the folder with `test`
python tools/cpython_tests.py --record         # run all of it in the sandbox and write cpython/figures.json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
from debian_unstable import unpack  # noqa: E402 - beside this file

from conformance import cpython_suite  # noqa: E402 - the tests' own
from conformance.cpython_lanes import Lanes  # noqa: E402
from conformance.cpython_suite import ARCHIVE, FAILED, KINDS, NOT_RUN, SKIPPED, Figures  # noqa: E402

_PYTHON = "python3.14"
_PACKAGES = (f"lib{_PYTHON}-testsuite", f"lib{_PYTHON}-stdlib")
"""The tests, and what they all import: ``test.support``."""
_PACKED = ("test/**/*", "_pydecimal.py", "dbm/*.py")
"""Beside the tests, what those of ``pickle`` and ``decimal`` import and Pyodide leaves out."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lib", type=Path, help="a folder that holds CPython's `test` package, all of it")
    parser.add_argument("--record", action="store_true", help="run all and write the figures")
    options = parser.parse_args()
    if options.lib or not ARCHIVE.exists():
        _get(options.lib)
    if options.record:
        sys.exit(_record())


def _get(library: Path | None) -> None:
    """Pack the suite: sorted, not compressed and without times, so that it has the same bytes everywhere."""
    library = library or unpack(_PACKAGES, ARCHIVE.parent / "debian") / "usr" / "lib" / _PYTHON
    if not all((library / "test" / name).is_dir() for name in ("support", "test_json")):
        sys.exit(f"{library} does not hold CPython's tests. Name the folder that has its `test` package: --lib PATH")
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    part = ARCHIVE.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for path in sorted(path for pattern in _PACKED for path in library.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                archive.writestr(zipfile.ZipInfo(path.relative_to(library).as_posix()), path.read_bytes())
    part.replace(ARCHIVE)
    print(f"[cpython tests] {ARCHIVE}", flush=True)


def _record() -> bool:
    """Run everything, print what is unexpected, and write the figures; whether anything was."""
    begin = time.perf_counter()
    plan = cpython_suite.read_plan()
    counts = {}
    reasons: dict[str, Counter[str]] = {FAILED: Counter(), NOT_RUN: Counter(), SKIPPED: Counter()}
    is_wrong = False
    with Lanes(plan) as lanes:
        for module, future in lanes.submit(plan.modules).items():
            run = future.result()
            counts[module] = run.counts
            for kind, counter in cpython_suite.known_reasons(plan, run).items():
                reasons[kind] += counter
            print(f"{module}: {run.counts}, {run.elapsed_s:.1f} s", flush=True)
            for line in cpython_suite.verdicts(plan, run):
                is_wrong = True
                print(line, flush=True)
    by_kind = {kind: dict(counter.most_common()) for kind, counter in reasons.items()}
    cpython_suite.write_figures(Figures(_version(), cpython_suite.archive_digest(), by_kind, counts))
    total = {kind: sum(one[kind] for one in counts.values()) for kind in KINDS}
    print(f"{len(counts)} modules: {total}, {time.perf_counter() - begin:.0f} s", flush=True)
    return is_wrong


def _version() -> str:
    """The suite's, as Debian's package tells; of another suite nobody knows."""
    for path in (ARCHIVE.parent / "debian" / "root" / "usr" / "lib" / _PYTHON).glob("_sysconfig_vars_*.json"):
        return str(json.loads(path.read_text(encoding="utf-8"))["py_version"])
    return f"{_PYTHON.removeprefix('python')}, of --lib"


if __name__ == "__main__":
    main()
