"""Runs in the sandbox: one module of CPython's test suite, with unittest."""

import fnmatch
import importlib
import os
import sys
import traceback
import types
import unittest
import zipfile
from pathlib import Path

from suite_told import TAIL, Teller

SUITE = "/tmp/suite"
WORK = "/tmp/work"
_PACKAGE = "test."


def prepare(archive):
    """Once a sandbox, before the state that every module starts from is kept."""
    with zipfile.ZipFile(archive) as file:
        file.extractall(SUITE)
    Path(WORK).mkdir()
    os.chdir(WORK)
    sys.path.insert(0, SUITE)
    sys.path.insert(0, WORK)
    from test import support

    # The real one takes tests of translations from a module that needs other programs, and argparse's with them.
    sys.modules["test.support.i18n_helper"] = helper = types.ModuleType("test.support.i18n_helper")
    helper.TestTranslationsBase, helper.update_translation_snapshots = _Translations, None
    support.use_resources = {}  # as regrtest's default: nothing that takes long, makes noise or needs a network
    support.verbose = 0


class _Translations(unittest.TestCase):
    def assertMsgidsEqual(self, module):  # noqa: N802
        self.skipTest("requires subprocess support")


def run(name, patterns):
    """Run a module's tests, but not those whose id fits a pattern."""
    told = _Told(name)
    package, dot, _ = name.rpartition(".")
    if dot:  # the package would have all of its modules skipped, since some need sockets
        sys.modules[_PACKAGE + package] = stub = types.ModuleType(_PACKAGE + package)
        stub.__path__ = [f"{SUITE}/test/{package}"]
    try:
        module = importlib.import_module(_PACKAGE + name)
        suite = unittest.TestLoader().loadTestsFromModule(module)
    except unittest.SkipTest as reason:
        told.tell(id=name, outcome="skipped", text=str(reason))
    except Exception:  # noqa: BLE001 - a module that cannot be imported is one that failed
        told.tell(id=name, outcome="failed", text=traceback.format_exc()[-TAIL:])
    else:
        _leave_out(suite, patterns, told)
        suite.run(told)
    told.tell(end=name)


def _leave_out(suite, patterns, told):
    """Take the tests that fit out of a suite and its suites."""
    kept = []
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            _leave_out(test, patterns, told)
        elif any(fnmatch.fnmatchcase(told.id_of(test), pattern) for pattern in patterns):
            told.tell(id=told.id_of(test), outcome="not run")
            continue
        kept.append(test)
    suite._tests = kept


class _Told(Teller, unittest.TestResult):
    """Tells what becomes of each test."""

    def __init__(self, module):
        Teller.__init__(self)
        unittest.TestResult.__init__(self)
        self._module = module

    def id_of(self, test):
        """A test's id without the package that all are in, beginning with the module."""
        name = test.id().replace(f"({_PACKAGE}", "(").removeprefix(_PACKAGE)
        return name if name.startswith(f"{self._module}.") else f"{self._module}: {name}"

    def startTest(self, test):  # noqa: N802 - unittest's name, as those below
        self.test_begins(self.id_of(test))

    def stopTest(self, test):  # noqa: N802
        self.test_ends(self.id_of(test))

    def _failed(self, test, text):
        if type(test).__name__ == "_ErrorHolder":  # of setUpClass and its kind: no test begins, and none ends
            self.tell(id=self.id_of(test), outcome="failed", text=text[-TAIL:])
        else:
            self.test_failed(text)

    def addError(self, test, err):  # noqa: N802
        self._failed(test, _formatted(err))

    addFailure = addError  # noqa: N815

    def addSubTest(self, test, subtest, err):  # noqa: N802
        if err is not None:
            self._failed(test, f"{subtest._subDescription()}: {_formatted(err)}")

    def addUnexpectedSuccess(self, test):  # noqa: N802
        self._failed(test, "It was expected to fail, and passed.")

    def addExpectedFailure(self, test, err):  # noqa: N802
        pass

    def addSkip(self, test, reason):  # noqa: N802
        if type(test).__name__ == "_ErrorHolder":
            self.tell(id=self.id_of(test), outcome="skipped", text=str(reason))
        elif isinstance(test, unittest.case._SubTest):
            self.tell(part=self.id_of(test), text=str(reason))
        else:
            self.test_was_skipped(str(reason))


def _formatted(err):
    return "".join(traceback.format_exception(*err))
