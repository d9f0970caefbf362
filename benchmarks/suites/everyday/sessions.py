"""Several requests in one session."""

from __future__ import annotations

import random
from collections import Counter

from suites.interpreter import answers, inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

# --- a football league

_TEAMS = ["Rovers", "Athletic", "Wanderers", "City", "United", "Albion"]


def _league(rng: random.Random) -> Given:
    while True:
        games = [
            (a, b, rng.choice([0, 0, 1, 1, 2, 3, 4]), rng.choice([0, 0, 1, 1, 2, 3]))
            for a in _TEAMS
            for b in _TEAMS
            if a != b
        ]
        rng.shuffle(games)
        points, difference, conceded = Counter(), Counter(), Counter()
        for a, b, x, y in games:
            points[a] += 3 if x > y else 1 if x == y else 0
            points[b] += 3 if y > x else 1 if x == y else 0
            difference[a] += x - y
            difference[b] += y - x
            conceded[a] += y
            conceded[b] += x
        table = sorted(_TEAMS, key=lambda team: (-points[team], -difference[team]))
        fewest = min(conceded, key=conceded.__getitem__)
        unique = (
            len({(points[t], difference[t]) for t in _TEAMS}) == 6
            and list(conceded.values()).count(conceded[fewest]) == 1
        )
        at_home = Counter()
        for a, _, _, y in games:
            at_home[a] += y
        if unique and fewest not in {table[0], min(at_home, key=at_home.__getitem__)}:
            break
    return Given(
        {"season.csv": inputs.csv_bytes(["home", "away", "home_goals", "away_goals"], games)},
        draws=sum(x == y for _, _, x, y in games),
        table=[(team, points[team], difference[team]) for team in table],
        fewest=fewest,
        conceded=conceded[fewest],
    )


def _season(o: Outcome) -> None:
    o.says(o.v.draws, at=0)
    need_rows(read_table(o.file("table.csv")), o.v.table, ordered=True)
    o.picks(o.v.fewest, _TEAMS, at=2)
    o.says(o.v.conceded, at=2)


# --- a recipe


