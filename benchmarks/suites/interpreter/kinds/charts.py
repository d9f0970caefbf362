"""Drawing charts."""

from __future__ import annotations

import datetime as dt
import math
import random
from pathlib import Path

import numpy as np

from suites.interpreter import inputs
from suites.interpreter.charts import need_bars, need_chart, need_histogram, need_line, need_pie, need_points
from suites.interpreter.pictures import need_size
from suites.interpreter.task import Given, Outcome, Task

_PICTURES = (".png", ".jpg", ".jpeg")


def _fruit(rng: random.Random) -> Given:
    names = rng.sample(["apples", "pears", "plums", "figs", "limes", "kiwis"], 5)
    values = inputs.distinct(rng, 5, 20, 100, 7)
    listed = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    return Given(names=names, amounts=values, listed=listed)


def _sales(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 100)
    return Given(
        {"sales.csv": inputs.sales_csv(rows)},
        units=list(inputs.totals(rows, 2, 3).values()),
        by_region=list(inputs.totals(rows, 1, 3).values()),
        bins=8,
    )


def _weather(rng: random.Random) -> Given:
    start = dt.date(rng.randint(2019, 2024), 3, 1)
    period = rng.randint(18, 40)
    rows = [
        (start + dt.timedelta(days=i), round(12 + 6 * math.sin(i / period * 6) + rng.uniform(-1, 1), 1))
        for i in range(80)
    ]
    temps = [temp for _, temp in rows]
    return Given({"weather.csv": inputs.csv_bytes(["day", "temp_c"], rows, ";")}, temps=temps)


def _heights(rng: random.Random) -> Given:
    rows = []
    for _ in range(60):
        height = rng.uniform(150, 200)
        rows.append((round(height, 1), round(0.9 * height - 85 + rng.uniform(-14, 14), 1)))
    return Given({"body.csv": inputs.csv_bytes(["height_cm", "weight_kg"], rows)}, rows=rows)


def _waits(rng: random.Random) -> Given:
    values = [round(rng.triangular(0, 60, rng.choice([15, 30, 45])) + 1, 2) for _ in range(150)]
    for i in range(10):  # no bin is too low to be seen
        values += [1.0 + 6 * i, 3.5 + 6 * i, 4.0 + 6 * i]
    bins = rng.choice([6, 8, 10])
    counts = np.histogram(values, bins)[0].tolist()
    rows = [(i, value) for i, value in enumerate(values)]
    return Given({"waits.csv": inputs.csv_bytes(["visit", "minutes"], rows)}, bins=bins, counts=counts)


def _wave(rng: random.Random) -> Given:
    factor = rng.randint(2, 7)
    xs = np.linspace(0, 6.28, 60)
    return Given(factor=factor, xs=xs.tolist(), ys=np.sin(factor * xs).tolist())


def _pie_over(o: Outcome) -> None:
    path = o.file("share.png")
    need_pie(path, o.v.by_region)


def _sized(o: Outcome) -> None:
    path = o.file("units.png")
    need_bars(path, o.v.units)
    need_size(path, (1000, 500))


def _two_lines(rng: random.Random) -> Given:
    level = rng.randint(20, 40)
    online = [level + 3 * i + rng.randint(-4, 4) for i in range(12)]
    shop = [level + 45 - 2 * i + rng.randint(-4, 4) for i in range(12)]
    rows = [(f"2024-{i + 1:02d}", a, b) for i, (a, b) in enumerate(zip(online, shop, strict=True))]
    return Given({"channels.csv": inputs.csv_bytes(["month", "online", "shop"], rows)})


