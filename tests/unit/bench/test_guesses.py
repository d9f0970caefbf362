"""What tests will ask, as far as their source tells."""

import pytest

from offline_ci.bench.guesses import guess_questions
from offline_ci.bench.guest.wire import dumps


def asked(*calls):
    return tuple(dumps((list(args), kwargs)) for args, kwargs in calls)


def test_plain_calls_are_guessed_in_the_order_in_which_they_are_made():
    test = (
        "METADATA = {}\ndef check(candidate):\n"
        "    assert candidate([1.0, 2], k='a') == [1]\n    assert f(candidate(1)) or candidate(-2) == {}\n"
    )
    calls = asked(([[1.0, 2]], {"k": "a"}), ([1], {}), ([-2], {}))
    assert guess_questions(test, "f") == calls[:2]  # f is the function itself, called with what is not known
    assert guess_questions(test, "other") == calls


def test_an_inner_call_comes_first():
    test = "def check(candidate):\n    assert candidate(candidate(2)) == 1\n"
    assert guess_questions(test, "f") == asked(([2], {}))


@pytest.mark.parametrize(
    "statement",
    [
        "x = 3\n    assert candidate(x)",
        "for i in range(3):\n        assert candidate(1)",
        "assert all(candidate(1) for _ in range(2))",
        "if a:\n        candidate(1)",
        "assert candidate(*[1])",
        "assert candidate(**{'a': 1})",
        "try:\n        candidate(1)\n    except ValueError:\n        pass",
        "assert (lambda: candidate(1))()",
    ],
)
def test_nothing_is_guessed_from_what_can_come_out_otherwise_on(statement):
    test = f"def check(candidate):\n    assert candidate(7)\n    {statement}\n    assert candidate(8)\n"
    assert guess_questions(test, "f") == asked(([7], {}))


def test_lists_of_inputs_are_known():
    test = "INPUTS = [[1, (2, 3)], ['x']]\ndef check(candidate):\n    for i in INPUTS:\n        candidate(*i)\n"
    assert guess_questions(test, "f") == asked(([1, (2, 3)], {}), (["x"], {}))
    assert guess_questions(test.replace("'x'", "inf"), "f") == ()


def test_there_is_an_end_to_it():
    inputs = [["x" * 1000]] * 3000
    guesses = guess_questions(f"INPUTS = {inputs!r}", "f")
    assert 1000 < len(guesses) < 1100


@pytest.mark.parametrize("test", ["", "def (", "def check(c): pass", "x" * 10, "def f(): candidate(1)"])
def test_other_tests_give_no_guesses(test):
    assert guess_questions(test, "f") == ()
