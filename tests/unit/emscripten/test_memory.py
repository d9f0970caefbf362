import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.emscripten.abi import structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.memory import CheckedMemory
from support.guest_memory import ByteArrayMemory

SIZE = 65536


@pytest.fixture
def memory():
    return CheckedMemory(ByteArrayMemory(pages=1, limit_pages=2))


def fails_with(errno):
    return pytest.raises(ErrnoError, match=f"^{errno.value}$")


def test_numbers_round_trip_and_are_cut_to_their_width(memory):
    memory.write_u8(0, 0x1FF)
    memory.write_u16(2, -1)
    memory.write_u32(4, -2)
    memory.write_u64(8, -3)
    memory.write_f64(16, 1.5)
    assert (memory.read_u8(0), memory.read_u16(2), memory.read_u32(4)) == (0xFF, 0xFFFF, 0xFFFFFFFE)
    assert (memory.read_i32(4), memory.read_u64(8), memory.read_i64(8)) == (-2, (1 << 64) - 3, -3)
    assert memory.read_f64(16) == 1.5


def test_the_last_bytes_belong_to_the_memory_and_the_next_do_not(memory):
    memory.write_u32(SIZE - 4, 7)
    assert memory.read_u32(SIZE - 4) == 7
    for read in (memory.read_u16, memory.read_u32, memory.read_i32, memory.read_u64, memory.read_i64, memory.read_f64):
        with fails_with(Errno.EFAULT):
            read(SIZE - 1)
    with fails_with(Errno.EFAULT):
        memory.read_u8(SIZE)
    with fails_with(Errno.EFAULT):
        memory.write_u32(SIZE - 3, 0)
    with fails_with(Errno.EFAULT):
        memory.pack(structs.STAT, SIZE - 95, *range(18))


@given(ptr=st.integers(0, 2**32 - 1), n=st.integers(0, 2**32 - 1))
def test_a_view_is_all_inside_or_efault(ptr, n):
    memory = CheckedMemory(ByteArrayMemory(pages=1))
    if ptr + n <= SIZE:
        assert len(memory.view(ptr, n)) == n
    else:
        with fails_with(Errno.EFAULT):
            memory.view(ptr, n)


def test_views_share_and_copies_do_not(memory):
    copy, view = memory.read_bytes(10, 3), memory.view(10, 3)
    memory.write_bytes(10, b"abc")
    assert copy == b"\0\0\0"
    assert bytes(view) == b"abc"


@pytest.mark.parametrize("length", [0, 1, 191, 192, 193, 767, 768, 4095])
def test_strings_of_any_length_up_to_the_limit(memory, length):
    memory.write_bytes(8, b"x" * length + b"\0")
    assert memory.read_cstr(8) == b"x" * length


def test_a_string_without_an_end_is_too_long_or_outside(memory):
    memory.write_bytes(0, b"x" * SIZE)
    with fails_with(Errno.ENAMETOOLONG):
        memory.read_cstr(0)
    with fails_with(Errno.ENAMETOOLONG):
        memory.read_cstr(0, limit=16)
    with fails_with(Errno.EFAULT):
        memory.read_cstr(SIZE - 10)
    with fails_with(Errno.EFAULT):
        memory.read_cstr(SIZE)


def test_paths_keep_bytes_that_are_not_utf_8(memory):
    memory.write_bytes(0, b"a\xff\xc3\xa9\0")
    assert memory.read_path(0) == "a\udcff\u00e9"


def test_growing_shows_the_new_bytes_and_keeps_the_old(memory):
    memory.write_u32(0, 42)
    assert memory.grow(1)
    assert (memory.size, memory.read_u32(0), memory.read_u32(SIZE)) == (2 * SIZE, 42, 0)
    assert not memory.grow(1)
    assert memory.size == 2 * SIZE


def test_iovecs_are_pairs_and_few(memory):
    memory.pack(structs.IOVEC, 0, 100, 5)
    memory.pack(structs.IOVEC, 8, 200, 6)
    assert list(memory.iovecs(0, 2)) == [(100, 5), (200, 6)]
    for n in (-1, 1025):
        with fails_with(Errno.EINVAL):
            memory.iovecs(0, n)
    with fails_with(Errno.EFAULT):
        memory.iovecs(SIZE - 8, 2)
