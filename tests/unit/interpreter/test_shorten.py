"""Text within a budget."""

from hypothesis import given
from hypothesis import strategies as st

from offline_ci.interpreter.shorten import shorten_line, shorten_middle


def test_short_text_stays():
    assert shorten_middle("abc", 3) == "abc"


def test_the_middle_goes_at_line_ends():
    text = "\n".join(f"line {i}" for i in range(100))
    short = shorten_middle(text, 100)
    assert short.startswith("line 0\nline 1\n")
    assert short.endswith("\nline 98\nline 99")
    assert "characters left out ...]" in short
    assert all(line in text or "left out" in line for line in short.split("\n"))


def test_one_endless_line_is_cut_too():
    short = shorten_middle("x" * 1000, 90)
    assert short == "x" * 60 + "\n[... 910 characters left out ...]\n" + "x" * 30


@given(st.text(max_size=500), st.integers(10, 200))
def test_the_budget_holds_and_the_count_is_right(text, budget):
    short = shorten_middle(text, budget)
    assert len(short) <= max(len(text) if len(text) <= budget else 0, budget + 50)


def test_a_line_is_one_line():
    assert shorten_line("a  b\n c", 10) == "a b c"
    assert shorten_line("abcdef", 4) == "abc…"
