"""The proleptic Gregorian calendar without the limits of ``datetime``: any 64-bit second, any field out of range.

Source of the day count: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil).
"""

from __future__ import annotations

_DAY_S = 86400
_ERA_YEARS = 400
_ERA_DAYS = 146097
_EPOCH_SHIFT_DAYS = 719468
"""From 0000-03-01, where the algorithm's eras begin, to 1970-01-01."""
_MAX_YEAR_FIELD = (1 << 31) - 1 - 1900
_MIN_YEAR_FIELD = -(1 << 31)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; ``month`` 1 to 12, ``day`` any number."""
    year -= month <= 2  # years begin in March, so that the leap day is the last
    era, year_of_era = divmod(year, _ERA_YEARS)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * _ERA_DAYS + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - _EPOCH_SHIFT_DAYS


def civil_from_seconds(seconds: int) -> tuple[int, int, int, int, int, int, int, int]:
    """Break seconds since 1970 down in UTC.

    Returns:
        The first fields of ``struct tm``: second, minute, hour, day of the month, month (0 to 11), year - 1900, day of
        the week (Sunday 0), day of the year (from 0). A year that does not fit 32 bits is cut.
    """
    days, rest = divmod(seconds, _DAY_S)
    era, day_of_era = divmod(days + _EPOCH_SHIFT_DAYS, _ERA_DAYS)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = era * _ERA_YEARS + year_of_era + (month <= 2)
    year_field = min(max(year - 1900, _MIN_YEAR_FIELD), _MAX_YEAR_FIELD)
    return (
        rest % 60, rest // 60 % 60, rest // 3600, day, month - 1, year_field, (days + 4) % 7,
        days - days_from_civil(year, 1, 1),
    )  # fmt: skip


def seconds_from_tm(second: int, minute: int, hour: int, day: int, month: int, year_field: int) -> int:
    """Seconds since 1970 of ``struct tm``'s first fields in UTC; each may be out of its range."""
    years, month = divmod(month, 12)
    days = days_from_civil(year_field + 1900 + years, month + 1, day)
    return days * _DAY_S + hour * 3600 + minute * 60 + second
