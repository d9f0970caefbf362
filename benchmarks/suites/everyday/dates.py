"""Dates and times."""

from __future__ import annotations

import datetime as dt
import random
import re

from suites.interpreter import answers, inputs
from suites.interpreter.task import Given, Outcome, Task

# --- an appointment in another time zone, in the weeks in which only one of them has summer time

_WEEKS = [dt.date(2024, 3, 11), dt.date(2025, 3, 10), dt.date(2026, 3, 9), dt.date(2024, 10, 28), dt.date(2025, 10, 27)]


def _call(rng: random.Random) -> Given:
    day = rng.choice(_WEEKS) + dt.timedelta(days=rng.randint(0, 4))
    hour, minute = rng.randint(8, 11), rng.choice([15, 30, 45])
    return Given(day=day.isoformat(), at=f"{hour}:{minute}", at24=f"{hour:02d}:{minute}", hour=hour + 5, minute=minute)


def _there(o: Outcome) -> None:
    h, m = o.v.hour, o.v.minute
    found = re.search(rf"(?<!\d){h}[:.h]{m}(?!\d)|(?<!\d)0?{h - 12}[:.]{m}(?::00)?\s*p\.?\s?m", o.answer, re.IGNORECASE)
    o.need(found, f"the answer lacks {h}:{m}: {answers.excerpt(o.answer)}")


# --- fines for books that came back late


def _loans(rng: random.Random) -> Given:
    while True:
        period = rng.choice([14, 21, 28])
        members = rng.sample(inputs.NAMES, 6)
        fines = dict.fromkeys(members, 0)
        first = dt.date(2024, 4, 3)
        rows = []
        for i in range(45):
            borrowed = first if i == 0 else first + dt.timedelta(days=rng.randint(1, 200))
            returned = borrowed + dt.timedelta(days=7 if i == 0 else rng.randint(2, period + 16))
            member = rng.choice(members)
            fines[member] += 20 * max(0, (returned - borrowed).days - period)
            rows.append((member, f"B{rng.randint(100, 999)}", f"{borrowed:%d/%m/%Y}", f"{returned:%d/%m/%Y}"))
        first_two = sorted(fines.values())[-2:]
        if first_two[1] - first_two[0] > 100:
            break
    return Given(
        {"loans.csv": inputs.csv_bytes(["member", "book", "borrowed", "returned"], rows)},
        period=period,
        members=members,
        total=sum(fines.values()) / 100,
        top=max(fines, key=fines.__getitem__),
    )


def _fined(o: Outcome) -> None:
    o.says(o.v.total, 0.006)
    o.picks(o.v.top, o.v.members)


# --- sleep across midnight


def _sleep(rng: random.Random) -> Given:
    start = dt.date(2024, 9, 1)
    rows, minutes = [], []
    for i in range(28):
        bed = rng.randint(22 * 60, 25 * 60 + 30)
        up = 24 * 60 + rng.randint(5 * 60 + 40, 8 * 60 + 20)
        minutes.append(up - bed)
        clock = [f"{value // 60 % 24:02d}:{value % 60:02d}" for value in (bed, up)]
        rows.append(((start + dt.timedelta(days=i)).isoformat(), *clock))
    return Given(
        {"sleep.csv": inputs.csv_bytes(["night", "to_bed", "got_up"], rows)}, minutes=sum(minutes) / len(minutes)
    )


# --- birthdays around the turn of the year


def _birthdays(rng: random.Random) -> Given:
    today = dt.date(rng.choice([2024, 2025]), 12, rng.randint(8, 22))
    end_of_year = (dt.date(today.year, 12, 31) - today).days
    soon = [rng.randint(2, end_of_year - 1), rng.randint(end_of_year + 1, 28), rng.randint(end_of_year + 1, 28)]
    later = [rng.randint(40, 355) for _ in range(9)]
    names = rng.sample(inputs.NAMES, 12)
    people, expected = [], {}
    for i, (name, days) in enumerate(zip(names, soon + later, strict=True)):
        birthday = today + dt.timedelta(days=days)
        born = birthday.replace(year=rng.randint(1957, 1991), day=min(birthday.day, 28))
        people.append((name, born.isoformat()))
        if i < 3:
            birthday = birthday.replace(day=min(birthday.day, 28))
            expected[name] = birthday.year - born.year
    if sorted(expected.values()) != sorted(set(expected.values())) or any(
        a + 1 in expected.values() for a in expected.values()
    ):
        return _birthdays(rng)
    rng.shuffle(people)
    return Given(
        {"team.csv": inputs.csv_bytes(["name", "born"], people)},
        today=today.isoformat(),
        names=names,
        expected=expected,
    )


def _soon(o: Outcome) -> None:
    named = set(answers.in_order(o.answer, o.v.names))
    o.need(named == set(o.v.expected), f"should name {', '.join(o.v.expected)}: {answers.excerpt(o.answer)}")
    for age in o.v.expected.values():
        o.says(age)


TASKS = [
    Task(
        "dates/call",
        "I live in Berlin and have a video call on {day} at {at} a.m. New York time. What time is that here?",
        _call,
        _there,
        """
from datetime import datetime
from zoneinfo import ZoneInfo
there = datetime.fromisoformat("<<day>> <<at24>>").replace(tzinfo=ZoneInfo("America/New_York"))
print("In Berlin:", there.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M"))
""",
        (
            'there.astimezone(ZoneInfo("Europe/Berlin"))',
            '(there + __import__("datetime").timedelta(hours=6))',
        ),
    ),
    Task(
        "dates/fines",
        "Our library lends books for {period} days, after that every day costs 0.20 per book. Going by loans.csv (dates "
        "are day/month/year): how much did we earn in fines altogether, and which member had to pay the most?",
        _loans,
        _fined,
        """
import pandas as pd
df = pd.read_csv("loans.csv")
days = (pd.to_datetime(df["returned"], dayfirst=True) - pd.to_datetime(df["borrowed"], dayfirst=True)).dt.days
df["fine"] = (days - <<period>>).clip(lower=0) * 0.20
print(f"Fines altogether: {df['fine'].sum():.2f}")
print("Most:", df.groupby("member")["fine"].sum().idxmax())
""",
        (".clip(lower=0)", ""),
    ),
    Task(
        "dates/sleep",
        "how many minutes do i sleep per night on average? (to_bed until got_up)",
        _sleep,
        lambda o: o.says(o.v.minutes, 0.51),
        """
import pandas as pd
df = pd.read_csv("sleep.csv")
bed = pd.to_timedelta(df["to_bed"] + ":00").dt.total_seconds() / 60
up = pd.to_timedelta(df["got_up"] + ":00").dt.total_seconds() / 60
print("Minutes on average:", round(((up - bed) % 1440).mean(), 1))
""",
        ("((up - bed) % 1440)", "(up - bed)"),
    ),
    Task(
        "dates/birthdays",
        "Today is {today}. Who in team.csv has a birthday within the next 30 days, and how old will they be then?",
        _birthdays,
        _soon,
        """
import pandas as pd
df = pd.read_csv("team.csv", parse_dates=["born"])
today = pd.Timestamp("<<today>>")
for name, born in zip(df["name"], df["born"]):
    birthday = born.replace(year=today.year)
    if birthday < today:
        birthday = born.replace(year=today.year + 1)
    if (birthday - today).days <= 30:
        print(f"{name} turns {birthday.year - born.year} on {birthday.date()}")
""",
        ("born.replace(year=today.year + 1)", "born.replace(year=today.year)"),
    ),
]
