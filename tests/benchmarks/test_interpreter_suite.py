import io
import re
import zipfile
from collections import Counter

import pytest
from suites.interpreter import SEEDS, SUITES, all_tasks

TASKS = all_tasks()
EVERY_TASK = [pytest.param(task, id=f"{suite}:{task.id}") for suite in SUITES for task in all_tasks(suite)]
N_TASKS_MIN = 66
N_KINDS_MIN = 14


def content(data):
    """Of a file; members of archives without their dates, and without the properties that say when it was saved."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}


def test_there_are_enough_tasks_of_enough_kinds():
    assert len(TASKS) >= N_TASKS_MIN
    kinds = Counter(task.kind for task in TASKS)
    assert len(kinds) >= N_KINDS_MIN
    assert min(kinds.values()) >= 5
    for suite in SUITES:
        tasks = all_tasks(suite)
        assert len({task.id for task in tasks}) == len(tasks)
        assert {task.kind for task in all_tasks(suite)} & set(kinds)


@pytest.mark.parametrize("task", EVERY_TASK)
def test_inputs_are_fixed_by_the_seed_and_differ_between_seeds(task):
    cases = [task.at(seed) for seed in SEEDS]
    again = [task.at(seed) for seed in SEEDS]
    for case, same in zip(cases, again, strict=True):
        assert case.requests == same.requests
        assert {name: content(data) for name, data in case.given.files.items()} == {
            name: content(data) for name, data in same.given.files.items()
        }
        assert not any(re.search(r"[{<]\w+[}>]", request) for request in case.requests)
    assert len({(case.requests, repr([content(data) for data in case.given.files.values()])) for case in cases}) > 1


@pytest.mark.parametrize("task", EVERY_TASK)
def test_doing_nothing_fails(task, tmp_path):
    for seed in SEEDS:
        case = task.at(seed)
        case.write_inputs(tmp_path / f"copy-{seed}")
        for out in (tmp_path / "absent", tmp_path / f"copy-{seed}"):
            for answer in ("", "Done.", "The result has been computed and saved."):
                assert case.verdict([answer] * len(case.requests), out)
        assert case.verdict([], tmp_path / "absent")


@pytest.mark.parametrize("task", EVERY_TASK)
def test_reasons_are_one_line(task, tmp_path):
    reason = task.at(1).verdict(["x\ny" * 300] * 3, tmp_path)
    assert "\n" not in reason
    assert len(reason) < 400


def test_the_wrong_variant_changes_the_program():
    for task in TASKS:
        assert task.with_mistake().programs != task.programs, task.id
