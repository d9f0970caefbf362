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
    verdicts = list(grader.grade_all((task, task.reference, "") for task in humaneval.tasks.values()))
    assert [verdict for verdict in verdicts if verdict.outcome != "PASS"] == []
    assert [verdict.task_id for verdict in verdicts] == list(humaneval.tasks)


def test_solutions_with_one_planted_fault_all_fail(grader, humaneval):
    faulty = [(task, task.reference + _FAULT.format(name=task.entry_point), "") for task in humaneval.tasks.values()]
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
        "canonical_solution": "    import time\n    time.sleep(1)\n    return 1\n",
        "test": "def check(candidate):\n    assert candidate() == 1\n",
    }
    task = read_task(slow)
    assert grader.grade(task, "def slow():\n    import time\n    time.sleep(3.4)\n    return 1").outcome == "PASS"
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
    verdicts = list(grader.grade_all((suite.tasks[sample.task_id], sample.solution, "") for sample in samples))
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


# --- what is asked beforehand must not be told from what is asked one by one


def of(test, *, entry_point="f"):
    body = "\n".join(f"    {line}" for line in test)
    return read_task(TASK | {"entry_point": entry_point, "test": f"def check(candidate):\n{body}\n", "prompt": ""})


COUNTS = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return (n, x)"


@pytest.mark.parametrize(
    "test",
    [
        ["assert candidate(1) == (1, 1)", "assert candidate(2) == (2, 2)"],
        ["for i in range(1, 4):", "    assert candidate(i) == (i, i)", "assert candidate(9) == (4, 9)"],
        ["assert True or candidate(5)", "assert candidate(1) == (1, 1)"],  # guessed, and never asked
        ["x = [1]", "assert candidate([1]) == (1, x)", "x = candidate(2)[0] + 1", "assert candidate(x) == (3, 3)"],
    ],
    ids=["in order", "in a loop", "not asked", "computed"],
)
def test_a_function_is_called_as_the_tests_call_it_and_not_once_more(grader, test):
    assert grader.grade(of(test), COUNTS).outcome == "PASS"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("def f(x):\n    while x == 2: pass\n    return x", ("FAIL", "wrong answer")),
        ("def f(x):\n    if x == 2: input()\n    return x", ("FAIL", "wrong answer")),
        ("def f(x):\n    if x == 2: raise SystemExit\n    return x", ("FAIL", "wrong answer")),
    ],
    ids=["hangs", "reads", "ends"],
)
def test_what_would_come_later_does_not_matter_where_a_test_has_failed(grader, code, outcome):
    verdict = grader.grade(of(["assert candidate(1) == 0", "assert candidate(2) == 0"]), code)
    assert (verdict.outcome, verdict.reason) == outcome


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    return x + 0 * len(input())",
        "def f(x):\n    import sys\n    sys.stdin.readline()\n    return x",
        "input()\ndef f(x):\n    return x",
        "def f(x):\n    try:\n        input()\n    except BaseException:\n        pass\n    return x",
        "def f(x):\n    for _ in '123':\n        try: input()\n        except BaseException: pass\n    return x",
    ],
    ids=["asks", "reads a line", "at once", "goes on", "asks on"],
)
@pytest.mark.parametrize("test", [["assert candidate(1) == 1"], ["x = 1", "assert candidate(x) == x"]])
def test_a_program_that_reads_its_input_fails(grader, code, test):
    """Else it would hear the questions of the tests as its own input."""
    verdict = grader.grade(of(test), code)
    assert (verdict.outcome, verdict.reason) == ("FAIL", "exception"), verdict
    assert "standard input" in verdict.detail


def test_what_a_program_prints_does_not_matter(grader):
    code = "print('ready')\ndef f(x):\n    print('x' * 100_000, x, '\\0 [', flush=True)\n    return x\n"
    code += "print('no end', end='')"
    assert grader.grade(of(["assert candidate(1) == 1", "assert candidate(2) == 2"]), code).outcome == "PASS"


def test_a_function_may_be_called_check(grader):
    """As in MBPP's task 56."""
    task = of(["assert check(70) == False", "assert check(73) == True"], entry_point="check")
    assert grader.grade(task, "def check(n): return 2 * int(str(n)[::-1]) == n + 1").outcome == "PASS"
    assert grader.grade(task, "def check(n): return True").outcome == "FAIL"


