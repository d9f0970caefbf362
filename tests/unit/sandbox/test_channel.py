import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_ci.errors import WorkerCrashedError
from offline_ci.sandbox.channel import MAX_HEADER_BYTES, Channel


def received(data):
    return Channel(io.BytesIO(data), io.BytesIO()).receive()


def sent(header, body=b""):
    stream = io.BytesIO()
    Channel(io.BytesIO(), stream).send(header, body)
    return stream.getvalue()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=20), json_values, max_size=5), st.binary())
def test_what_is_sent_is_received(header, body):
    assert received(sent(header, body)) == (header, body)


def test_the_end_between_frames_is_an_end():
    with pytest.raises(EOFError):
        received(b"")


@given(st.binary(min_size=1, max_size=100))
def test_nonsense_is_a_crashed_worker_and_nothing_else(data):
    try:
        header, _ = received(data)
    except WorkerCrashedError:
        return
    assert isinstance(header, dict)


def test_a_frame_cut_short_is_a_crashed_worker():
    whole = sent({"a": 1}, b"body")
    for n in range(1, len(whole)):
        with pytest.raises(WorkerCrashedError):
            received(whole[:n])


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", MAX_HEADER_BYTES + 1, 0),
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 100_000, 0) + b"[" * 100_000,
    ],
)
def test_hostile_headers_are_refused(data):
    with pytest.raises(WorkerCrashedError):
        received(data)
