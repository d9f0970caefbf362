"""What goes between a judged program and its tests."""

import itertools
import math
from collections import Counter, OrderedDict, deque
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.bench.guest import solution, wire

KEYS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(
    KEYS | st.complex_numbers(allow_nan=False) | st.fractions() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.lists(inner).map(tuple) | st.sets(KEYS),
)


@given(VALUES)
def test_values_arrive_as_they_are(value):
    arrived = wire.loads(wire.dumps(value))
    assert arrived == value
    assert repr(type(arrived)) == repr(type(value))


def test_numbers_are_exact():
    for value in (2**53, -(2**53), 10**5000, 0.1, -0.0, 5e-324, math.inf, True, 1, 1.0):
        arrived = wire.loads(wire.dumps(value))
        assert (
            (arrived, type(arrived), str(arrived)[:30]) == (value, type(value), str(value)[:30])
            if abs(value) < 1e300
            else arrived == value
        )
    assert math.isnan(wire.loads(wire.dumps(math.nan)))


class Colour(IntEnum):
    RED = 1


class Liar(str):
    __slots__ = ()

    def __eq__(self, other):
        return True

    def __str__(self):
        return "anything"

    __hash__ = str.__hash__


def test_subclasses_arrive_as_what_they_hold():
    assert wire.loads(wire.dumps(Counter("aab"))) == {"a": 2, "b": 1}
    assert wire.loads(wire.dumps(OrderedDict(a=1))) == {"a": 1}
    assert wire.loads(wire.dumps(Colour.RED)) == 1
    arrived = wire.loads(wire.dumps(Liar("true")))
    assert (type(arrived), arrived) == (str, "true")


class Yes:
    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize("value", [Yes(), object(), len, int, deque([1]), range(3), {}.keys(), Yes, ...])
def test_what_is_no_value_equals_nothing(value):
    arrived = wire.loads(wire.dumps([value]))[0]
    assert type(value).__name__ in repr(arrived)
    for other in (value, arrived, None, 0, "", [], True):
        assert not arrived == other  # noqa: SIM201 - it is __eq__ that is tried


def test_iterators_arrive_as_iterators():
    for value in (iter([1, 2]), (n for n in (1, 2)), map(int, "12"), reversed([2, 1]), filter(None, [1, 2])):
        arrived = wire.loads(wire.dumps(value))
        assert iter(arrived) is arrived
        assert list(arrived) == [1, 2]


def test_what_has_no_end_is_too_large():
    endless = []
    endless.append(endless)
    for value in (endless, (n for n in itertools.count()), [0] * 3_000_000):
        assert "too large" in repr(wire.loads(wire.dumps(value)))


NONSENSE = [
    "", "{", "[1]", '{"x": 1}', '{"l": 1}', '{"l": [], "t": []}', '{"i": "x"}', '{"s": [{"l": []}]}', '{"m": "x"}',
    '{"q": ["1", "0"]}', "[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        wire.loads(text)


def test_a_call_gives_a_value_or_what_was_raised():
    space = {"half": lambda n, *, by=2: n / by, "leave": lambda: (_ for _ in ()).throw(LookupError("gone"))}
    assert wire.loads(solution.call(space, "half", wire.dumps(([3], {"by": 3})))) == ("returned", "1.0", "")
    ended, kinds, text = wire.loads(solution.call(space, "half", wire.dumps(([0], {"by": 0}))))
    assert (ended, kinds[:2], text) == ("raised", ["ZeroDivisionError", "ArithmeticError"], "division by zero")
    assert wire.loads(solution.call(space, "leave", wire.dumps(([], {}))))[1][0] == "LookupError"
    assert Fraction(1, 3) == wire.loads(wire.dumps(Fraction(1, 3)))
    assert Decimal("0.10") == wire.loads(wire.dumps(Decimal("0.10")))
