from hypothesis import given
from hypothesis import strategies as st

from offline_ci.emscripten.random import SeededEntropy


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    assert SeededEntropy(1)(100) == SeededEntropy(1)(100)
    assert SeededEntropy(1)(100) != SeededEntropy(2)(100)
    assert SeededEntropy(-1)(100) != SeededEntropy(1)(100)


@given(st.lists(st.integers(0, 200), max_size=10))
def test_it_does_not_matter_how_requests_are_cut(sizes):
    entropy = SeededEntropy(7)
    assert b"".join(entropy(n) for n in sizes) == SeededEntropy(7)(sum(sizes))


def test_the_stream_does_not_repeat_and_is_pinned():
    entropy = SeededEntropy(0)
    blocks = {entropy(64) for _ in range(1000)}
    assert len(blocks) == 1000
    assert SeededEntropy(0)(8).hex() == "d1eb310f9540a4ee"
