"""What is read of a test suite and from a module's run, and what is taken for unexpected."""

import json
import zipfile
from dataclasses import replace

import pytest

from conformance import suite, suite_runs
from conformance.suite import Figures, Known, Plan
from conformance.suite_runs import FAILED, NOT_RUN, PASSED, SKIPPED, Outcome, Run
from offline_ci import ExecutionResult
from offline_ci._env import data_file

PLAN = Plan(
    areas={"a": ("test_a", "test_b", "test_a.test_c"), "b": ("x/test_d",)},
    sample=("test_a",),
    left_out=(),
    fails=(Known("it is so", ("test_a.T.test_one", "test_b.T.*")),),
    not_run=(Known("it hangs", ("test_a.T.test_slow",)),),
    skips=(Known("no network", ("requires .*network",)),),
)


def line(text):
    return f"\n\x1e{text}\n"


def run_of(module="test_a", parts=None, **tests):
    found = {f"{module}.T.{name}": Outcome(*outcome) for name, outcome in tests.items()}
    return Run(module, found, parts or {}, 0.0)


def test_what_the_guest_tells_is_read_between_what_tests_print():
    told = line('{"begin": "m.a"}') + "printed" + line('{"id": "m.a", "outcome": "passed", "s": 1.5}')
    told += line('{"id": "m.b", "outcome": "skipped", "text": "why"}') + line('{"part": "m.a (i=1)", "text": "no"}')
    run = suite_runs.parse_run("m", ExecutionResult("ok", stdout=told + line('{"end": "m"}')))
    assert run.tests == {"m.a": Outcome(PASSED, "", 1.5), "m.b": Outcome(SKIPPED, "why")}
    assert run.skips == [("m.b", "why"), ("m.a (i=1)", "no")]
    assert run.counts == {PASSED: 1, FAILED: 0, NOT_RUN: 0, SKIPPED: 1}


def test_where_a_run_ends_early_the_test_that_it_was_in_failed():
    told = line('{"begin": "m.a"}') + line('{"id": "m.a", "outcome": "passed"}') + line('{"begin": "m.b"}')
    run = suite_runs.parse_run("m", ExecutionResult("trap", stdout=told, stderr="deep", elapsed_s=2.0))
    assert run.tests["m.a"].kind == PASSED
    assert run.tests["m.b"] == Outcome(FAILED, "The run ended here: trap\ndeep", 2.0)
    assert run.broken_in == "m.b"


def test_where_a_run_ends_between_tests_the_module_failed():
    told = line('{"begin": "m.a"}') + line('{"id": "m.a", "outcome": "passed"}')
    run = suite_runs.parse_run("m", ExecutionResult("time_limit", stdout=told))
    assert run.tests["m"].kind == FAILED


def test_of_two_tests_with_one_name_the_one_that_failed_counts():
    told = line('{"id": "m.a", "outcome": "failed", "text": "x"}') + line('{"id": "m.a", "outcome": "passed"}')
    run = suite_runs.parse_run("m", ExecutionResult("ok", stdout=told + line('{"end": "m"}')))
    assert run.tests == {"m.a": Outcome(FAILED, "x")}


@pytest.mark.parametrize(
    ("run", "found"),
    [
        (run_of(test_two=[PASSED], test_one=[FAILED], test_slow=[NOT_RUN]), []),
        (run_of(test_two=[SKIPPED, "requires a network"]), []),
        (run_of(test_two=[FAILED, "Traceback"]), ["test_a.T.test_two failed: mend it"]),
        (run_of(test_one=[PASSED]), ["test_a.T.test_one passes now: take it out"]),
        (run_of(test_one=[SKIPPED, "too slow"]), ["test_a.T.test_one was skipped, and 'too slow' fits nothing"]),
        (run_of(parts={"test_a.T.x (i=1)": "odd"}), ["test_a.T.x (i=1) was skipped, and 'odd' fits nothing"]),
    ],
)
def test_only_what_passes_or_is_known_is_expected(run, found):
    verdicts = suite_runs.verdicts(PLAN, run)
    assert len(verdicts) == len(found)
    assert all(verdict.startswith(start) for verdict, start in zip(verdicts, found, strict=True))


