"""Examples of a function's results in a request, and whether they hold."""

import json

import pytest

from offline_ci.interpreter.examples import MAX_EXAMPLES, Example, Trial, find_examples, try_examples, wanted_function
from offline_ci.interpreter.guest import examples as guest_examples
from offline_ci.sandbox.result import ExecutionResult
from support.scripted_sandbox import ScriptedSandbox


@pytest.mark.parametrize(
    ("request_text", "examples"),
    [
        (">>> f(2)\n4\n>>> f([1, 2], k=3)\n[3, 6]", [("f(2)", "4"), ("f([1, 2], k=3)", "[3, 6]")]),
        ("    f(2) == 4 and f(3) => 6", [("f(2)", "4"), ("f(3)", "6")]),
        ('f("a)b", (1, 2)) ➞ "x == y"  # why not', [('f("a)b", (1, 2))', '"x == y"')]),
        ("f(2) should return [1, 2], f(0) returns None.", [("f(2)", "[1, 2]"), ("f(0)", "None")]),
        ("f(1)==>true", [("f(1)", "True")]),
        ("f(7) # returns -1.5", [("f(7)", "-1.5")]),
        ("def f(n, k):\nInput: n = 3, k = [1]\nOutput: 4", [("f(n = 3, k = [1])", "4")]),
        ("def f(n):\nFor n = 3 the output should be (1, 2).", [("f(n = 3)", "(1, 2)")]),
        # no values, no literals, or it is not clear which
        ('f(2) == ("a")', []),
        ('f(2) == ""aa"', []),
        ("def f(n: int) -> None:\n    pass", []),
        ("f(x) == 4", []),
        ("f(2) == g(3)", []),
        ("f(2) = 1 + 2 * x", []),
        (">>> a.b(3)\n4", []),
        ("f(2 = 3", []),
        ("Input: 3\nOutput: 4", []),
        ("What is f(3)?", []),
    ],
)
def test_examples_are_found(request_text, examples):
    assert find_examples(request_text) == [Example(*example) for example in examples]


def test_no_more_than_some_are_kept_and_each_once():
    assert len(find_examples("\n".join(f"f({i}) == {i}" for i in range(99)))) == MAX_EXAMPLES
    assert find_examples("f(1) == 1\nf(1) == 1") == [Example("f(1)", "1")]


def test_a_request_that_shows_a_head_asks_for_a_function():
    assert wanted_function("Complete this:\ndef helper(r):\n    pass\ndef area(r):\n") == "area"
    assert not wanted_function("Define the area of a circle.")


def test_examples_that_misname_the_only_function_mean_it():
    assert find_examples("def area(r):\n    square(2) == 4\n    square(r=3) == 9") == [
        Example("area(2)", "4"),
        Example("area(r=3)", "9"),
    ]
    both = [Example("area(2)", "4"), Example("square(2)", "4")]
    assert find_examples("def area(r):\n    area(2) == 4\n    square(2) == 4") == both
    assert find_examples("def area(r):\n    abs(-2) == 2") == [Example("abs(-2)", "2")]
    assert find_examples("def area(r):\ndef side(r):\n    square(2) == 4") == [Example("square(2)", "4")]


def tried(names, *examples):
    return json.loads(guest_examples.main(examples, names))


def test_functions_are_tried():
    def half(n):
        print("noise")
        return n / 2

    assert tried({"half": half}, ("half(3)", "1.5"), ("half(10)", "5"), ("unknown(3)", "7")) == {
        "tried": 2,
        "broken": [],
    }
    assert tried({"half": half}, ("half(3)", "2"))["broken"] == ["half(3) gives 1.5; it should give 2"]
    (line,) = tried({"half": half}, ("half('a')", "2"))["broken"]
    assert line.startswith("half('a') raises TypeError: ")
    assert line.endswith("; it should give 2")


@pytest.mark.parametrize(
    ("got", "wanted", "same"),
    [
        (1 / 3, 0.3333, True),
        (1 / 3, 0.3334, False),
        (1, 1.0, True),
        (True, 1, False),
        ([1, 2.00000001], [1, 2.0], True),
        ([1, 2], (1, 2), False),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1}, True),
        ("a", "b", False),
        (None, None, True),
    ],
)
def test_fractions_may_be_rounded(got, wanted, same):
    assert guest_examples.is_same(got, wanted) is same


def test_a_function_that_hangs_is_said_and_what_cannot_be_read_is_not():
    class Hanging(ScriptedSandbox):
        def run(self, code, **_):
            return ExecutionResult("time_limit")

    example = Example("f(2)", "4")
    assert try_examples(Hanging(), [example]) == Trial(1, ("f(2) does not come to an end.",))
    assert try_examples(ScriptedSandbox(), [example]) == Trial()
    assert try_examples(Hanging(), []) == Trial()
