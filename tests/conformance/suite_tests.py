"""What must hold of each test suite that is run in the sandbox; a module of tests says of which.

``make test`` runs a sample of a suite's modules; ``make conformance`` runs all, with ``--suites=all``.
"""

from fnmatch import fnmatchcase

import pytest

from conformance import suite_runs
from conformance.suite import Suite, read_figures, read_plan
from conformance.suite_lanes import TIME_S, Lanes
from conformance.suite_runs import FAILED, NOT_RUN, PASSED


class SuiteTests:
    """A suite's own tests pass in the sandbox, or are known to fail; those of every module that makes sense here."""

    suite: Suite

    def __init_subclass__(cls):
        cls.plan, cls.figures = read_plan(cls.suite.folder), read_figures(cls.suite.folder)

    def pytest_generate_tests(self, metafunc):
        if "module" in metafunc.fixturenames:
            modules = self.plan.modules if metafunc.config.getoption("suites") == "all" else self.plan.sample
            areas = {module: area.replace(" ", "_") for area, names in self.plan.areas.items() for module in names}
            metafunc.parametrize("module", modules, ids=[f"{areas[module]}/{module}" for module in modules])

    @pytest.fixture(scope="class")
    @classmethod
    def archive(cls):
        assert cls.suite.archive.exists(), f"The tests of {cls.suite.name} are not there: {cls.suite.get}"
        return cls.suite.archive

    @pytest.fixture(scope="class")
    @classmethod
    def is_recorded(cls, archive):
        """Whether the suite is the very one that everything was recorded with."""
        return cls.suite.digest == cls.figures.digest

    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls, archive, request):
        """The modules that were chosen, begun in this order."""
        items = [item for item in request.session.items if item.cls is cls and hasattr(item, "callspec")]
        with Lanes(cls.suite, cls.plan) as lanes:
            yield lanes.submit([item.callspec.params["module"] for item in items])

    @pytest.mark.runtime
    @pytest.mark.timeout(2 * TIME_S)
    def test_its_tests_pass_or_are_known_to_fail(self, runs, module, is_recorded, record_property):
        run = runs[module].result()
        wrong = suite_runs.verdicts(self.plan, run)
        reasons = suite_runs.known_reasons(self.plan, run)
        record_property("passed", run.counts[PASSED])
        record_property("expected", reasons[FAILED].total() + reasons[NOT_RUN].total())
        record_property("failed", len(wrong))
        lines = [f"{n} {kind}: {reason}" for kind in (FAILED, NOT_RUN) for reason, n in reasons[kind].items()]
        record_property("reasons", "\n".join(lines))
        text = "\n\n".join(wrong)
        if wrong and not is_recorded and len(wrong) <= max(3, len(run.tests) // 10):
            pytest.xfail(f"This suite is not that of {self.figures.version} ({self.suite.record}): {text}")
        assert not wrong, text
        assert not is_recorded or run.counts == self.figures.modules[module], f"not as recorded: {self.suite.record}"

    @pytest.mark.runtime
    @pytest.mark.timeout(0)
    def test_every_pattern_fits_a_test(self, runs, is_recorded):
        idle = suite_runs.idle_patterns(self.plan, [run.result() for run in runs.values()])
        assert not idle or not is_recorded, f"take these out of known.toml: {idle}"

    def test_every_module_is_run_or_left_out_with_a_reason(self, is_recorded):
        there, patterns = self.suite.modules(), [pattern for one in self.plan.left_out for pattern in one.patterns]
        left_out = {module for module in there if any(fnmatchcase(module, pattern) for pattern in patterns)}
        assert not left_out & set(self.plan.modules)
        assert left_out | {_whole(module) for module in self.plan.modules} == there or not is_recorded
        idle = [pattern for pattern in patterns if not any(fnmatchcase(one, _whole(pattern)) for one in there)]
        assert not idle or not is_recorded, f"take these out of modules.toml: {idle}"

    def test_the_figures_are_of_the_modules_that_are_run(self):
        assert list(self.figures.modules) == list(self.plan.modules), self.suite.record

    def test_every_pattern_is_of_a_module_that_is_run(self):
        for one in (*self.plan.fails, *self.plan.not_run):
            assert all(self.plan.module_of(pattern) for pattern in one.patterns)

    def test_the_sample_is_of_the_modules_that_are_run(self):
        assert set(self.plan.sample) <= set(self.plan.modules)


def _whole(module):
    """The package, where a module of CPython's suite is a part of one."""
    return module.partition(".")[0]
