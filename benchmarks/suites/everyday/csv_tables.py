"""CSV analysis."""

from __future__ import annotations

import datetime as dt
import random
from itertools import permutations

from suites.interpreter import answers, inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

# --- waiting in a hospital

_DEPARTMENTS = ["Cardiology", "Radiology", "Surgery", "Dermatology", "Neurology"]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _visits(rng: random.Random) -> Given:
    while True:
        typical = {name: rng.randint(15, 60) for name in _DEPARTMENTS}
        rows = []
        for i in range(110):
            name = rng.choices(_DEPARTMENTS, [5, 3, 2, 4, 2])[0]
            arrived = rng.randint(7 * 60, 17 * 60)
            wait = max(1, int(rng.gauss(typical[name], 22)))
            rows.append((1000 + i, name, _clock(arrived), _clock(arrived + wait), wait))
        waits = {name: [row[4] for row in rows if row[1] == name] for name in _DEPARTMENTS}
        mean = {name: sum(w) / len(w) for name, w in waits.items()}
        first, second = sorted(_DEPARTMENTS, key=lambda name: -mean[name])[:2]
        if mean[first] - mean[second] > 2 and first not in {
            max(waits, key=lambda name: sum(waits[name])),
            max(waits, key=lambda name: max(waits[name])),
        }:
            break
    header = ["visit", "department", "arrived", "seen"]
    return Given({"visits.csv": inputs.csv_bytes(header, [row[:4] for row in rows])}, winner=first, mean=mean[first])


# --- a league

_TEAMS = ["Rovers", "United", "Albion", "Wanderers", "Athletic", "Harriers"]


