import math

import pytest

from offline_ci.bench.score import bootstrap, mcnemar, mean_pass_at_k, pass_at_k, wilson


def test_the_example_of_human_eval():
    """Six samples of one task, three of which pass; the digits are those of its README."""
    assert mean_pass_at_k({"test/0": [False, False, False, True, True, True]}, 1) == 0.4999999999999999


@pytest.mark.parametrize(("n", "c", "k"), [(1, 0, 1), (1, 1, 1), (5, 2, 1), (5, 2, 3), (10, 1, 10), (200, 40, 100)])
def test_pass_at_k_is_what_counting_gives(n, c, k):
    assert pass_at_k(n, c, k) == pytest.approx(1 - math.comb(n - c, k) / math.comb(n, k))


@pytest.mark.parametrize(("n", "c", "k"), [(0, 0, 1), (1, 2, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0)])
def test_numbers_that_make_no_sense_are_refused(n, c, k):
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(n, c, k)


def test_a_task_with_too_few_samples_has_no_mean():
    assert mean_pass_at_k({"a": [True] * 5, "b": [True]}, 2) is None
    assert mean_pass_at_k({}, 1) is None


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    # Computed with statsmodels 0.14, proportion_confint(method="wilson").
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (120, 164, 0.6592, 0.7936)],
)
def test_wilson(passed, total, low, high):
    assert wilson(passed, total) == pytest.approx((low, high), abs=1e-4)


def test_wilson_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)


def test_wilson_agrees_with_the_published_example():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "p"), [(0, 0, 1.0), (5, 5, 1.0), (1, 9, 0.021484375), (0, 6, 0.03125), (10, 2, 0.03857421875)]
)
def test_mcnemar(first, second, p):
    assert mcnemar(first, second) == p
    assert mcnemar(second, first) == p


def test_bootstrap_of_one_sample_each_is_near_wilson():
    passed = {str(i): [i < 120] for i in range(164)}
    assert bootstrap(passed) == pytest.approx(wilson(120, 164), abs=0.02)
    assert bootstrap(passed) == bootstrap(passed)


def test_bootstrap_knows_that_samples_of_a_task_go_together():
    """Ten samples that agree say no more than one; ten that do not say more."""
    agreeing = {str(i): [i < 50] * 10 for i in range(100)}
    mixed = {str(i): [True, False] * 5 for i in range(100)}
    low, high = bootstrap(agreeing)
    assert high - low == pytest.approx(0.196, abs=0.03)
    assert bootstrap(mixed) == (0.5, 0.5)
