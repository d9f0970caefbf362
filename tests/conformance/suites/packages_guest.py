"""Runs in the sandbox: one file of a package's own tests, with pytest.

The tests lie beside the sandbox's package, not in it: its folder cannot be written to.
"""

import fnmatch
import importlib
import os
import sys
import types
import zipfile
from pathlib import Path

from suite_told import TAIL, Teller

SUITE = "/tmp/suite"
LIBRARY = "/tmp/library"
WORK = "/tmp/work"
_MARKS = ("network", "db", "clipboard")
"""Of tests that need what is not here."""
_HELPERS = ("_multiarray_tests", "_operand_flag_tests", "_rational_tests", "_struct_ufunc_tests", "_umath_tests")


def prepare(archive):
    """Once a sandbox, before the state that every file starts from is kept; the archive is named after the package."""
    package = archive.partition(".")[0]
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            file.extract(name, SUITE if name.startswith(f"{package}/") else LIBRARY)
    Path(WORK).mkdir()
    os.chdir(WORK)
    sys.path.append(LIBRARY)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    _lay_over(package)
    _count_as_package()
    if package == "numpy":
        _replace_helpers()
    import hypothesis

    importlib.import_module(f"{package}.conftest")
    # The same examples in every run, whatever the suite sets.
    hypothesis.settings.register_profile("repeatable", hypothesis.settings(), derandomize=True, database=None)
    hypothesis.settings.load_profile("repeatable")


def _lay_over(package):
    """Make the suite's folders parts of the packages that have their names."""
    folders = {tests.parent for tests in Path(SUITE, package).rglob("tests") if tests.is_dir()}
    folders = [folder for folder in folders if "tests" not in folder.relative_to(SUITE).parts]
    # All are imported before one is laid over, since a package is looked for in what is laid over its parent.
    modules = [importlib.import_module(".".join(folder.relative_to(SUITE).parts)) for folder in folders]
    for folder, module in zip(folders, modules, strict=True):
        for part in (folder / "tests", *folder.parents, folder):
            if Path(SUITE) in part.parents:
                (part / "__init__.py").touch()
        module.__path__.insert(0, str(folder))


def _count_as_package():
    """Have integers in the tests as wide as in the package that they are of, not as in a program."""
    from offline_ci_guest import integers

    integers._PACKAGES = (integers._PACKAGES, f"{SUITE}/")


def _replace_helpers():
    """Stand-ins for numpy's compiled helpers, so that a file is not lost for one test that needs them."""
    core = sys.modules["numpy._core"]
    for name in _HELPERS:
        module = _Helper(f"numpy._core.{name}")
        sys.modules[module.__name__] = module
        setattr(core, name, module)
    sys.modules["numpy._core._multiarray_tests"].get_fpu_mode = int


class _Helper(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = type(name, (_Absent,), {"__module__": self.__name__})
        setattr(self, name, value)
        return value


class _Absent:
    """What a helper would have; a test that uses it is skipped."""

    in_test = False

    def __new__(cls, *_args, **_kwargs):
        if _Absent.in_test:
            import pytest

            pytest.skip(f"needs {cls.__module__}, which is compiled and not in the package")
        return super().__new__(cls)

    def __init__(self, *_args, **_kwargs):
        pass


def run(module, patterns):
    """Run a file's tests, but not those whose id fits a pattern."""
    import pytest

    (folder,) = Path(SUITE).iterdir()
    told = _Told(module, patterns)
    status = pytest.main(
        [
            "--assert=plain",
            "--capture=no",
            "--import-mode=append",  # the package itself stays what it is for `reload`
            "--rootdir",
            SUITE,
            "-c",
            str(folder / "pytest.ini"),
            *(f"-pno:{name}" for name in ("cacheprovider", "faulthandler", "terminal", "unraisableexception")),
            "-pno:threadexception",
            str(_find(folder, module)),
        ],
        plugins=[told],
    )
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        told.tell(id=module, outcome="failed", text=f"pytest ended with {status!r}. {told.error}")
    told.tell(end=module)


def _find(package, module):
    """``a/b`` is ``tests/a/b.py`` or, where the package's folders have tests of their own, ``a/tests/b.py``."""
    folder, _, name = module.rpartition("/")
    found = package / "tests" / folder / f"{name}.py"
    return found if found.exists() else package / folder / "tests" / f"{name}.py"


class _Told(Teller):
    """A plugin of pytest's that tells what becomes of each test."""

    def __init__(self, module, patterns):
        super().__init__()
        self.error = ""
        self._module, self._patterns = module, patterns

    def _id_of(self, nodeid):
        return f"{self._module}::{nodeid.partition('::')[2]}"

    def pytest_configure(self, config):
        config.option.tbstyle = "native"  # the option itself is the terminal's; the others take long to write

    def pytest_collection_modifyitems(self, items):
        kept = []
        for item in items:
            test = self._id_of(item.nodeid)
            mark = next((mark for mark in _MARKS if item.get_closest_marker(mark)), None)
            if mark:
                self.tell(id=test, outcome="skipped", text=f"marked as {mark}")
            elif any(fnmatch.fnmatchcase(test, pattern) for pattern in self._patterns):
                self.tell(id=test, outcome="not run")
            else:
                kept.append(item)
        items[:] = kept

    def pytest_collectreport(self, report):
        if report.failed:
            self.error = report.longreprtext[-TAIL:]
        elif report.skipped:
            self.tell(id=self._module, outcome="skipped", text=_reason(report))

    def pytest_runtest_logstart(self, nodeid):
        _Absent.in_test = True
        self.test_begins(self._id_of(nodeid))

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.test_failed(report.longreprtext)
        elif report.skipped:
            self.test_was_skipped(_reason(report))

    def pytest_runtest_logfinish(self, nodeid):
        _Absent.in_test = False
        self.test_ends(self._id_of(nodeid))


def _reason(report):
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail.removeprefix('reason: ')}"
    return str(report.longrepr[2]).removeprefix("Skipped: ")
