"""pandas' own tests."""

from conformance import suite
from conformance.suite_tests import SuiteTests


class TestPandas(SuiteTests):
    suite = suite.PANDAS