def test_a_test_that_ends_the_run_is_unexpected_even_where_it_is_known_to_fail():
    run = run_of(test_one=[FAILED, "The run ended here: trap"])
    (verdict,) = suite_runs.verdicts(PLAN, replace(run, broken_in="test_a.T.test_one"))
    assert verdict.startswith("test_a.T.test_one ended the run: mend it, or list it in `not_run`")


def test_known_reasons_are_counted():
    run = run_of("test_b", x=[FAILED], y=[FAILED], z=[SKIPPED, "requires the network"], w=[PASSED])
    assert suite_runs.known_reasons(PLAN, run) == {FAILED: {"it is so": 2}, NOT_RUN: {}, SKIPPED: {"no network": 1}}


def test_a_pattern_that_fits_no_test_of_its_module_is_idle():
    run = run_of(test_two=[PASSED])
    assert suite_runs.idle_patterns(PLAN, [run]) == ["test_a.T.test_one", "test_a.T.test_slow"]
    assert suite_runs.idle_patterns(PLAN, []) == []


def test_a_pattern_of_skips_is_idle_only_where_everything_was_run():
    runs = [run_of(test_one=[FAILED], test_slow=[NOT_RUN]), run_of("test_b", x=[FAILED])]
    runs += [run_of("test_a.test_c"), run_of("x/test_d")]
    assert suite_runs.idle_patterns(PLAN, runs) == ["requires .*network"]


def test_a_pattern_is_of_the_module_that_it_begins_with():
    assert PLAN.module_of("test_a.test_c.T.x") == "test_a.test_c"
    assert PLAN.module_of("x/test_d::T::test_e[1.5]") == "x/test_d"
    assert PLAN.module_of("test_a: setUpClass (test_a.T)") == "test_a"
    with pytest.raises(ValueError, match=r"test_ax\.T does not begin"):
        PLAN.module_of("test_ax.T")


@pytest.mark.parametrize(
    ("one", "names", "modules"),
    [
        (
            suite.CPYTHON,
            ["test/test_json/__init__.py", "test/test_re.py", "test/support/x.py"],
            {"test_json", "test_re"},
        ),
        (suite.NUMPY, ["numpy/tests/test_a.py", "numpy/lib/tests/test_b.py", "pytest/x.py"], {"test_a", "lib/test_b"}),
        (suite.PANDAS, ["pandas/tests/io/test_a.py", "pandas/tests/io/b.py", "pandas/conftest.py"], {"io/test_a"}),
    ],
)
def test_modules_are_found_in_the_archive(one, names, modules, tmp_path):
    archive = tmp_path / "tests.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(name, "")
    assert replace(one, archive=archive).modules() == modules


def test_figures_are_read_as_they_were_written(tmp_path):
    figures = Figures("1.2", "abc", {FAILED: {"it is so": 2}}, {"test_a": {PASSED: 1}, "x/test_b": {PASSED: 2}})
    suite.write_figures(tmp_path, figures)
    assert suite.read_figures(tmp_path) == figures
    assert '\n  "x/test_b": {"passed": 2}\n' in (tmp_path / "figures.json").read_text()


def test_a_table_of_known_tests_without_a_reason_is_refused(tmp_path):
    (tmp_path / "modules.toml").write_text("sample = []\nareas = {}\nleft_out = []\n")
    (tmp_path / "known.toml").write_text('[[fails]]\ntests = ["test_a.T.x"]\n')
    with pytest.raises(ValueError, match="needs `reason` and `tests`"):
        suite.read_plan(tmp_path)


@pytest.mark.parametrize("name", ["numpy", "pandas"])
def test_packages_are_tested_by_the_suites_of_the_versions_that_the_sandbox_has(name):
    lock = json.loads(data_file("wasm_runtime/runtime.lock.json").read_text())
    version = suite.pinned_versions()[name]
    assert any(file["file"].startswith(f"{name}-{version}-") for file in lock["files"])
