"""Suites in the formats of others, but for requests."""

import gzip
import hashlib
import json

import pytest

from offline_ci.bench.formats import read_suite, read_task
from offline_ci.bench.mbpp_plus import convert_inputs
from offline_ci.errors import UsageError

MBPP = {
    "task_id": 11,
    "prompt": "Write a function to remove every c from a text.",
    "code": "import re\ndef helper(t): return t\ndef remove(t, c):\n    return helper(t).replace(c, '')",
    "test_imports": ["import math"],
    "test_list": ['assert remove("hello", "l") == "heo"', 'assert remove("a", "a") == ""'],
}
HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": 'def one():\n    """1"""\n',
    "entry_point": "one",
    "canonical_solution": "    return 1\n",
    "test": "def check(candidate):\n    assert candidate() == 1\n",
}


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


def test_a_task_of_humaneval():
    task = read_task(HUMANEVAL)
    assert (task.task_id, task.entry_point, task.setup) == ("HumanEval/0", "one", HUMANEVAL["prompt"])
    assert task.reference == 'def one():\n    """1"""\n    return 1\n'
    assert read_task(without(HUMANEVAL, "canonical_solution")).reference is None


def test_a_prompt_that_ends_in_a_head_gets_a_body():
    assert read_task(HUMANEVAL | {"prompt": "def one():\n"}).setup == "def one():\n\n    pass\n"
    assert read_task(HUMANEVAL | {"prompt": "Write a function."}).setup == ""


def test_a_task_of_mbpp():
    task = read_task(MBPP)
    assert (task.task_id, task.entry_point, task.completes) == ("Mbpp/11", "remove", False)
    assert task.prompt == f'"""\n{MBPP["prompt"]}\n{MBPP["test_list"][0]}\n"""\n'
    assert task.test.splitlines() == ["def check(candidate):", *(f"    {test}" for test in MBPP["test_list"])]
    assert task.setup == "import math\nimport re\n"
    older = without(without(MBPP, "prompt"), "test_imports") | {"text": "T", "test_setup_code": "root = 1"}
    assert read_task(older).setup == "import re\nroot = 1"


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress])
def test_a_file_is_known_by_its_digest(tmp_path, pack):
    path = tmp_path / "tasks"
    path.write_bytes(pack(f"{json.dumps(HUMANEVAL)}\n\n{json.dumps(MBPP)}".encode()))
    suite = read_suite("mine", path)
    assert list(suite.tasks) == ["HumanEval/0", "Mbpp/11"]
    assert suite.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_json_array_is_a_suite_too(tmp_path):
    """As MBPP's sanitized set is published."""
    path = tmp_path / "sanitized-mbpp.json"
    path.write_text(json.dumps([MBPP, MBPP | {"task_id": 12}], indent=1))
    assert list(read_suite("mbpp", path).tasks) == ["Mbpp/11", "Mbpp/12"]
    path.write_text("[{}")
    with pytest.raises(UsageError, match="is no JSON array"):
        read_suite("mbpp", path)


DS1000 = {
    "prompt": "Problem:\nAdd one.\nBEGIN SOLUTION\n<code>\n",
    "reference_code": "b = a + 1",
    "metadata": {"problem_id": 7, "library_problem_id": 7, "library": "Numpy"},
    "code_context": "def test_execution(solution):\n    pass\n",
}


def test_a_task_of_ds1000():
    task = read_task(DS1000)
    assert (task.task_id, task.reference) == ("Numpy/7", "b = a + 1")
    assert (task.prompt, task.context) == (DS1000["prompt"], DS1000["code_context"])


def test_lists_of_mbpp_plus_become_what_they_were():
    """Inputs as EvalPlus writes them, and as its ``mbpp_deserialize_inputs`` reads them."""
    forms = [
        (2, [[[1, 2], [3]]], [[(1, 2), (3,)]]),
        (63, [[[[1, 2]]]], [[[(1, 2)]]]),
        (75, [[[[1], [2]], 3]], [[[(1,), (2,)], 3]]),
        (106, [[[1], [2]]], [[[1], (2,)]]),
        (115, [[[[1, 2], []]]], [[[{1, 2}, {}]]]),
        (124, [["1", "2j"]], [[1.0, 2j]]),
        (250, [[[1, 2], 3]], [[(1, 2), 3]]),
        (252, [["1+2j"]], [[1 + 2j]]),
        (259, [[[[1], [2]], [[3]]]], [[((1,), (2,)), ((3,),)]]),
        (278, [[[1, [2, 3]]]], [[(1, (2, 3))]]),
        (307, [[[1], 2, 3]], [[(1,), 2, 3]]),
        (580, [[[1, [2, [3]]]]], [[(1, (2, (3,)))]]),
        (722, [[{"a": [1, 2]}, 3]], [[{"a": (1, 2)}, 3]]),
        (3, [[[1]]], [[[1]]]),
    ]
    for number, written, read in forms:
        assert convert_inputs(f"Mbpp/{number}", written) == read
    assert convert_inputs("HumanEval/2", [[[1]]]) == [[[1]]]
    with pytest.raises(ValueError, match="its inputs are not those of Mbpp/2"):
        convert_inputs("Mbpp/2", [[1]])


BAD = [
    ([], "it is list instead of dict"),
    (without(HUMANEVAL, "task_id"), "it has no 'task_id'"),
    (without(HUMANEVAL, "test"), "it has neither 'test' nor 'base_input'"),
    (HUMANEVAL | {"prompt": 1}, "prompt is int instead of str"),
    (HUMANEVAL | {"entry_point": "a b"}, "entry_point is 'a b', which is no name"),
    (without(HUMANEVAL, "canonical_solution") | {"base_input": [[]]}, "'base_input' and no 'canonical_solution'"),
    (HUMANEVAL | {"base_input": 3}, "base_input is int instead of list"),
    (HUMANEVAL | {"base_input": [], "atol": "x"}, "atol is 'x'"),
    (DS1000 | {"code_context": "x = 1"}, "its code_context defines no test_execution"),
    (DS1000 | {"metadata": None}, "metadata is NoneType instead of dict"),
    (MBPP | {"test_list": []}, "it has no tests"),
    (MBPP | {"test_list": ["assert other() == 1"]}, "its first test calls no function of its code"),
    (MBPP | {"code": "def f("}, "its code or test is no Python"),
    (without(MBPP, "code"), "code is NoneType instead of str"),
]


@pytest.mark.parametrize(("document", "message"), BAD)
def test_what_is_no_task_is_refused_with_the_line(tmp_path, document, message):
    path = tmp_path / "tasks.jsonl"
    path.write_text(f"{json.dumps(HUMANEVAL)}\n{json.dumps(document)}\n")
    with pytest.raises(UsageError) as caught:
        read_suite("mine", path)
    assert caught.value.message.startswith(f"{path}, line 2 is no task: ")
    assert message in caught.value.message


def test_a_task_that_comes_twice_is_refused(tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text(f"{json.dumps(HUMANEVAL)}\n{json.dumps(HUMANEVAL)}\n")
    with pytest.raises(UsageError, match=r"task 2: 'HumanEval/0' comes twice"):
        read_suite("mine", path)


CUT_SHORT = gzip.compress(b"x" * 100, mtime=0)[:20]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe", b"\x1f\x8bnonsense", CUT_SHORT])
def test_a_file_of_something_else_is_refused(tmp_path, data):
    path = tmp_path / "tasks"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"has no tasks|cannot be read"):
        read_suite("mine", path)
