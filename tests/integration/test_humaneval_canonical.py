"""HumanEval's own solutions pass in the sandbox, each in a fresh session: the fidelity that scores rest on."""

import gzip
import json

import pytest
from humaneval import Sample, _judge, sanitize

from offline_ci import Sandbox
from offline_ci.artifacts.runtime import dataset_file

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

N_PROBLEMS = 164


def test_all_canonical_solutions_pass_each_in_a_fresh_session():
    with gzip.open(dataset_file("humaneval"), "rt", encoding="utf-8") as lines:
        problems = [json.loads(line) for line in lines]
    assert len(problems) == N_PROBLEMS
    failed = {}
    with Sandbox(isolation="inline") as sandbox:
        for problem in problems:
            program = "{prompt}{canonical_solution}\n{test}\ncheck({entry_point})\n".format(**problem)
            result = sandbox.run(program, time_s=30)
            if result.status != "ok":
                failed[problem["task_id"]] = result.error
            sandbox.reset()
    assert failed == {}


def test_a_wrong_solution_fails():
    with gzip.open(dataset_file("humaneval"), "rt", encoding="utf-8") as lines:
        problem = json.loads(next(lines))
    program = "{prompt}    return False\n{test}\ncheck({entry_point})\n".format(**problem)
    with Sandbox(isolation="inline") as sandbox:
        assert sandbox.run(program).error.ename == "AssertionError"


def test_the_script_judges_right_wrong_and_leaving_solutions():
    with gzip.open(dataset_file("humaneval"), "rt", encoding="utf-8") as lines:
        problem = json.loads(next(lines))
    right = Sample(problem["task_id"], sanitize(problem["prompt"] + problem["canonical_solution"]))
    wrong = Sample(problem["task_id"], sanitize(problem["prompt"] + "    return False\n"))
    leaving = Sample(problem["task_id"], "def has_close_elements(numbers, threshold):\n    raise SystemExit(0)")
    with Sandbox() as sandbox:
        for sample in (right, wrong, leaving):
            _judge(sandbox, problem, sample)
    assert (right.passed, right.reason) == (True, "")
    assert (wrong.passed, wrong.reason) == (False, "AssertionError: ")
    assert not leaving.passed
