"""CPython's own tests."""

from conformance import suite
from conformance.suite_tests import SuiteTests


class TestCPython(SuiteTests):
    suite = suite.CPYTHON
