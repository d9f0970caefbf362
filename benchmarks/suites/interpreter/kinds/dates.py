"""Dates, times and time zones."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _some_day(rng: random.Random, first: int = 1950, last: int = 2060) -> dt.date:
    return dt.date(first, 1, 1) + dt.timedelta(days=rng.randrange(365 * (last - first)))


def _day(rng: random.Random) -> Given:
    day = _some_day(rng)
    return Given(day=day, weekday=_DAYS[day.weekday()])


def _between(rng: random.Random) -> Given:
    first = _some_day(rng, 1990, 2010)
    last = first + dt.timedelta(days=rng.randint(1500, 6000))
    return Given(
        first=first.strftime("%d %B %Y"), last=last.strftime("%d %B %Y"), a=first, b=last, days=(last - first).days
    )


def _flight(rng: random.Random) -> Given:
    start, end = rng.choice(
        [("Europe/Berlin", "Asia/Tokyo"), ("America/New_York", "Europe/London"), ("Europe/Paris", "America/Chicago")]
    )
    leaves = dt.datetime(
        2024,
        rng.choice([1, 2, 7]),
        rng.randint(2, 27),
        rng.randint(6, 22),
        rng.choice([5, 20, 40]),
        tzinfo=ZoneInfo(start),
    )
    minutes = rng.randint(7 * 60, 13 * 60)
    lands = (leaves.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(ZoneInfo(end))
    return Given(
        start=start,
        end=end,
        leaves=leaves.strftime("%Y-%m-%d %H:%M"),
        hours=minutes // 60,
        minutes=minutes % 60,
        clock=lands.strftime("%H:%M"),
        twelve=lands.strftime("%I:%M").lstrip("0"),
    )


def _workdays(rng: random.Random) -> Given:
    first = dt.date(2024, rng.randint(1, 9), rng.randint(1, 28))
    last = first + dt.timedelta(days=rng.randint(25, 80))
    days = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    return Given(first=first, last=last, n=sum(day.weekday() < 5 for day in days))


def _shifts(rng: random.Random) -> Given:
    rows, total = [], dt.timedelta()
    for i in range(14):
        start = dt.datetime(2024, 5, 1, rng.randint(5, 22), rng.choice([0, 15, 30]), tzinfo=dt.UTC) + dt.timedelta(
            days=i
        )
        length = dt.timedelta(minutes=15 * rng.randint(14, 40))
        rows.append((f"{start:%d.%m.%Y %H:%M}", f"{start + length:%d.%m.%Y %H:%M}"))
        total += length
    return Given({"shifts.csv": inputs.csv_bytes(["start", "end"], rows)}, hours=total.total_seconds() / 3600)


def _birthdays(rng: random.Random) -> Given:
    rows = [(name, _some_day(rng, 1950, 2005)) for name in rng.sample(inputs.NAMES, 9)]
    when = dt.date(2024, rng.randint(2, 11), 15)
    ages = [(name, day, when.year - day.year - ((when.month, when.day) < (day.month, day.day))) for name, day in rows]
    return Given({"people.csv": inputs.csv_bytes(["name", "born"], rows)}, when=when, ages=ages)


def _leap(rng: random.Random) -> Given:
    year = rng.randint(2021, 2060)
    fridays = [month for month in range(1, 13) if dt.date(year, month, 13).weekday() == 4]
    return Given(year=year, n=len(fridays))


def _aged(o: Outcome) -> None:
    need_rows(read_table(o.file("ages.csv")), [(name, age) for name, _born, age in o.v.ages])


TASKS = [
    Task(
        "dates/weekday",
        "What day of the week is {day}?",
        _day,
        lambda o: o.picks(o.v.weekday, _DAYS),
        """
import calendar
import datetime
print(calendar.day_name[datetime.date.fromisoformat("<<day>>").weekday()])
""",
        (".weekday()]", ".weekday() - 1]"),
    ),
    Task(
        "dates/between",
        "how many days are there from {first} to {last}?",
        _between,
        lambda o: o.says(o.v.days),
        """
import datetime
print((datetime.date.fromisoformat("<<b>>") - datetime.date.fromisoformat("<<a>>")).days, "days")
""",
        (".days,", ".days + 1,"),
    ),
    Task(
        "dates/flight",
        "A plane leaves on {leaves} (local time, {start}) and flies {hours} hours {minutes} minutes. What is the "
        "local time at the destination (time zone {end}) when it lands?",
        _flight,
        lambda o: o.need(
            o.v.clock in o.answer or f"{o.v.twelve} " in o.answer, f"{o.v.clock} is not in {o.answer[:100]!r}"
        ),
        """
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
start = datetime.fromisoformat("<<leaves>>").replace(tzinfo=ZoneInfo("<<start>>"))
end = start.astimezone(timezone.utc) + timedelta(hours=<<hours>>, minutes=<<minutes>>)
print("It lands at", end.astimezone(ZoneInfo("<<end>>")).strftime("%H:%M on %Y-%m-%d"))
""",
        ('ZoneInfo("<<end>>")', 'ZoneInfo("<<start>>")'),
    ),
    Task(
        "dates/workdays",
        "Count the working days (Mon-Fri, ignore holidays) from {first} to {last}, both included.",
        _workdays,
        lambda o: o.says(o.v.n),
        """
import pandas as pd
print(len(pd.bdate_range("<<first>>", "<<last>>")))
""",
        ("pd.bdate_range(", "pd.date_range("),
    ),
    Task(
        "dates/shifts",
        "shifts.csv has the start and end of all my shifts in May (day first). How many hours did I work in total?",
        _shifts,
        lambda o: o.says(o.v.hours, 0.011),
        """
import pandas as pd
df = pd.read_csv("shifts.csv")
start, end = (pd.to_datetime(df[name], format="%d.%m.%Y %H:%M") for name in ("start", "end"))
print((end - start).sum().total_seconds() / 3600, "hours")
""",
        ("(end - start).sum()", "(end - start).iloc[:-1].sum()"),
    ),
    Task(
        "dates/ages",
        "Add everybody's age in full years on {when} to people.csv as a column age, save as ages.csv",
        _birthdays,
        _aged,
        """
import pandas as pd
df = pd.read_csv("people.csv", parse_dates=["born"])
when = pd.Timestamp("<<when>>")
before = (df["born"].dt.month * 100 + df["born"].dt.day) > when.month * 100 + when.day
df["age"] = when.year - df["born"].dt.year - before
df.to_csv("ages.csv", index=False)
print(df)
""",
        (" - before", ""),
    ),
    Task(
        "dates/friday_13th",
        "How many Fridays the 13th does the year {year} have?",
        _leap,
        lambda o: o.says(o.v.n),
        """
from datetime import date
n = sum(date(<<year>>, month, 13).weekday() == 4 for month in range(1, 13))
print(f"There are {n} of them.")
""",
        ("== 4", "!= 4"),
    ),
]
