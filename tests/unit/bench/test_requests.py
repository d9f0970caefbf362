"""Suites of one's own requests, and DABench's."""

import json

import pytest

from offline_ci.bench.formats import read_suite
from offline_ci.bench.outcomes import find_unmet, numbers_in
from offline_ci.bench.tasks import Check, RequestTask
from offline_ci.errors import UsageError

TOML = """
[[task]]
id = "mean"
prompt = "What is the mean age in people.csv? Draw it as mean.png."
files = ["people.csv"]
reference = "print(34.5)"
checks = [
  {answer_number = 34.5, tolerance = 0.01},
  {answer_has = "mean"},
  {answer_matches = '3\\d'},
  {file = "mean.png"},
  {python = "from PIL import Image; assert Image.open('mean.png').width > 100"},
]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "people.csv").write_text("age\n34\n35\n")
    return tmp_path


def read(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text)
    return read_suite("mine", path)


def test_requests_in_toml(folder):
    suite = read(folder, TOML)
    task = suite.tasks["mean"]
    assert isinstance(task, RequestTask)
    assert task.files == (folder / "people.csv",)
    assert task.reference == "print(34.5)"
    assert [check.kind for check in task.checks] == ["answer_number", "answer_has", "answer_matches", "file", "python"]
    assert task.checks[0] == Check("answer_number", "34.5", tolerance=0.01)
    assert suite.modes == ("raw", "loop")


def test_requests_in_json_lines_are_the_same(folder):
    line = {"id": "n", "prompt": "How many?", "checks": [{"answer_number": 2}]}
    task = read(folder, json.dumps(line) + "\n", "mine.jsonl").tasks["n"]
    assert task.checks == (Check("answer_number", "2", tolerance=2e-6),)
    assert task.files == ()


def test_a_suite_is_another_one_when_its_files_change(folder):
    before = read(folder, TOML).sha256
    (folder / "people.csv").write_text("age\n1\n")
    assert read(folder, TOML).sha256 != before


BAD = [
    ("", "has no tasks"),
    ("[[task]", "is no TOML"),
    ("name = 'x'\n[[task]]\nid = 'a'", "has name beside its tasks"),
    ("[task]\nid = 'a'", "has one task beside its tasks"),
    (TOML.replace('"people.csv"]', '"gone.csv"]'), "task 1 is no task: its file"),
    (TOML.replace("files", "file"), "it has 'file', which is none of checks, files, id, prompt, reference"),
    (TOML.replace("tolerance", "tolerence"), "a check answer_number has 'tolerence', which it does not know"),
    (TOML.replace("{file =", "{file2 ="), "a check has 0 of answer_has, answer_matches, answer_number, file, python"),
    (TOML.replace("34.5, tol", '"x", tol'), "answer_number is 'x', which is no number"),
    (TOML.replace("34.5, tol", "nan, tol"), "answer_number is nan, which is no number"),
    (TOML.replace("'3\\d'", "'('"), "'(' is no regular expression"),
    (TOML.replace("assert Image", "assert: Image"), "a check's program is no Python"),
    (TOML.replace('answer_has = "mean"', 'answer_has = ""'), "a check answer_has is empty"),
    ("[[task]]\nid = 'a'\nprompt = 'b'\nchecks = []", "it has no checks: whatever comes of it would pass"),
    ("[[task]]\nid = 'a'\nprompt = ' '\nchecks = [{file = 'x'}]", "its prompt is empty"),
    ("[[task]]\nprompt = 'b'\nchecks = [{file = 'x'}]", "id is NoneType instead of str"),
    (TOML + TOML, "task 2: 'mean' comes twice"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_no_request_is_refused_with_the_reason(folder, text, message):
    with pytest.raises(UsageError) as caught:
        read(folder, text)
    assert message in caught.value.message
    assert caught.value.hint


# --- DABench

QUESTION = {
    "id": 3,
    "question": "What is the mean age?",
    "concepts": ["Summary Statistics"],
    "constraints": "Round to one decimal.",
    "format": "@mean_age[number]",
    "file_name": "people.csv",
    "level": "easy",
}


def dabench(folder, question=QUESTION, label=None):
    (folder / "da-dev-tables").mkdir()
    (folder / "people.csv").rename(folder / "da-dev-tables" / "people.csv")
    label = label or {"id": 3, "common_answers": [["mean_age", "34.5"]]}
    (folder / "da-dev-labels.jsonl").write_text(json.dumps(label))
    return read(folder, json.dumps(question) + "\n", "da-dev-questions.jsonl")


def test_questions_of_dabench(folder):
    task = dabench(folder).tasks["DABench/3"]
    assert task.files == (folder / "da-dev-tables" / "people.csv",)
    assert "Round to one decimal." in task.prompt
    assert "@mean_age[number]" in task.prompt
    assert find_unmet(task.checks, "The mean: @mean_age[34.50]", {}, None) is None
    assert find_unmet(task.checks, "@mean_age[34.6]", {}, None) == "@mean_age is 34.6"
    assert find_unmet(task.checks, "34.5", {}, None) == "@mean_age is missing"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": QUESTION | {"id": 4}}, "line 1 is no question: the question 4 has no label"),
        ({"question": QUESTION | {"file_name": "gone.csv"}}, "line 1 is no question: its table"),
        ({"label": {"id": 3, "common_answers": [["mean_age", 34.5]]}}, "line 1 is no label: an answer is float"),
    ],
)
def test_damage_to_dabench_is_named(folder, change, message):
    with pytest.raises(UsageError) as caught:
        dabench(folder, **change)
    assert message in caught.value.message


def test_questions_without_their_labels_are_refused(folder):
    with pytest.raises(UsageError, match=r"belongs .*da-dev-labels.jsonl, which is not there"):
        read(folder, json.dumps(QUESTION), "da-dev-questions.jsonl")
    with pytest.raises(UsageError, match=r"belongs .*x.jsonl, which is not there"):
        read(folder, json.dumps(QUESTION), "x.jsonl")


# --- outcomes


def unmet(kind, value, answer="", files=None, **more):
    return find_unmet([Check(kind, value, **more)], answer, files or {}, None)


def test_answers_are_checked():
    assert unmet("answer_has", "Paris", "It is PARIS.") is None
    assert unmet("answer_has", "Paris", "It is Rome.") == "the answer lacks 'Paris'"
    assert unmet("answer_matches", r"^\d+ rows", "12 rows") is None
    assert unmet("answer_matches", r"^\d+ rows", "rows: 12") is not None
    assert unmet("answer_number", "1234.5", "about 1,234.49", tolerance=0.02) is None
    assert unmet("answer_number", "1234.5", "about 1,234.4", tolerance=0.02) == "the answer lacks the number 1234.5"
    assert unmet("file", "a.png", files={"a.png": b"x"}) is None
    assert unmet("file", "a.png", files={"a.png": b""}) == "a.png was not written"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,234,567.8 and -3", [1234567.8, -3]),
        ("from 1 to 2.50%, 1e-3", [1, 2.5, 0.001]),
        ("\u22125 °C, .5, 3.", [-5, 0.5, 3]),
        ("1,2,3", [1, 2, 3]),
        ("none", []),
    ],
)
def test_numbers_of_a_text(text, numbers):
    assert numbers_in(text) == numbers
