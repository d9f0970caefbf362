"""Guesses by what followed the same tokens before."""

from offline_ci.llm.lookup import N_GRAM, Lookup


def lookup_of(tokens):
    lookup = Lookup()
    lookup.start(tokens)
    return lookup


def test_what_followed_the_same_tokens_is_guessed():
    assert lookup_of([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4]).guess(3) == [5, 6, 7]
    assert lookup_of([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4]).guess(1) == [5]
    assert lookup_of([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4]).guess(0) == []


def test_the_last_place_counts():
    assert lookup_of([1, 2, 3, 4, 5, 1, 2, 3, 4, 6, 1, 2, 3, 4]).guess(1) == [6]


def test_too_few_equal_tokens_are_no_reason():
    assert lookup_of([1, 2, 3, 5, 9, 1, 2, 3]).guess(3) == []
    assert lookup_of([7] * (N_GRAM - 1)).guess(3) == []
    assert lookup_of([]).guess(3) == []


def test_it_grows_and_begins_anew():
    lookup = lookup_of([1, 2, 3, 4, 5, 1, 2, 3])
    lookup.append(4)
    assert lookup.guess(2) == [5, 1]
    lookup.append(9)
    assert lookup.guess(2) == []
    lookup.start([1, 2, 3, 4])
    assert lookup.guess(2) == []
