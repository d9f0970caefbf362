"""Data as people keep them."""

from __future__ import annotations

import datetime as dt
import random

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

# --- kilos and grams


def _parcels(rng: random.Random) -> Given:
    rows, grams = [], 0
    for i in range(24):
        if i % 3 == 0:
            g = rng.randint(12, 99) * 10
            text = rng.choice([f"{g} g", f"{g}g", f" {g} G"])
        else:
            g = rng.randint(11, 99) * 100
            kilos = f"{g / 1000:.1f}"
            text = rng.choice([f"{kilos} kg", f"{kilos}kg", f"{kilos.replace('.', ',')} kg", f"{kilos} KG "])
        grams += g
        rows.append((f"PK{rng.randint(1000, 9999)}", rng.choice(inputs.CITIES), text))
    return Given({"parcels.csv": inputs.csv_bytes(["parcel", "to", "weight"], rows)}, kilos=grams / 1000)


# --- the same member several times


def _members(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 11)
    rows, newest = [], {}
    for i, name in enumerate(names):
        email = f"{name.lower()}{rng.randint(1, 99)}@example.org"
        days = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in rng.sample(range(600), [1, 2, 3][i % 3])]
        for k, day in enumerate(days):
            shown = [email, email.capitalize() + " ", " " + email.upper()][k]
            rows.append(([name, name.upper(), name][k], shown, day.isoformat()))
        newest[email] = max(days).isoformat()
    rng.shuffle(rows)
    return Given({"members.csv": inputs.csv_bytes(["name", "email", "renewed"], rows)}, newest=newest)


def _deduplicated(o: Outcome) -> None:
    rows = read_table(o.file("members_clean.csv"))
    need_rows(rows, o.v.newest.items(), header=["name", "email", "renewed"])


# --- an exported report with title and totals

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _wards(rng: random.Random) -> Given:
    while True:
        wards = ["Surgery", "Cardiology", "Children", "Maternity", "Neurology"]
        rows = [[ward, *(rng.randint(8, 34) for _ in _DAYS)] for ward in wards]
        sums = [sum(row[i] for row in rows) for i in range(1, 8)]
        if max(sums) > sorted(sums)[-2]:
            break
    sheet = [
        ["St. Mary's - occupied beds"],
        [f"Export of 2024-11-{rng.randint(10, 28)}, week {rng.randint(40, 46)}"],
        [],
        ["Ward", *_DAYS],
        *rows,
        ["Total", *sums],
    ]
    return Given(
        {"beds.xlsx": inputs.xlsx_bytes({"Report": sheet})}, mean=sum(sums) / 7, top=_DAYS[sums.index(max(sums))]
    )


def _beds(o: Outcome) -> None:
    o.says(o.v.mean, 0.051)
    o.picks(o.v.top, _DAYS)


# --- a sensor that fails now and then


def _sensor(rng: random.Random) -> Given:
    start = dt.datetime(2024, 1, 8)
    rows, good = [], []
    for i in range(96):
        value = round(rng.uniform(-6, 9), 1)
        text = rng.choices([f"{value}", "-999", "", "err", "n/a"], [80, 8, 4, 4, 2])[0]
        if i == 2:
            text = "-999"
        if text == f"{value}":
            good.append(value)
        rows.append(((start + dt.timedelta(hours=i)).strftime("%Y-%m-%d %H:%M"), text))
    return Given({"sensor.csv": inputs.csv_bytes(["time", "temp"], rows)}, mean=sum(good) / len(good), low=min(good))


def _measured(o: Outcome) -> None:
    o.says(o.v.mean, 0.051)
    o.says(o.v.low)


TASKS = [
    Task(
        "messy/parcels",
        "The guys in the depot typed in the weights just as they liked, some in grams and some in kilos. How many kg do "
        "all the parcels in parcels.csv weigh together?",
        _parcels,
        lambda o: o.says(o.v.kilos, 0.011),
        """
import pandas as pd
df = pd.read_csv("parcels.csv")
text = df["weight"].str.strip().str.lower().str.replace(",", ".")
number = text.str.extract(r"([\\d.]+)")[0].astype(float)
kilos = number.where(text.str.contains("kg"), number / 1000)
print(f"Together: {kilos.sum():.2f} kg")
""",
        ('.str.replace(",", ".")', '.str.replace(",", "")'),
    ),
    Task(
        "messy/members",
        "Some people are in members.csv more than once (same e-mail, sometimes in capitals or with blanks around it). "
        "Keep only the latest entry of each person, by renewed, and save the list as members_clean.csv with the same "
        "columns.",
        _members,
        _deduplicated,
        """
import pandas as pd
df = pd.read_csv("members.csv")
df["email"] = df["email"].str.strip().str.lower()
df = df.sort_values("renewed").drop_duplicates("email", keep="last")
df.to_csv("members_clean.csv", index=False)
print(len(df), "members saved to members_clean.csv")
""",
        ('keep="last"', 'keep="first"'),
    ),
    Task(
        "messy/beds",
        "How many beds are occupied in our hospital on an average day, all wards together, and on which day of the week "
        "was it fullest? The numbers are in beds.xlsx.",
        _wards,
        _beds,
        """
import pandas as pd
df = pd.read_excel("beds.xlsx", header=3)
df = df[df["Ward"] != "Total"].set_index("Ward")
per_day = df.sum()
print("Beds on an average day:", round(per_day.mean(), 1))
print("Fullest on", per_day.idxmax())
""",
        ('df = df[df["Ward"] != "Total"].set_index("Ward")', 'df = df.set_index("Ward")'),
    ),
    Task(
        "messy/sensor",
        "average temp and lowest temp in sensor.csv? careful, when the thing fails it writes -999 or some text or nothing",
        _sensor,
        _measured,
        """
import pandas as pd
temp = pd.to_numeric(pd.read_csv("sensor.csv")["temp"], errors="coerce")
temp = temp[temp != -999]
print("Average:", round(temp.mean(), 2))
print("Lowest:", temp.min())
""",
        ("temp = temp[temp != -999]", "temp = temp.dropna()"),
    ),
]
