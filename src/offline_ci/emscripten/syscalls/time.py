"""Time of day and calendars. Source: emscripten 5.0.3 ``src/lib/libtime.js`` and ``system/lib/libc/mktime.c``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import structs
from offline_ci.emscripten.calendar import civil_from_seconds, seconds_from_tm
from offline_ci.emscripten.registry import Support, env

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_ZONE_NOTE = "the time zone is UTC; TZ is ignored"
_OVERFLOW = -1
"""``mktime`` turns it into EOVERFLOW."""


@env("emscripten_date_now", "d")
def date_now(host: Host) -> float:
    """Time of day in milliseconds."""
    return host.clock.realtime_ns() / 1e6


@env("emscripten_get_now", "d", note="sleeps when it is asked again and again: that is how libc waits")
def get_now(host: Host) -> float:
    """Monotonic milliseconds; see ``SpinSleeper``."""
    return host.sleeper.poll_ms()


@env("_tzset_js", "vpppp", support=Support.PARTIAL, note=_ZONE_NOTE)
def tzset(host: Host, timezone_ptr: int, daylight_ptr: int, standard_name_ptr: int, daylight_name_ptr: int) -> None:
    """Tell libc about the time zone."""
    host.memory.write_u32(timezone_ptr, 0)
    host.memory.write_u32(daylight_ptr, 0)
    host.memory.write_bytes(standard_name_ptr, b"UTC\0")
    host.memory.write_bytes(daylight_name_ptr, b"UTC\0")


def _to_tm(host: Host, seconds: int, tm_ptr: int) -> None:
    host.memory.pack(structs.TM, tm_ptr, *civil_from_seconds(seconds), 0, 0)


@env("_gmtime_js", "vjp", note="years that do not fit are cut to the largest that does")
def gmtime(host: Host, seconds: int, tm_ptr: int) -> None:
    """Break a time down."""
    _to_tm(host, seconds, tm_ptr)


@env("_localtime_js", "vjp", support=Support.PARTIAL, note=_ZONE_NOTE)
def localtime(host: Host, seconds: int, tm_ptr: int) -> None:
    """As gmtime."""
    _to_tm(host, seconds, tm_ptr)


@env("_timegm_js", "jp")
def timegm(host: Host, tm_ptr: int) -> int:
    """Seconds of a broken-down time, which is brought into range; -1 where its year would not fit."""
    seconds = seconds_from_tm(*host.memory.unpack(structs.TM, tm_ptr)[:6])
    fields = civil_from_seconds(seconds)
    if seconds_from_tm(*fields[:6]) != seconds:  # the year was cut
        return _OVERFLOW
    host.memory.pack(structs.TM, tm_ptr, *fields, 0, 0)
    return seconds


@env("_mktime_js", "jp", support=Support.PARTIAL, note=_ZONE_NOTE)
def mktime(host: Host, tm_ptr: int) -> int:
    """As timegm."""
    return timegm(host, tm_ptr)