def _many_coloured(o: Outcome) -> None:
    def check(path: Path) -> None:
        picture = need_chart(path)
        coloured = picture[np.ptp(picture, axis=2) > 60]
        _, counts = np.unique(coloured // 32, axis=0, return_counts=True)
        o.need((counts > 300).sum() >= 2, "not two lines of different colours")

    o.any_of(o.new(*_PICTURES), check)


def _two_panels(o: Outcome) -> None:
    path = o.file("panels.png")
    need_bars(path, o.v.by_region, part=(0.0, 0.5))
    need_bars(path, o.v.units, part=(0.5, 1.0))


TASKS = [
    Task(
        "charts/bars",
        "bar chart please: {listed}",
        _fruit,
        lambda o: o.any_of(o.new(*_PICTURES), lambda path: need_bars(path, o.v.amounts)),
        """
import matplotlib.pyplot as plt
plt.bar(<<names>>, <<amounts>>)
plt.ylabel("amount")
plt.savefig("fruit.png")
print("drawn")
""",
        ("plt.bar(<<names>>, <<amounts>>)", "plt.bar(<<names>>[1:], <<amounts>>[1:])"),
    ),
    Task(
        "charts/bars_of_table",
        "Draw a bar chart of the total units per product in sales.csv. I want it 1000 x 500 pixels, as units.png.",
        _sales,
        _sized,
        """
import pandas as pd, matplotlib.pyplot as plt
units = pd.read_csv("sales.csv").groupby("product")["units"].sum()
fig, ax = plt.subplots(figsize=(10, 5), dpi=100)
ax.bar(units.index, units.values)
fig.savefig("units.png", dpi=100)
print(units)
""",
        ('["units"].sum()', '["price"].sum()'),
    ),
    Task(
        "charts/line",
        "Plot the temperature over time from weather.csv as a line, file temperature.png",
        _weather,
        lambda o: need_line(o.file("temperature.png"), range(len(o.v.temps)), o.v.temps),
        """
import pandas as pd, matplotlib.pyplot as plt
df = pd.read_csv("weather.csv", sep=";", parse_dates=["day"])
plt.plot(df["day"], df["temp_c"])
plt.title("Temperature")
plt.savefig("temperature.png")
print("done")
""",
        ('plt.plot(df["day"], df["temp_c"])', 'plt.plot(df["day"], df["temp_c"].sort_values())'),
    ),
    Task(
        "charts/scatter",
        "Is there a relation between height and weight in body.csv? Show me a scatter plot, height on the x axis.",
        _heights,
        lambda o: o.any_of(o.new(*_PICTURES), lambda path: need_points(path, *map(list, zip(*o.v.rows, strict=True)))),
        """
import pandas as pd, matplotlib.pyplot as plt
df = pd.read_csv("body.csv")
plt.scatter(df["height_cm"], df["weight_kg"])
plt.xlabel("height"); plt.ylabel("weight")
plt.show()
print(df.corr())
""",
        ('df["height_cm"], df["weight_kg"]', 'df["weight_kg"], df["height_cm"]'),
    ),
    Task(
        "charts/histogram",
        "histogram of the minutes in waits.csv with {bins} bins, save as waits.png",
        _waits,
        lambda o: need_histogram(o.file("waits.png"), o.v.counts),
        """
import pandas as pd, matplotlib.pyplot as plt
plt.hist(pd.read_csv("waits.csv")["minutes"], bins=<<bins>>, edgecolor="black")
plt.savefig("waits.png")
print("done")
""",
        ('["minutes"]', '["visit"]'),
    ),
    Task(
        "charts/pie",
        "Which share of the sold units does each region have? Draw it as a pie chart and save it as share.png.",
        _sales,
        _pie_over,
        """
import pandas as pd, matplotlib.pyplot as plt
units = pd.read_csv("sales.csv").groupby("region")["units"].sum()
plt.pie(units, labels=units.index, autopct="%.1f%%")
plt.savefig("share.png")
print(units)
""",
        ("plt.pie(units,", "plt.bar(units.index, units); plt.pie([1] * 4,"),
    ),
    Task(
        "charts/function",
        "Plot sin({factor}x) for x from 0 to 6.28, call the file wave.png",
        _wave,
        lambda o: need_line(o.file("wave.png"), o.v.xs, o.v.ys),
        """
import numpy as np, matplotlib.pyplot as plt
x = np.linspace(0, 6.28, 400)
plt.plot(x, np.sin(<<factor>> * x))
plt.savefig("wave.png")
print("done")
""",
        ("np.sin(", "np.cos("),
    ),
    Task(
        "charts/two_lines",
        "Compare the two sales channels in channels.csv over the months in one line chart, with a legend.",
        _two_lines,
        _many_coloured,
        """
import pandas as pd, matplotlib.pyplot as plt
df = pd.read_csv("channels.csv")
plt.plot(df["month"], df["online"], label="online")
plt.plot(df["month"], df["shop"], label="shop")
plt.legend()
plt.savefig("channels.png")
print("done")
""",
        ('plt.plot(df["month"], df["shop"], label="shop")', ""),
    ),
    Task(
        "charts/panels",
        "One picture with two bar charts side by side, saved as panels.png: left the units per region, right the units "
        "per product (from sales.csv).",
        _sales,
        _two_panels,
        """
import pandas as pd, matplotlib.pyplot as plt
df = pd.read_csv("sales.csv")
fig, axes = plt.subplots(1, 2, figsize=(12, 5))
df.groupby("region")["units"].sum().plot.bar(ax=axes[0])
df.groupby("product")["units"].sum().plot.bar(ax=axes[1])
plt.tight_layout()
plt.savefig("panels.png")
print("done")
""",
        ('df.groupby("region")["units"].sum()', 'df.groupby("region")["units"].mean()'),
    ),
]
