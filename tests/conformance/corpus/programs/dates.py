# --- arithmetic
from datetime import date, datetime, timedelta
d = date(2024, 1, 31)
print(d + timedelta(days=30), d - date(2023, 12, 25), d.replace(day=1), d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), date.fromordinal(1))

# --- timedelta
from datetime import timedelta
t = timedelta(days=1, hours=25, minutes=-61, microseconds=1)
print(t, repr(t), t.total_seconds(), t / 2, t // timedelta(hours=1), t % timedelta(hours=1), -t, abs(-t), t * 1.5, divmod(t, timedelta(hours=7)))

# --- invalid_date
from datetime import date
date(2023, 2, 29)

# --- year_out_of_range
from datetime import date, timedelta
date.max + timedelta(days=1)

# --- isoformat
from datetime import datetime, timezone, timedelta, time
d = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
print(d.isoformat(), d.isoformat(" ", "minutes"), d.date(), d.time(), d.timetz(), repr(d), d.utcoffset(), d.tzname(), time(1, 2).isoformat())

# --- fromisoformat
from datetime import date, datetime, time
for text in ("2024-05-06", "20240506T070809", "2024-W19-1", "2024-05-06T07:08:09.5Z", "2024-05-06 07:08+02:00"):
    print(datetime.fromisoformat(text))
print(date.fromisoformat("2024-05-06"), time.fromisoformat("T07:08"))

# --- fromisoformat_bad
from datetime import datetime
datetime.fromisoformat("2024-13-01")

# --- strptime
from datetime import datetime
print(datetime.strptime("6 May 2024 07:08 PM", "%d %B %Y %I:%M %p"), datetime.strptime("2024-05-06 +0200", "%Y-%m-%d %z"), datetime.strptime("24/127", "%y/%j"))

# --- strptime_bad
from datetime import datetime
datetime.strptime("2024-05", "%Y-%m-%d")

# --- strptime_rest
from datetime import datetime
datetime.strptime("2024-05-06x", "%Y-%m-%d")

# --- strftime_all
from datetime import datetime
d = datetime(2009, 1, 4, 23, 59, 58)
for code in "aAbBcdHIjmMpSUwWxXyYGuVzZ%DTRFeCnhrt":
    print(code, repr(d.strftime("%" + code)))

# --- strftime_odd
from datetime import datetime
d = datetime(9, 1, 4)
print(repr(d.strftime("%Y")), repr(d.strftime("%")), repr(d.strftime("%Q")), repr(d.strftime("%-d")), repr(d.strftime("é %Y")))

# --- strftime_small_year
from datetime import date
print([date(y, 1, 1).strftime("%Y %y %G %C") for y in (1, 99, 999, 1000, 9999)])

# --- timestamps
from datetime import datetime, timezone
for t in (0, -1, 1e9 + 0.5, 2**31, 2**33, -(10**10)):
    d = datetime.fromtimestamp(t, timezone.utc)
    print(d, d.timestamp(), datetime.fromtimestamp(t))

# --- timestamp_too_large
from datetime import datetime, timezone
datetime.fromtimestamp(10**12, timezone.utc)

# --- zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"):
    z = ZoneInfo(name)
    print(name, [(d.replace(tzinfo=z).isoformat(), d.replace(tzinfo=z).tzname()) for d in (datetime(2024, 1, 1), datetime(2024, 7, 1), datetime(1900, 1, 1))])

# --- zone_fold
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
z = ZoneInfo("Europe/Berlin")
for fold in (0, 1):
    d = datetime(2024, 10, 27, 2, 30, tzinfo=z, fold=fold)
    print(d, d.astimezone(timezone.utc), d.utcoffset(), d.dst())
print(datetime(2024, 3, 31, 2, 30, tzinfo=z).astimezone(timezone.utc).astimezone(z))

# --- zone_unknown
from zoneinfo import ZoneInfo
ZoneInfo("Europe/Nowhere")

# --- zones
import zoneinfo
names = zoneinfo.available_timezones()
print(len(names), "Asia/Tokyo" in names, "localtime" in names)

# --- naive_and_aware
from datetime import datetime, timezone
datetime(2024, 1, 1) < datetime(2024, 1, 1, tzinfo=timezone.utc)

# --- calendar
import calendar
print(calendar.month(2024, 2))
print(calendar.isleap(1900), calendar.monthrange(2023, 2), calendar.leapdays(2000, 2025), calendar.TextCalendar(6).formatmonth(2023, 10), list(calendar.day_name)[0])

# --- html_calendar
import calendar
print(calendar.HTMLCalendar().formatmonth(2024, 2))

# --- time_structs
import time
t = time.gmtime(86400 * 365)
print(t, time.strftime("%Y-%m-%d %H:%M:%S %Z", t), time.asctime(t), calendar.timegm(t) if "calendar" in globals() else "", time.mktime(t), time.tzname, time.timezone, time.daylight)

# --- time_strptime
import time
print(time.strptime("Mon Jan  5 2009", "%a %b %d %Y"), time.ctime(0), time.localtime(0).tm_zone)

# --- ordering
from datetime import date, datetime
items = [date(2024, 3, 1), date(2023, 12, 31), date(2024, 2, 29)]
print(sorted(items), min(items), datetime(2024, 1, 1).date() == date(2024, 1, 1))
date(2024, 1, 1) < datetime(2024, 1, 1)

# --- dateutil
from dateutil import parser, relativedelta, rrule
import datetime
print(parser.parse("3rd of May 2001, 5:30pm"), datetime.date(2024, 1, 31) + relativedelta.relativedelta(months=1), [d.date().isoformat() for d in rrule.rrule(rrule.MONTHLY, count=3, dtstart=datetime.datetime(2024, 1, 31))])

# --- email_dates
from email.utils import format_datetime, parsedate_to_datetime
d = parsedate_to_datetime("Mon, 20 Nov 1995 19:12:08 -0500")
print(d, format_datetime(d))
