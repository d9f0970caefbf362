"""Judging solutions: right ones pass, wrong ones fail, and those that cheat fail like wrong ones."""

import json
import os
import signal
import threading

import pytest

from offline_ci.artifacts.runtime import dataset_file
from offline_ci.bench.formats import read_suite, read_task
from offline_ci.bench.grade import Grader
from offline_ci.bench.samples import read_samples
from offline_ci.bench.score import mean_pass_at_k
from support.cheats import CHEATS, RIGHT, TASK
from support.processes import children

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

_FAULT = """

def {name}(*args, __right={name}, **kwargs):
    value = __right(*args, **kwargs)
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float, complex)):
        return value + 1
    if isinstance(value, (str, list, tuple)):
        return value + type(value)("x")
    return None if value is not None else 0
"""


@pytest.fixture(scope="module")
def grader():
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="module")
def humaneval():
    return read_suite("humaneval", dataset_file("humaneval"))


def test_all_reference_solutions_pass(grader, humaneval):
    assert len(humaneval.tasks) == 164
    verdicts = list(grader.grade_all((task, task.reference) for task in humaneval.tasks.values()))
    assert [verdict for verdict in verdicts if verdict.outcome != "PASS"] == []
    assert [verdict.task_id for verdict in verdicts] == list(humaneval.tasks)


def test_solutions_with_one_planted_fault_all_fail(grader, humaneval):
    faulty = [(task, task.reference + _FAULT.format(name=task.entry_point)) for task in humaneval.tasks.values()]
    verdicts = list(grader.grade_all(faulty))
    assert [verdict.task_id for verdict in verdicts if verdict.outcome == "PASS"] == []
    assert {verdict.reason for verdict in verdicts} <= {"wrong answer", "exception"}


def test_the_task_of_the_cheats_can_be_solved(grader):
    assert grader.grade(read_task(TASK), RIGHT).outcome == "PASS"


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
def test_cheats_fail(grader, cheat):
    verdict = grader.grade(read_task(TASK), cheat)
    assert verdict.outcome == ("TIMEOUT" if "sleep" in cheat else "FAIL"), verdict
    assert verdict.reason


def test_a_cheat_leaves_nothing_for_the_next(grader):
    task = read_task(TASK)
    assert [grader.grade(task, code).outcome for code in (CHEATS["patches AssertionError"], RIGHT)] == ["FAIL", "PASS"]


def test_workers_that_are_killed_cost_no_verdict(grader):
    """By a system short of memory, say: once in the middle of a solution, once while nothing is judged."""
    task = read_task(TASK)
    busy = "def add(a, b):\n    import time\n    time.sleep(0.5)\n    return a + b\n"
    killer = threading.Timer(0.7, kill_workers)
    killer.start()
    assert grader.grade(task, busy).outcome == "PASS"
    killer.join()
    kill_workers()
    assert [grader.grade(task, RIGHT).outcome for _ in range(4)] == ["PASS"] * 4


def test_a_solution_whose_worker_dies_each_time_fails(grader):
    task, done = read_task(TASK), threading.Event()
    busy = "def add(a, b):\n    import time\n    time.sleep(60)\n"

    def kill_again():
        while not done.wait(0.4):
            kill_workers()

    killer = threading.Thread(target=kill_again)
    killer.start()
    verdict = grader.grade(task, busy)
    done.set()
    killer.join()
    assert (verdict.outcome, verdict.reason) == ("FAIL", "crash"), verdict
    assert grader.grade(task, RIGHT).outcome == "PASS"


def kill_workers():
    for pid in children():
        os.kill(pid, signal.SIGKILL)


REASONS = {
    "def add(a, b): return 5": "wrong answer",
    "def add(a, b): return a.x": "exception",
    "def add(a, b) return": "syntax error",
    "import torch\ndef add(a, b): ...": "missing library",
    "def plus(a, b): ...": "no function",
    "def add(a, b):\n    while True: pass": "time",
    "def add(a, b): return [0] * 10**9": "memory",
    "import os\ndef add(a, b): os._exit(0)": "exit",
}


@pytest.mark.parametrize(("code", "reason"), REASONS.items(), ids=REASONS.values())
def test_a_failure_has_a_reason(grader, code, reason):
    assert grader.grade(read_task(TASK), code).reason == reason


def test_a_slow_reference_gives_more_time(grader):
    slow = {
        "task_id": "slow/0",
        "prompt": "def slow():\n",
        "entry_point": "slow",
        "canonical_solution": "    import time\n    time.sleep(2)\n    return 1\n",
        "test": "def check(candidate):\n    assert candidate() == 1\n",
    }
    task = read_task(slow)
    assert grader.grade(task, "def slow():\n    import time\n    time.sleep(4)\n    return 1").outcome == "PASS"
    assert grader.grade(task, "def slow():\n    import time\n    time.sleep(40)\n    return 1").outcome == "TIMEOUT"


EXAMPLE = {
    "task_id": "test/0",
    "prompt": "def return1():\n",
    "canonical_solution": "    return 1",
    "test": "def check(candidate):\n    assert candidate() == 1",
    "entry_point": "return1",
}
COMPLETIONS = [
    "    import subprocess\n    subprocess.check_output('rm -rf tmp')",
    "    import time\n    time.sleep(10)\n    return 1",
    "    return input('enter a number')",
    "    return 1",
    "  return 1",
    "\treturn 1",
]


def test_the_published_example_of_human_eval(grader, tmp_path):
    """Source: openai/human-eval, data/example_problem.jsonl and example_samples.jsonl."""
    (tmp_path / "problem.jsonl").write_text(json.dumps(EXAMPLE))
    lines = [json.dumps({"task_id": "test/0", "completion": completion}) for completion in COMPLETIONS]
    (tmp_path / "samples.jsonl").write_text("\n".join(lines))
    suite = read_suite("example", tmp_path / "problem.jsonl")
    samples = read_samples(tmp_path / "samples.jsonl", suite)
    verdicts = list(grader.grade_all((suite.tasks[sample.task_id], sample.solution) for sample in samples))
    assert [verdict.outcome for verdict in verdicts] == ["FAIL", "TIMEOUT", "FAIL", "PASS", "PASS", "PASS"]
    assert mean_pass_at_k({"test/0": [verdict.outcome == "PASS" for verdict in verdicts]}, 1) == 0.4999999999999999


PLUS = {
    "task_id": "Plus/0",
    "prompt": 'def half(n):\n    """n / 2"""\n',
    "entry_point": "half",
    "canonical_solution": "    return n / 2\n",
    "base_input": [[1], [4]],
    "plus_input": [[10**20], [-3], [0.1]],
    "atol": 0,
    "contract": "",
}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("n / 2", "PASS"),
        ("n * 0.5", "PASS"),
        ("n / 2 + 1e-8", "PASS"),
        ("n // 2", "FAIL"),
        ("str(n / 2)", "FAIL"),
        ("float('nan')", "FAIL"),
        ("None", "FAIL"),
    ],
)
def test_outputs_are_compared_with_the_references(grader, body, outcome):
    assert grader.grade(read_task(PLUS), f"def half(n):\n    return {body}\n").outcome == outcome
