import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.leb128 import decode_signed, decode_unsigned, encode_signed, encode_unsigned
from support.wasm_binary import s, u


@given(st.integers(0, 2**32 - 1))
def test_unsigned_round_trip(value):
    data = b"\xff" + u(value) + b"\xff"
    assert decode_unsigned(data, 1, len(data), 32) == (value, len(data) - 1)


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_round_trip(value):
    data = s(value) + b"\x01"
    assert decode_signed(data, 0, len(data), 64) == (value, len(data) - 1)


def test_padding_within_the_width_is_allowed():
    assert decode_unsigned(b"\x83\x80\x80\x80\x00", 0, 5, 32) == (3, 5)
    assert decode_signed(b"\xff\xff\xff\xff\x7f", 0, 5, 32) == (-1, 5)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The 32-bit integer at byte 0 is cut off."),
        (b"\x80\x80", "The 32-bit integer at byte 0 is cut off."),
        (b"\xff\xff\xff\xff\x1f", "The 32-bit integer at byte 0 does not fit."),
        (b"\x80\x80\x80\x80\x80\x00", "The 32-bit integer at byte 0 does not fit."),
    ],
)
def test_bad_unsigned_is_refused(data, reason):
    with pytest.raises(WasmFormatError) as error:
        decode_unsigned(data, 0, len(data), 32)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff\xff\x0f", b"\x80\x80\x80\x80\x70", b"\xff\xff\xff\xff\xff\x7f", b"\xc0"]
)
def test_bad_signed_is_refused(data):
    with pytest.raises(WasmFormatError):
        decode_signed(data, 0, len(data), 32)


@given(st.integers(0, 2**64 - 1))
def test_encoded_unsigned_is_the_shortest_form(value):
    assert encode_unsigned(value) == u(value)


@given(st.integers(-(2**63), 2**63 - 1))
def test_encoded_signed_is_the_shortest_form(value):
    assert encode_signed(value) == s(value)
