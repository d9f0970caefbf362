"""EvalPlus's way of comparing."""

import math

import pytest

from offline_ci.bench.guest.compare import check_all, is_right

NAN = math.nan


@pytest.mark.parametrize(
    ("name", "arguments", "out", "expected", "atol", "right"),
    [
        ("f", [], 1, 1, 0, True),
        ("f", [], 1, 1.0000001, 0, False),  # an int is no float
        ("f", [], 1.0, 1.0000001, 0, True),
        ("f", [], 1.0, 1.00001, 0, False),
        ("f", [], 1.0, 1.01, 0.1, True),
        ("f", [], 1, 1.01, 0.1, False),
        ("f", [], [1.0, 2.0], [1.0, 2.0000001], 0, True),
        ("f", [], (1.0, 2.0), [1.0, 2.0000001], 0, False),
        ("f", [], [1.0], [1.0, 2.0], 0, False),
        ("f", [], [], [1.0], 0, False),
        ("f", [], NAN, NAN, 0, True),
        ("f", [], 1.0, NAN, 0, False),
        ("f", [], "1", "1", 0, True),
        ("f", [], None, 1.0, 0, False),
        ("find_zero", [[-1, 1]], 1.00001, None, 0, True),
        ("find_zero", [[-1, 1]], 1.1, None, 0, False),
        ("find_zero", [[-1, 1]], 1.1, 1.1, 0, True),
        ("similar_elements", [], (1, 2), [2, 1, 1], 0, True),
        ("similar_elements", [], (1,), [2, 1], 0, False),
        ("check_str", [], "a match", True, 0, True),
        ("check_str", [], None, "a match", 0, False),
        ("check_str", [], False, None, 0, True),
        ("are_equivalent", [], 3, 4, 0, True),
        ("sum_div", [], 0, 9, 0, True),
        ("sum_div", [], 1, 9, 0, False),
        ("surface_Area", [3, 4], 35, 33, 0, True),
        ("surface_Area", [3, 4], 34, 33, 0, False),
        ("digit_distance_nums", [1, 256], 12, 7, 0, True),
        ("digit_distance_nums", [1, 256], 13, 7, 0, False),
    ],
)
def test_what_is_right(name, arguments, out, expected, atol, right):
    assert is_right(name, arguments, out, expected, atol) is right


def test_functions_may_change_their_arguments():
    check_all("f", lambda x: x.pop() and x, lambda x: x[:-1], [[[1, 2]], [[3]]], 0)
    with pytest.raises(AssertionError, match=r"\[\[3\]\], 3, 4"):
        check_all("f", lambda x: x[0], lambda x: x[0] + (x[0] == 3), [[[1]], [[3]]], 0)