def _recipe(rng: random.Random) -> Given:
    while True:
        serves, people = 4, rng.choice([6, 10, 14, 18])
        flour, milk, sugar = 20 * rng.randint(11, 21), 20 * rng.randint(19, 32), 4 * rng.randint(7, 17)
        eggs = rng.choice([2, 4, 6])
        have = 10 * rng.randint(150, 320)
        if 0.15 < have * serves / milk % 1 < 0.45 or 0.55 < have * serves / milk % 1 < 0.85:
            break
    amounts = [value * people // serves for value in (flour, milk, sugar, eggs)]
    return Given(
        serves=serves,
        people=people,
        flour=flour,
        milk=milk,
        sugar=sugar,
        eggs=eggs,
        have=have,
        amounts=amounts,
        most=have * serves // milk,
    )


def _cooked(o: Outcome) -> None:
    for amount in o.v.amounts:
        o.says(amount, at=0)
    o.says(o.v.most, at=1)


# --- power without the days away


def _power(rng: random.Random) -> Given:
    rows = []
    for i in range(40):
        away = rng.random() < 0.3
        kwh = round(rng.uniform(1, 3) if away else rng.uniform(7, 15), 1)
        rows.append((f"2024-07-{i + 1:02d}" if i < 31 else f"2024-08-{i - 30:02d}", kwh, "yes" if away else "no"))
    home = [row for row in rows if row[2] == "no"]
    return Given(
        {"meter.csv": inputs.csv_bytes(["date", "kwh", "away"], rows)},
        home=home,
        mean=sum(row[1] for row in rows) / len(rows),
        home_mean=sum(row[1] for row in home) / len(home),
    )


def _at_home(o: Outcome) -> None:
    o.says(o.v.mean, 0.051, at=0)
    o.says(o.v.home_mean, 0.051, at=1)
    need_rows(read_table(o.file("at_home.csv")), [row[:2] for row in o.v.home])


# --- who owes what after a trip


def _trip(rng: random.Random) -> Given:
    while True:
        names = rng.sample(inputs.NAMES, 4)
        what = ["petrol", "dinner", "hostel", "tickets", "groceries", "boat", "ice cream"]
        rows = [(rng.choice(names), rng.choice(what), rng.randint(600, 14000) / 100) for _ in range(16)]
        paid = {name: round(sum(row[2] for row in rows if row[0] == name), 2) for name in names}
        first_two = sorted(paid.values())[-2:]
        often = Counter(row[0] for row in rows)
        top = max(paid, key=paid.__getitem__)
        if min(paid.values()) > 0 and first_two[1] - first_two[0] > 10 and often[top] < max(often.values()):
            break
    share = sum(paid.values()) / 4
    return Given(
        {"trip.csv": inputs.csv_bytes(["who", "what", "paid"], rows)},
        names=names,
        top=top,
        balance={name: paid[name] - share for name in names},
    )


def _settled(o: Outcome) -> None:
    o.picks(o.v.top, o.v.names, at=0)
    found = [abs(number) for number in answers.numbers(o.answers[1])]
    for name, balance in o.v.balance.items():
        near = any(abs(x - abs(balance)) <= 0.011 for x in found)
        o.need(near, f"{name}'s {balance:.2f} is not in {answers.excerpt(o.answers[1])}")
    need_rows(read_table(o.file("settle.xlsx")), o.v.balance.items(), tol=0.011)


TASKS = [
    Task(
        "sessions/league",
        (
            "here are all results of our league. how many games ended in a draw?",
            (
                "Now make the league table: 3 points for a win, 1 for a draw; equal points: the better goal difference comes "
                "first. Columns team, points, goal_difference, best team on top, save it as table.csv"
            ),
            "Which team has let in the fewest goals, and how many?",
        ),
        _league,
        _season,
        (
            """
import pandas as pd
df = pd.read_csv("season.csv")
print("Draws:", (df["home_goals"] == df["away_goals"]).sum())
""",
            """
home = df.rename(columns={"home": "team", "home_goals": "scored", "away_goals": "conceded"})
away = df.rename(columns={"away": "team", "away_goals": "scored", "home_goals": "conceded"})
both = pd.concat([home, away])[["team", "scored", "conceded"]]
both["goal_difference"] = both["scored"] - both["conceded"]
both["points"] = both["goal_difference"].map(lambda d: 3 if d > 0 else 1 if d == 0 else 0)
table = both.groupby("team")[["points", "goal_difference"]].sum()
table = table.sort_values(["points", "goal_difference"], ascending=False).reset_index()
table.to_csv("table.csv", index=False)
print(table)
""",
            """
conceded = both.groupby("team")["conceded"].sum()
print(conceded.idxmin(), "let in", conceded.min())
""",
        ),
        ("pd.concat([home, away])", "home"),
    ),
    Task(
        "sessions/waffles",
        (
            (
                "My waffle recipe for {serves} people: {flour} g flour, {milk} ml milk, {sugar} g sugar, {eggs} eggs. What do I "
                "need for {people} people?"
            ),
            "And if I only have {have} ml of milk, but plenty of the rest: for how many people is that enough at most?",
        ),
        _recipe,
        _cooked,
        (
            """
recipe = {"flour (g)": <<flour>>, "milk (ml)": <<milk>>, "sugar (g)": <<sugar>>, "eggs": <<eggs>>}
for name, amount in recipe.items():
    print(f"{name}: {amount * <<people>> / <<serves>>:g}")
""",
            """
print("Enough for", int(<<have>> / (recipe["milk (ml)"] / <<serves>>)), "people")
""",
        ),
        ('recipe["milk (ml)"] / <<serves>>', 'recipe["milk (ml)"]'),
    ),
    Task(
        "sessions/away",
        (
            "How much power do we use per day on average? (meter.csv)",
            "Hmm, that includes the days when we were away. Without them?",
            "ok save just the days at home to at_home.csv, date and kwh",
        ),
        _power,
        _at_home,
        (
            """
import pandas as pd
df = pd.read_csv("meter.csv")
print("Average kWh per day:", round(df["kwh"].mean(), 2))
""",
            """
home = df[df["away"] == "no"]
print("Without the days away:", round(home["kwh"].mean(), 2))
""",
            """
home[["date", "kwh"]].to_csv("at_home.csv", index=False)
print("saved", len(home), "rows to at_home.csv")
""",
        ),
        ('home[["date", "kwh"]]', 'df[["date", "kwh"]]'),
    ),
    Task(
        "sessions/trip",
        (
            "trip.csv lists what we spent on our trip. Who paid most?",
            "The four of us want to split all of it equally. How much does each of us get back or still have to pay?",
            "put that into settle.xlsx: name and balance, plus = gets money back, minus = has to pay",
        ),
        _trip,
        _settled,
        (
            """
import pandas as pd
paid = pd.read_csv("trip.csv").groupby("who")["paid"].sum()
print("Paid most:", paid.idxmax())
""",
            """
balance = (paid - paid.sum() / 4).round(2)
for name, value in balance.items():
    print(name, "gets back" if value > 0 else "has to pay", abs(value))
""",
            """
balance.rename_axis("name").reset_index(name="balance").to_excel("settle.xlsx", index=False)
print("saved settle.xlsx")
""",
        ),
        ("balance = (paid - paid.sum() / 4)", "balance = (paid.sum() / 4 - paid)"),
    ),
]
