"""Patterns for the values in texts: each is tried on the text that it was made from."""

import re

import pytest

from offline_ci.interpreter.guest.patterns import how_to_find, value_patterns


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Total: 417", "Signed: yes"], [["417"], ["yes"]]),
        (["In the end 12 members agreed.", "Later 3.5 members left.", "In the end 7 members agreed."], [["12", "7"]]),
        (["Costs: 652 euros", "Owner: Jun", "Costs: 44 euros"], [["652", "44"], ["Jun"]]),
        (["Price: $12.50,"], [["12.50"]]),
        (["10:01 job 17 took 989 ms", "10:02 job 9 took 12 ms"], [["17", "9"], ["989", "12"]]),
        (["see http://a.example:80/b at 10:30 in 1775"], []),
        ([""], []),
    ],
)
def test_values_are_found(lines, found):
    text = "\n".join(lines)
    assert [re.findall(pattern, text) for pattern in value_patterns(lines)] == found


def test_no_more_than_some_are_shown_as_code():
    assert how_to_find(["A: 1", "B: 2", "C: 3", "D: 4"]).count("re.findall") == 3
    assert how_to_find(["Total: 4"]) == '\n values in it are found with re.findall(r"Total: *(\\d+(?:\\.\\d+)?)", text)'
    assert how_to_find(["nothing"]) == ""