def test_tests_that_catch_everything_do_not_keep_a_stopped_program_alive(grader):
    test = ["for x in range(5):", "    try:", "        candidate(x)", "    except BaseException:", "        pass"]
    verdict = grader.grade(of(test), "import os\ndef f(x):\n    os._exit(0)")
    assert (verdict.outcome, verdict.reason) == ("FAIL", "exit")


# --- other kinds of tasks

INSERTED = {
    "prompt": "Problem: b shall be a plus one.\nBEGIN SOLUTION\n<code>\n",
    "reference_code": "b = a + 1",
    "metadata": {"problem_id": 7, "library": "Numpy"},
    "code_context": """
import numpy as np
exec_context = "import numpy as np\\na = test_input\\n[insert]\\nresult = b"

def test_execution(solution):
    for case in (np.arange(3), np.zeros(2)):
        space = {"test_input": case.copy()}
        exec(exec_context.replace("[insert]", solution), space)
        np.testing.assert_array_equal(space["result"], case + 1)

def test_string(solution):
    assert "for" not in solution
""",
}


@pytest.mark.parametrize(
    ("lines", "outcome", "reason"),
    [
        (INSERTED["reference_code"], "PASS", ""),
        ("b = a + 2", "FAIL", "wrong answer"),
        ("b = a.copy()\nfor i in range(len(b)): b[i] += 1", "FAIL", "wrong answer"),
        ("b = c", "FAIL", "exception"),
        ("import torch", "FAIL", "missing library"),
        ("b = (", "FAIL", "syntax error"),
        ("import sys; sys.exit(0)", "FAIL", "exit"),
        ("import os; os._exit(0)", "FAIL", "exit"),
    ],
)
def test_lines_that_are_inserted(grader, lines, outcome, reason):
    verdict = grader.grade(read_task(INSERTED), lines)
    assert (verdict.outcome, verdict.reason) == (outcome, reason), verdict


REQUEST = """
[[task]]
id = "mean"
prompt = "What is the mean age? Draw the ages as ages.png, and write the mean to mean.txt."
files = ["people.csv"]
checks = [
  {answer_number = 34.5},
  {file = "ages.png"},
  {python = "from PIL import Image; assert Image.open('ages.png').width > 100, 'too narrow'"},
  {python = "assert float(open('mean.txt').read()) == 34.5 and 'mean' in answer"},
]
"""
PROGRAM = """
import pandas as pd, matplotlib.pyplot as plt
ages = pd.read_csv("people.csv")["age"]
plt.plot(ages); plt.savefig("ages.png")
open("mean.txt", "w").write(str(ages.mean()))
print("mean:", ages.mean())
"""


@pytest.mark.parametrize(
    ("change", "answer", "outcome", "detail"),
    [
        (("", ""), "", "PASS", ""),
        (("", ""), "The mean is 34.5 years.", "PASS", ""),
        (("", ""), "It is 34.5 years.", "FAIL", "AssertionError"),
        (('print("mean:", ages.mean())', ""), "", "FAIL", "the answer lacks the number 34.5"),
        (('savefig("ages.png")', 'savefig("a.png")'), "", "FAIL", "ages.png was not written"),
        (("plt.plot(ages)", "plt.figure(figsize=(0.5, 0.5))"), "", "FAIL", "AssertionError: too narrow"),
        (("ages.mean()", "ages.median() + 1"), "", "FAIL", "the answer lacks the number 34.5"),
        (("people.csv", "gone.csv"), "", "FAIL", "FileNotFoundError"),
    ],
)
def test_outcomes_of_requests_are_checked(grader, tmp_path, change, answer, outcome, detail):
    (tmp_path / "people.csv").write_text("age\n34\n35\n")
    (tmp_path / "mine.toml").write_text(REQUEST)
    (task,) = read_suite("mine", tmp_path / "mine.toml").tasks.values()
    verdict = grader.grade(task, PROGRAM.replace(*change), answer)
    assert verdict.outcome == outcome, verdict
    assert detail in verdict.detail
