import time

import pytest

from offline_ci.emscripten.abi import structs
from support.guest_memory import EPOCH_NS


def tm(host, ptr):
    return host.memory.unpack(structs.TM, ptr)


def test_time_of_day_in_milliseconds(guest):
    assert guest("emscripten_date_now") == pytest.approx(EPOCH_NS / 1e6, abs=1)


def test_monotonic_milliseconds(guest):
    before = time.monotonic() * 1000
    assert before <= guest("emscripten_get_now") <= time.monotonic() * 1000


def test_the_zone_is_utc(guest, host):
    place, names = guest.alloc(8, b"x" * 8), guest.alloc(34, b"x" * 34)
    guest("_tzset_js", place, place + 4, names, names + 17)
    assert host.memory.read_bytes(place, 8) == bytes(8)
    assert host.memory.read_cstr(names) == host.memory.read_cstr(names + 17) == b"UTC"


@pytest.mark.parametrize("name", ["_gmtime_js", "_localtime_js"])
def test_times_are_broken_down(guest, host, name):
    ptr = guest.alloc(44)
    guest(name, 1_709_210_096, ptr)
    assert tm(host, ptr) == (56, 34, 12, 29, 1, 124, 4, 59, 0, 0)


@pytest.mark.parametrize("name", ["_timegm_js", "_mktime_js"])
def test_broken_down_times_are_brought_into_range(guest, host, name):
    ptr = guest.alloc(0, structs.TM.pack(-1, 0, 24, 0, 14, 123, 99, 99, -1, 99))
    assert guest(name, ptr) == 1_709_251_199
    assert tm(host, ptr) == (59, 59, 23, 29, 1, 124, 4, 59, 0, 0)


def test_a_year_that_does_not_fit_is_overflow(guest):
    ptr = guest.alloc(0, structs.TM.pack(0, 0, 0, 1, 2**31 - 1, 2**31 - 1, 0, 0, 0, 0))
    assert guest("_mktime_js", ptr) == -1
