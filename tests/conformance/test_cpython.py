"""CPython's own tests pass in the sandbox, or are known to fail; those of every module that makes sense here.

``make test`` runs a sample of the modules; ``make conformance`` runs all, with ``--cpython-tests=all``.
"""

import re
import zipfile

import pytest

from conformance import cpython_suite
from conformance.cpython_lanes import TIME_S, Lanes
from conformance.cpython_suite import ARCHIVE, FAILED, NOT_RUN, PASSED

PLAN = cpython_suite.read_plan()
FIGURES = cpython_suite.read_figures()
GET = "python tools/cpython_tests.py"
RECORD = f"{GET} --record"


def pytest_generate_tests(metafunc):
    if "module" in metafunc.fixturenames:
        modules = PLAN.modules if metafunc.config.getoption("cpython_tests") == "all" else PLAN.sample
        areas = {module: area.replace(" ", "_") for area, names in PLAN.areas.items() for module in names}
        metafunc.parametrize("module", modules, ids=[f"{areas[module]}/{module}" for module in modules])


@pytest.fixture(scope="module")
def archive():
    assert ARCHIVE.exists(), f"CPython's test suite is not there. Get it: {GET}"
    return ARCHIVE


@pytest.fixture(scope="module")
def is_recorded(archive):
    """Whether the suite is the very one that everything was recorded with."""
    return cpython_suite.archive_digest() == FIGURES.digest


@pytest.fixture(scope="module")
def runs(archive, request):
    """The modules that were chosen, begun in this order."""
    items = [item for item in request.session.items if item.module is request.module and hasattr(item, "callspec")]
    with Lanes(PLAN) as lanes:
        yield lanes.submit([item.callspec.params["module"] for item in items])


@pytest.mark.runtime
@pytest.mark.timeout(2 * TIME_S)
def test_cpythons_tests_pass_or_are_known_to_fail(runs, module, is_recorded, record_property):
    run = runs[module].result()
    wrong = cpython_suite.verdicts(PLAN, run)
    reasons = cpython_suite.known_reasons(PLAN, run)
    record_property("passed", run.counts[PASSED])
    record_property("expected", reasons[FAILED].total() + reasons[NOT_RUN].total())
    record_property("failed", len(wrong))
    lines = [f"{n} {kind}: {reason}" for kind in (FAILED, NOT_RUN) for reason, n in reasons[kind].items()]
    record_property("reasons", "\n".join(lines))
    text = "\n\n".join(wrong)
    if wrong and not is_recorded and len(wrong) <= max(3, len(run.tests) // 10):
        pytest.xfail(f"Debian's suite is newer than that of {FIGURES.version}, which was recorded ({RECORD}): {text}")
    assert not wrong, text
    assert not is_recorded or run.counts == FIGURES.modules[module], f"not as was recorded: {RECORD}"


@pytest.mark.runtime
@pytest.mark.timeout(0)
def test_every_pattern_fits_a_test(runs, is_recorded):
    idle = cpython_suite.idle_patterns(PLAN, [run.result() for run in runs.values()])
    assert not idle or not is_recorded, f"take these out of known.toml: {idle}"


def test_every_module_of_the_suite_is_run_or_left_out_with_a_reason(archive, is_recorded):
    with zipfile.ZipFile(archive) as file:
        there = {match[1] for match in map(re.compile(r"test/(test_\w+)(?:\.py$|/)").match, file.namelist()) if match}
    left_out = {module for one in PLAN.left_out for module in one.patterns}
    assert not left_out & set(PLAN.modules)
    assert {module.partition(".")[0] for module in left_out | set(PLAN.modules)} == there or not is_recorded


def test_the_figures_are_of_the_modules_that_are_run():
    assert list(FIGURES.modules) == PLAN.modules, RECORD


def test_every_pattern_is_of_a_module_that_is_run():
    for one in (*PLAN.fails, *PLAN.not_run):
        assert all(cpython_suite.module_of(PLAN, pattern) for pattern in one.patterns)


def test_the_sample_is_of_the_modules_that_are_run():
    assert set(PLAN.sample) <= set(PLAN.modules)
