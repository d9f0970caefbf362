import pytest

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.cursor import Cursor
from offline_ci.wasmbin.start import globals_set_by_start
from support.wasm_binary import s, u, vec

KNOWN = {0: 1000, 1: 70, 2: 0xFFFF_FFFF}


def run(code, locals_=b"\0", known=KNOWN):
    body = locals_ + code
    return globals_set_by_start(Cursor(body, 0, len(body)), known)


def get(index):
    return b"\x23" + u(index)


def put(index):
    return b"\x24" + u(index)


def i32(value):
    return b"\x41" + s(value)


def test_addresses_are_computed():
    code = get(0) + i32(24) + b"\x6a" + put(9) + i32(-1) + get(1) + b"\x6a" + put(10) + get(9) + put(11) + b"\x0b"
    assert run(code) == {9: 1024, 10: 69, 11: 1024}


def test_sums_wrap_around():
    assert run(get(2) + i32(2) + b"\x6a" + put(3) + b"\x0b") == {3: 1}


def test_what_clears_memory_is_left_out():
    fill = get(0) + i32(0) + i32(4096) + b"\xfc\x0b\x00"
    word = get(0) + i32(0) + b"\x36\x02\x08"
    double = get(0) + b"\x42\x00" + b"\x37\x03\x10"
    vector = get(0) + b"\xfd\x0c" + bytes(16) + b"\xfd\x0b\x04\x00"
    assert run(fill + word + double + vector + get(1) + put(5) + b"\x0b") == {5: 70}


def test_locals():
    code = get(0) + b"\x22\x00" + put(4) + b"\x20\x00" + i32(1) + b"\x6a" + b"\x21\x00" + b"\x20\x00" + put(5) + b"\x0b"
    assert run(code, locals_=vec(b"\x01\x7f")) == {4: 1000, 5: 1001}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (b"\x10\x03\x0b", "the instruction 0x10"),  # a call
        (b"\x02\x40\x0b\x0b", "the instruction 0x2"),  # a block
        (b"\x0b\x01", "the instruction 0xb, or one too many"),
        (i32(1) + b"\x0b", "the instruction 0xb, or one too many"),  # leaves a value
        (b"\xfc\x0a\x00\x00\x0b", "the instruction 0xfc"),  # memory.copy
        (b"\xfd\x06\x0b", "the vector instruction 6"),
        (get(7) + put(1) + b"\x0b", "an unknown value"),
        (put(1) + b"\x0b", "an unknown value"),
        (i32(0) + b"\xfc\x0b\x00\x0b", "an unknown value"),
    ],
)
def test_anything_else_is_refused(code, reason):
    with pytest.raises(WasmFormatError, match=reason):
        run(code)