def _matches(rng: random.Random) -> Given:
    while True:
        strength = {team: rng.uniform(0.6, 2.2) for team in _TEAMS}
        pairs = list(permutations(_TEAMS, 2))
        rng.shuffle(pairs)
        rows, points, difference = [], dict.fromkeys(_TEAMS, 0), dict.fromkeys(_TEAMS, 0)
        for i, (home, away) in enumerate(pairs):
            a, b = (min(6, int(rng.expovariate(1 / strength[team]) + 0.4)) for team in (home, away))
            rows.append(((dt.date(2024, 8, 10) + dt.timedelta(days=7 * (i // 3))).isoformat(), home, away, a, b))
            points[home] += 3 if a > b else int(a == b)
            points[away] += 3 if b > a else int(a == b)
            difference[home] += a - b
            difference[away] += b - a
        ranks = [(points[team], difference[team]) for team in _TEAMS]
        if len(set(ranks)) == len(_TEAMS) and len({rank[0] for rank in ranks}) < len(_TEAMS):
            break
    table = sorted(((team, points[team], difference[team]) for team in _TEAMS), key=lambda row: (-row[1], -row[2]))
    header = ["date", "home", "away", "home_goals", "away_goals"]
    return Given({"season.csv": inputs.csv_bytes(header, rows)}, table=table)


# --- a dry spell


def _spells(rain: list[float], limit: float) -> list[tuple[int, int]]:
    """Length and start of each run of days with at most that much rain."""
    found, start = [], None
    for i, value in enumerate([*rain, 99.0]):
        if value <= limit:
            start = i if start is None else start
        elif start is not None:
            found.append((i - start, start))
            start = None
    return sorted(found, reverse=True)


def _weather(rng: random.Random) -> Given:
    first = dt.date(rng.choice([2022, 2023]), 3, 1)
    while True:
        rain = [
            0.0 if rng.random() < 0.68 else round(rng.choice([0.2, 0.4, 0.6, rng.uniform(1, 18)]), 1)
            for _ in range(122)
        ]
        spells = _spells(rain, 0.0)
        if spells[0][0] > spells[1][0] and _spells(rain, 0.9)[0] != spells[0] and spells[0][1] > 0 and spells[0][0] > 4:
            break
    rows = [
        ((first + dt.timedelta(days=i)).isoformat(), round(rng.uniform(1, 9), 1), round(rng.uniform(10, 24), 1), value)
        for i, value in enumerate(rain)
    ]
    begin = first + dt.timedelta(days=spells[0][1])
    return Given(
        {"station_4711.csv": inputs.csv_bytes(["date", "tmin", "tmax", "rain_mm"], rows)},
        length=spells[0][0],
        begin=begin,
    )


def date_is_in(text: str, day: dt.date) -> bool:
    """Whether a text has this day in one of the usual ways of writing it."""
    month = f"{day:%B}"
    forms = [
        day.isoformat(),
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%m/%d/%Y}",
        f"{day:%Y/%m/%d}",
        *(
            form
            for name in {month, month[:3]}
            for form in (f"{name} {day.day}", f"{name} {day:%d}", f"{day.day} {name}", f"{day:%d} {name}")
        ),
        *(f"{day.day}{end} of {month}" for end in ("st", "nd", "rd", "th")),
        *(f"{day.day}{end} {month}" for end in ("st", "nd", "rd", "th")),
        *(f"{month} {day.day}{end}" for end in ("st", "nd", "rd", "th")),
    ]
    return any(answers.has_words(text, form) for form in forms) or day.isoformat() in text


def _dry(o: Outcome) -> None:
    o.says(o.v.length)
    o.need(date_is_in(o.answer, o.v.begin), f"the answer lacks {o.v.begin}: {answers.excerpt(o.answer)}")


# --- members who did not come


def _members(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 14)
    ids = rng.sample(range(200, 400), 14)
    members = [(i, name, rng.choice(["Basic", "Plus", "Gold"])) for i, name in zip(ids, names, strict=True)]
    absent = set(rng.sample(ids, rng.randint(3, 5)))
    visits = []
    for i in ids:
        if i not in absent:
            visits += [(f"2024-03-{rng.randint(1, 31):02d}", i) for _ in range(rng.randint(1, 6))]
    for i in [*rng.sample(sorted(absent), len(absent) - 1), *rng.sample(ids, 7)]:
        visits += [(f"2024-{rng.choice(['02', '04'])}-{rng.randint(1, 28):02d}", i) for _ in range(rng.randint(1, 4))]
    rng.shuffle(visits)
    return Given(
        {
            "members.csv": inputs.csv_bytes(["member_id", "name", "plan"], members),
            "visits.csv": inputs.csv_bytes(["date", "member_id"], visits),
        },
        names=names,
        absent={name for i, name, _ in members if i in absent},
    )


def _absent(o: Outcome) -> None:
    named = set(answers.in_order(o.answer, o.v.names))
    lacking, extra = o.v.absent - named, named - o.v.absent
    o.need(not lacking, f"the answer lacks {', '.join(sorted(lacking))}: {answers.excerpt(o.answer)}")
    o.need(not extra, f"the answer wrongly names {', '.join(sorted(extra))}: {answers.excerpt(o.answer)}")


TASKS = [
    Task(
        "csv_tables/waiting",
        "In which department do patients wait longest on average, from arrived to seen, and how many minutes is that? "
        "The file is visits.csv.",
        _visits,
        lambda o: o.picks(o.v.winner, _DEPARTMENTS).says(o.v.mean, 0.51),
        """
import pandas as pd
df = pd.read_csv("visits.csv")
arrived, seen = (pd.to_datetime(df[c], format="%H:%M") for c in ("arrived", "seen"))
df["wait"] = (seen - arrived).dt.total_seconds() / 60
waits = df.groupby("department")["wait"].mean()
print("Longest wait:", waits.idxmax(), "with", round(waits.max(), 1), "minutes on average")
""",
        ('["wait"].mean()', '["wait"].max()'),
    ),
    Task(
        "csv_tables/league",
        "season.csv contains all the results of our football league. Work out the final table: 3 points for a win, 1 for a "
        "draw, sorted by points and then by goal difference, best team first. Columns team, points, goal_difference, "
        "written to table.csv",
        _matches,
        lambda o: need_rows(read_table(o.file("table.csv")), o.v.table, ordered=True),
        """
import pandas as pd
df = pd.read_csv("season.csv")
home = pd.DataFrame({"team": df["home"], "diff": df["home_goals"] - df["away_goals"]})
away = pd.DataFrame({"team": df["away"], "diff": df["away_goals"] - df["home_goals"]})
both = pd.concat([home, away])
both["points"] = both["diff"].apply(lambda d: 3 if d > 0 else 1 if d == 0 else 0)
table = both.groupby("team", as_index=False).agg(points=("points", "sum"), goal_difference=("diff", "sum"))
table = table.sort_values(["points", "goal_difference"], ascending=False)
table.to_csv("table.csv", index=False)
print(table.to_string(index=False))
""",
        ("pd.concat([home, away])", "home.copy()"),
    ),
    Task(
        "csv_tables/dry_spell",
        "Looking at the weather station's file: what was the longest dry spell, i.e. the most days in a row with 0 mm "
        "rain, and on what date did it begin?",
        _weather,
        _dry,
        """
import pandas as pd
df = pd.read_csv("station_4711.csv")
dry = df["rain_mm"] <= 0
runs = df[dry].groupby((~dry).cumsum()[dry])["date"].agg(["count", "first"])
best = runs.loc[runs["count"].idxmax()]
print("Longest dry spell:", best["count"], "days, beginning on", best["first"])
""",
        ('df["rain_mm"] <= 0', 'df["rain_mm"] < 1'),
    ),
    Task(
        "csv_tables/never_came",
        "hi, I run a small gym. one file has my members, the other one the visits. who didn't show up a single time in "
        "March 2024? just the names please",
        _members,
        _absent,
        """
import pandas as pd
members = pd.read_csv("members.csv")
visits = pd.read_csv("visits.csv")
came = visits[visits["date"].str.startswith("2024-03")]["member_id"]
print("Not in March:", ", ".join(members[~members["member_id"].isin(came)]["name"]))
""",
        ('visits[visits["date"].str.startswith("2024-03")]', "visits"),
    ),
]
