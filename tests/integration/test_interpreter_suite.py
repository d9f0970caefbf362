"""The interpreter's suite in the real sandbox: reference solutions pass, planted mistakes do not."""

from dataclasses import replace

import pytest
from interpreter_run import reference_model, run_case
from suites.interpreter import SEEDS, SUITES, all_tasks

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

TASKS = all_tasks()
KINDS = [
    pytest.param(suite, kind, id=f"{suite}:{kind}")
    for suite in SUITES
    for kind in sorted({task.kind for task in all_tasks(suite)})
]


@pytest.mark.parametrize(("suite", "kind"), KINDS)
def test_reference_solutions_pass(suite, kind):
    seeds = SEEDS if suite == "interpreter" else SEEDS[:1]
    cases = [task.at(seed) for task in all_tasks(suite) if task.kind == kind for seed in seeds]
    records = [run_case(case, reference_model(case.programs), "plain") for case in cases]
    assert {(record.id, record.seed): record.reason for record in records if not record.passed} == {}


@pytest.mark.parametrize(("suite", "kind"), KINDS)
def test_planted_mistakes_fail(suite, kind):
    passed = []
    for task in all_tasks(suite):
        if task.kind == kind:
            case = task.with_mistake().at(SEEDS[0])
            record = run_case(case, reference_model(case.programs), "plain")
            assert record.turns
            if record.passed:
                passed.append(record.id)
    assert passed == []


def test_the_interpreter_itself_runs_a_task_of_several_requests():
    case = next(task for task in TASKS if task.id == "sessions/raise").at(1)
    record = run_case(case, reference_model(case.programs), "loop")
    assert (record.passed, record.reason, record.turns, len(record.answers)) == (True, "", 3, 3)


def test_a_model_that_gives_up_has_failed_and_the_reason_is_kept():
    task = next(task for task in TASKS if task.id == "csv/filter")
    record = run_case(replace(task, solution="1 / 0").at(1), reference_model(["1 / 0\n"] * 9), "loop")
    assert (record.passed, record.status) == (False, "failed")
    assert record.reason.startswith("gave up: ")
