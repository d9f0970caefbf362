"""CPython's own test suite for the sandbox: Debian unstable's, in one file below the user's cache folder; once.

python tools/cpython_tests.py                  # get it
python tools/cpython_tests.py --lib PATH       # take it from a CPython 3.14's library instead: the folder with `test`
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
from debian_unstable import unpack  # noqa: E402 - beside this file

from conformance.suite import CPYTHON  # noqa: E402 - the tests' own

ARCHIVE = CPYTHON.archive
_PYTHON = "python3.14"
_PACKAGES = (f"lib{_PYTHON}-testsuite", f"lib{_PYTHON}-stdlib")
"""The tests, and what they all import: ``test.support``."""
_PACKED = ("test/**/*", "_pydecimal.py", "dbm/*.py")
"""Beside the tests, what those of ``pickle`` and ``decimal`` import and Pyodide leaves out."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lib", type=Path, help="a folder that holds CPython's `test` package, all of it")
    options = parser.parse_args()
    if options.lib or not ARCHIVE.exists():
        _get(options.lib)


def _get(library: Path | None) -> None:
    """Pack the suite, sorted."""
    library = library or unpack(_PACKAGES, ARCHIVE.parent / "debian") / "usr" / "lib" / _PYTHON
    if not all((library / "test" / name).is_dir() for name in ("support", "test_json")):
        sys.exit(f"{library} does not hold CPython's tests. Name the folder that has its `test` package: --lib PATH")
    paths = sorted(path for pattern in _PACKED for path in library.glob(pattern))
    CPYTHON.pack(
        (path.relative_to(library).as_posix(), path.read_bytes())
        for path in paths
        if path.is_file() and path.suffix != ".pyc"
    )


def version() -> str:
    """The suite's, as Debian's package tells; of another suite nobody knows."""
    for path in (ARCHIVE.parent / "debian" / "root" / "usr" / "lib" / _PYTHON).glob("_sysconfig_vars_*.json"):
        return str(json.loads(path.read_text(encoding="utf-8"))["py_version"])
    return f"{_PYTHON.removeprefix('python')}, of --lib"


if __name__ == "__main__":
    main()
