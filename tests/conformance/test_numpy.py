"""numpy's own tests."""

from conformance import suite
from conformance.suite_tests import SuiteTests


class TestNumpy(SuiteTests):
    suite = suite.NUMPY
