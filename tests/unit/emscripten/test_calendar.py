from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from offline_ci.emscripten.calendar import civil_from_seconds, seconds_from_tm

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_seconds(moment):
    return (moment - EPOCH) // timedelta(seconds=1)


@given(st.integers(as_seconds(FIRST), as_seconds(LAST)))
@example(0)
@example(-1)
@example(as_seconds(datetime(2000, 2, 29, 23, 59, 59, tzinfo=UTC)))
@example(as_seconds(datetime(1900, 3, 1, tzinfo=UTC)))
@example(as_seconds(datetime(2100, 2, 28, tzinfo=UTC)))
def test_breaking_down_agrees_with_datetime(seconds):
    moment = EPOCH + timedelta(seconds=seconds)
    tm = moment.timetuple()
    assert civil_from_seconds(seconds) == (
        moment.second, moment.minute, moment.hour, moment.day, moment.month - 1, moment.year - 1900,
        (tm.tm_wday + 1) % 7, tm.tm_yday - 1,
    )  # fmt: skip


@given(st.integers(-(2**55), 2**55))
def test_back_and_forth(seconds):
    assert seconds_from_tm(*civil_from_seconds(seconds)[:6]) == seconds


@given(*[st.integers(-(2**31), 2**31 - 1)] * 6)
def test_fields_out_of_range_are_carried(second, minute, hour, day, month, year):
    seconds = seconds_from_tm(second, minute, hour, day, month, year)
    assert seconds == seconds_from_tm(0, 0, 0, 1, month, year) + (day - 1) * 86400 + hour * 3600 + minute * 60 + second
    assert seconds_from_tm(0, 0, 0, 1, month + 12, year) == seconds_from_tm(0, 0, 0, 1, month, year + 1)


def test_a_year_that_does_not_fit_is_cut():
    assert civil_from_seconds(2**63 - 1)[5] == 2**31 - 1 - 1900
    assert civil_from_seconds(-(2**63))[5] == -(2**31)
