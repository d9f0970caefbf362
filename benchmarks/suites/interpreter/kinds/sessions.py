"""Several requests in one session: later ones build on earlier ones."""

from __future__ import annotations

import random

from PIL import Image, ImageOps

from suites.interpreter import inputs
from suites.interpreter.charts import need_bars
from suites.interpreter.pictures import given_picture, need_any, need_same
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task


def _photo(rng: random.Random) -> Given:
    return Given({"photo.png": inputs.image_bytes(inputs.photo(rng, 200, 120))})


def _two_edits(o: Outcome) -> None:
    turned = given_picture(o.given.files["photo.png"]).convert("RGB").transpose(Image.Transpose.ROTATE_180)
    need_same(o.file("turned.png"), turned)
    need_any(o.file("final.png"), [ImageOps.mirror(turned)])


def _sales(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 80)
    units = inputs.totals(rows, 1, 3)
    winner = max(units, key=units.__getitem__)
    products = inputs.totals([row for row in rows if row[1] == winner], 2, 3)
    return Given({"sales.csv": inputs.sales_csv(rows)}, units=units, winner=winner, products=products, n=len(rows))


def _drill_down(o: Outcome) -> None:
    o.says(o.v.n, at=0)
    o.picks(o.v.winner, inputs.REGIONS, at=1)
    o.picks(max(o.v.products, key=o.v.products.__getitem__), inputs.PRODUCTS, at=2)


def _table_then_chart(o: Outcome) -> None:
    need_rows(read_table(o.file("units.csv")), o.v.units.items())
    o.any_of(o.new(".png"), lambda path: need_bars(path, list(o.v.units.values())))


def _people(rng: random.Random) -> Given:
    rows = [(name, rng.choice(inputs.CITIES[:3]), 100 * rng.randint(20, 70)) for name in rng.sample(inputs.NAMES, 11)]
    city = rng.choice([row[1] for row in rows])
    chosen = [row for row in rows if row[1] == city]
    return Given(
        {"people.csv": inputs.csv_bytes(["name", "city", "salary"], rows)},
        city=city,
        n=len(chosen),
        chosen=chosen,
        percent=rng.choice([5, 10, 20]),
        mean=sum(row[2] for row in chosen) / len(chosen),
    )


def _raised(o: Outcome) -> None:
    o.says(o.v.n, at=0)
    o.says(o.v.mean, 0.51, at=1)
    need_rows(read_table(o.file("raised.xlsx")), [(row[0], row[2] * (1 + o.v.percent / 100)) for row in o.v.chosen])


def _numbers(rng: random.Random) -> Given:
    numbers = inputs.distinct(rng, 7, 10, 99)
    return Given(numbers=numbers, total=sum(numbers), extra=rng.randint(100, 200), top=max(numbers))


def _remembered(o: Outcome) -> None:
    o.says(o.v.total, at=0)
    o.says(o.v.total + o.v.extra, at=1)


def _corrected(rng: random.Random) -> Given:
    celsius = [round(rng.uniform(-5, 35), 1) for _ in range(20)]
    rows = list(enumerate(celsius, 1))
    return Given(
        {"temps.csv": inputs.csv_bytes(["hour", "celsius"], rows)}, rows=rows, mean=sum(celsius) / len(celsius)
    )


def _fahrenheit(o: Outcome) -> None:
    o.says(o.v.mean, 0.06, at=0)
    o.says(o.v.mean * 9 / 5 + 32, 0.11, at=1)
    need_rows(read_table(o.file("temps_f.csv")), [(hour, c * 9 / 5 + 32) for hour, c in o.v.rows], tol=0.06)


TASKS = [
    Task(
        "sessions/two_edits",
        (
            "Turn photo.png upside down (180 degrees) and save it as turned.png.",
            "Now mirror that one (swap left and right), final.png",
        ),
        _photo,
        _two_edits,
        (
            """
from PIL import Image
turned = Image.open("photo.png").rotate(180)
turned.save("turned.png")
print("saved turned.png")
""",
            """
from PIL import ImageOps
ImageOps.mirror(turned).save("final.png")
print("saved final.png")
""",
        ),
        ("ImageOps.mirror(turned)", "ImageOps.mirror(Image.open('photo.png'))"),
    ),
    Task(
        "sessions/drill_down",
        (
            "How many rows does sales.csv have (without the header)?",
            "Which region sold the most units?",
            "And which product sold the most units in that region?",
        ),
        _sales,
        _drill_down,
        (
            """
import pandas as pd
df = pd.read_csv("sales.csv")
print(len(df))
""",
            """
best = df.groupby("region")["units"].sum().idxmax()
print(best)
""",
            """
print(df[df["region"] == best].groupby("product")["units"].sum().idxmax())
""",
        ),
        ('["units"].sum().idxmax()', '["units"].sum().idxmin()'),
    ),
    Task(
        "sessions/table_then_chart",
        ("Write the total units per region to units.csv", "ok, and now the same as a bar chart"),
        _sales,
        _table_then_chart,
        (
            """
import pandas as pd
units = pd.read_csv("sales.csv").groupby("region")["units"].sum()
units.to_csv("units.csv")
print(units)
""",
            """
import matplotlib.pyplot as plt
plt.bar(units.index, units)
plt.savefig("units.png")
print("saved units.png")
""",
        ),
        ("plt.bar(units.index, units)", "plt.plot(units.index, units)"),
    ),
    Task(
        "sessions/raise",
        (
            "How many people in people.csv live in {city}?",
            "What do they earn on average?",
            "Give these people {percent} % more and save their names and new salaries as raised.xlsx.",
        ),
        _people,
        _raised,
        (
            """
import pandas as pd
df = pd.read_csv("people.csv")
there = df[df["city"] == "<<city>>"]
print(len(there))
""",
            """
print(round(there["salary"].mean(), 2))
""",
            """
raised = there.assign(salary=there["salary"] * (1 + <<percent>> / 100))[["name", "salary"]]
raised.to_excel("raised.xlsx", index=False)
print(raised)
""",
        ),
        ("1 + <<percent>> / 100", "1 + <<percent>>"),
    ),
    Task(
        "sessions/running_total",
        ("What is the sum of these numbers: {numbers}?", "add {extra} to that"),
        _numbers,
        _remembered,
        (
            """
total = sum(<<numbers>>)
print(total)
""",
            """
print(total + <<extra>>)
""",
        ),
        ("total + <<extra>>", "<<extra>>"),
    ),
    Task(
        "sessions/other_unit",
        (
            "What is the mean temperature in temps.csv?",
            "and in Fahrenheit?",
            "Save the whole table in Fahrenheit as temps_f.csv, columns hour and fahrenheit.",
        ),
        _corrected,
        _fahrenheit,
        (
            """
import pandas as pd
df = pd.read_csv("temps.csv")
print(round(df["celsius"].mean(), 2))
""",
            """
print(round(df["celsius"].mean() * 9 / 5 + 32, 2))
""",
            """
df["fahrenheit"] = df["celsius"] * 9 / 5 + 32
df[["hour", "fahrenheit"]].to_csv("temps_f.csv", index=False)
print("saved temps_f.csv")
""",
        ),
        ('df["fahrenheit"] = df["celsius"] * 9 / 5 + 32', 'df["fahrenheit"] = df["celsius"]'),
    ),
]
