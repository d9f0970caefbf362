"""numpy's and pandas' own tests for the sandbox: one file a package below the user's cache folder; once.

python tools/package_tests.py

They are in the wheels of other systems; ``tests/conformance/suites/packages.txt`` pins these, and pytest with them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
from conformance.suite import NUMPY, PANDAS, PINNED, Suite  # noqa: E402 - the tests' own
from offline_ci.artifacts.fetch.registries import pip_command, pip_options  # noqa: E402 - after the path

_TARGET = ("--python-version=3.14", "--platform=manylinux_2_27_x86_64", "--platform=manylinux_2_24_x86_64")
_NUMPY_SETTINGS = {"filterwarnings": ["ignore:the matrix subclass is not", "ignore:Importing from numpy.matlib is"]}
"""Those of ``numpy.test``."""
_OF_PANDAS = "pandas/pyproject.toml"
_OTHERWISE = {"addopts": "--no-strict-data-files", "minversion": None, "testpaths": None}
"""What is set otherwise than by pandas: the wheel is without the data of some tests, which are skipped then."""


def main() -> None:
    """Entry point."""
    suites = [suite for suite in (NUMPY, PANDAS) if not suite.archive.exists()]
    if not suites:
        return
    with tempfile.TemporaryDirectory() as folder:
        argv = [*pip_command(), "download", "--no-deps", "--only-binary=:all:", "--quiet", *pip_options(), *_TARGET]
        subprocess.run([*argv, f"--dest={folder}", f"--requirement={PINNED}"], check=True)
        for suite in suites:
            suite.pack(_members(suite, Path(folder)))


def _members(suite: Suite, wheels: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents, sorted."""
    for wheel in sorted(wheels.iterdir()):
        package = wheel.name.partition("-")[0]
        if package in {NUMPY.name, PANDAS.name} - {suite.name}:
            continue
        with zipfile.ZipFile(wheel) as file:
            for name in sorted(file.namelist()):
                if not name.endswith("/") and (package != suite.name or _is_of_tests(name, package)):
                    yield name, file.read(name)
            if package == suite.name:
                yield f"{package}/pytest.ini", _settings(file).encode()


def _is_of_tests(name: str, package: str) -> bool:
    return "/tests/" in name or name == f"{package}/conftest.py"


def _settings(wheel: zipfile.ZipFile) -> str:
    """The package's for pytest, as those of a file ``pytest.ini``."""
    settings = _NUMPY_SETTINGS
    if _OF_PANDAS in wheel.namelist():
        settings = tomllib.loads(wheel.read(_OF_PANDAS).decode())["tool"]["pytest"]["ini_options"] | _OTHERWISE
    lines = ["[pytest]"]
    for name, value in settings.items():
        if value is not None:
            lines.append(f"{name} = " + ("\n    ".join(["", *value]) if isinstance(value, list) else str(value)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
