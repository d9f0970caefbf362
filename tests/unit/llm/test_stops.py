import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import UsageError
from offline_ci.llm.stops import StopFilter

WORDS = st.text(alphabet="ab\n`é\U0001f98a", max_size=40)
STOPS = st.lists(st.text(alphabet="ab\n`", min_size=1, max_size=5), max_size=3)


def chunks(data, cuts):
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(WORDS, STOPS, st.lists(st.integers(0, 200), max_size=12))
def test_however_the_bytes_arrive_the_text_ends_before_the_first_stop(text, stops, cuts):
    shown = []
    sink = StopFilter(stops, shown.append)
    stopped = any(sink.feed(chunk) for chunk in chunks(text.encode(), cuts))
    sink.finish()
    found = [text.index(stop) for stop in stops if stop in text]
    assert stopped == bool(found)
    assert (sink.stop is not None) == stopped
    assert sink.text == "".join(shown)
    assert all(stop not in sink.text for stop in stops)
    assert text.startswith(sink.text)
    if not found:
        assert sink.text == text
    elif stopped:
        assert text[len(sink.text) :].startswith(sink.stop)


@given(WORDS, STOPS)
def test_one_byte_at_a_time_the_earliest_complete_stop_ends_it(text, stops):
    sink = StopFilter(stops)
    for byte in text.encode():
        if sink.feed(bytes([byte])):
            break
    sink.finish()
    ends = [text.index(stop) + len(stop) for stop in stops if stop in text]
    if ends:
        assert text.index(sink.stop) + len(sink.stop) == min(ends)


def test_nothing_of_a_possible_stop_is_shown_before_it_is_decided():
    shown = []
    sink = StopFilter(["\n```"], shown.append)
    for piece in (b"x = 1", b"\n", b"``", b"y", b"\n``", b"`"):
        sink.feed(piece)
    assert shown == ["x = 1", "\n``y"]
    assert sink.stop == "\n```"


def test_an_unfinished_character_is_never_shown():
    shown = []
    sink = StopFilter([], shown.append)
    fox = "\U0001f98a".encode()
    sink.feed(b"a" + fox[:2])
    assert shown == ["a"]
    sink.feed(fox[2:] + fox[:3])
    sink.finish()
    assert "".join(shown) == "a\U0001f98a"


def test_bytes_that_are_no_utf8_become_replacement_characters():
    sink = StopFilter([])
    sink.feed(b"\xffok")
    assert sink.text == "\ufffdok"


def test_an_empty_stop_string_is_refused():
    with pytest.raises(UsageError, match="A stop string is empty"):
        StopFilter(["x", ""])
