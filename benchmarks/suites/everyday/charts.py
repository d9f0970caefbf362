"""Charts."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import numpy as np

from suites.interpreter import answers, inputs
from suites.interpreter.charts import need_bars, need_histogram, need_line, need_points
from suites.interpreter.task import Given, Outcome, Task

_PICTURES = (".png", ".jpg", ".jpeg")


def _gym(rng: random.Random) -> Given:
    studios = ["Spinning", "Yoga", "Boxing", "Weights", "Pool"]
    counts = dict(zip(studios, inputs.distinct(rng, 5, 10, 64, 6), strict=True))
    by_count = sorted(studios, key=lambda studio: counts[studio])
    rows = [
        (
            f"2024-{rng.randint(1, 3):02d}-{rng.randint(1, 28):02d} {rng.randint(6, 21):02d}:{rng.randint(0, 59):02d}",
            f"M{rng.randint(100, 180)}",
            studio,
            rng.randint(20, 40) + 30 * (4 - by_count.index(studio)),
        )
        for studio, count in counts.items()
        for _ in range(count)
    ]
    rng.shuffle(rows)
    return Given({"checkins.csv": inputs.csv_bytes(["time", "member", "studio", "minutes"], rows)}, counts=counts)


def _meter(rng: random.Random) -> Given:
    day, reading = dt.date(2024, rng.randint(1, 11), 1), rng.uniform(12000, 40000)
    readings = []
    for i in range(31):
        readings.append(((day + dt.timedelta(days=i)).isoformat(), round(reading, 1)))
        reading += rng.uniform(3, 19)
    use = [round(b[1] - a[1], 1) for a, b in itertools.pairwise(readings)]
    return Given({"meter.csv": inputs.csv_bytes(["date", "reading_kwh"], readings)}, use=use)


def _emergency(rng: random.Random) -> Given:
    while True:
        rows = []
        for i in range(260):
            walk_in = rng.random() < 0.6
            wait = int(rng.gauss(38, 17) if walk_in else rng.gauss(9, 6))
            if 0 < wait < 80 and wait % 10:
                rows.append((f"P{i:04d}", "walk-in" if walk_in else "ambulance", rng.randint(1, 5), wait))
        counts, _ = np.histogram([row[3] for row in rows if row[1] == "walk-in"], range(0, 81, 10))
        if counts[0] >= 4 and counts[-1] >= 3:
            break
    return Given(
        {"er_march.csv": inputs.csv_bytes(["patient", "arrival", "triage", "wait_min"], rows)},
        counts=counts.tolist(),
    )


def _bikes(rng: random.Random) -> Given:
    rows = []
    slope = rng.uniform(14, 22)
    for i in range(45):
        rain = round(max(0.0, rng.gauss(5, 5)), 1)
        temp = round(rng.uniform(4, 24), 1)
        rentals = int(520 - slope * rain + 4 * temp + rng.gauss(0, 55))
        rows.append(((dt.date(2024, 4, 1) + dt.timedelta(days=i)).isoformat(), temp, rain, max(20, rentals)))
    r = float(np.corrcoef([row[2] for row in rows], [row[3] for row in rows])[0, 1])
    return Given({"bikes.csv": inputs.csv_bytes(["day", "temp_c", "rain_mm", "rentals"], rows)}, rows=rows, r=r)


def _scatter(o: Outcome) -> None:
    if "negative" in o.answer.lower() and any(abs(n + o.v.r) <= 0.0051 for n in answers.numbers(o.answer)):
        pass  # "a negative correlation of 0.8"
    else:
        o.says(o.v.r)
    rain, rentals = [row[2] for row in o.v.rows], [row[3] for row in o.v.rows]
    o.any_of(o.new(*_PICTURES), lambda path: need_points(path, rain, rentals))


TASKS = [
    Task(
        "charts/studios",
        "Which studios of our gym are busy? Each line of checkins.csv is one check-in. Draw me a bar chart with the "
        "number of check-ins per studio.",
        _gym,
        lambda o: o.any_of(o.new(*_PICTURES), lambda path: need_bars(path, list(o.v.counts.values()))),
        """
import pandas as pd
import matplotlib.pyplot as plt
counts = pd.read_csv("checkins.csv").groupby("studio")["minutes"].count()
counts.plot.bar(rot=0)
plt.ylabel("check-ins")
plt.savefig("studios.png")
print(counts.to_dict())
""",
        ('["minutes"].count()', '["minutes"].sum()'),
    ),
    Task(
        "charts/meter",
        "meter.csv has what our electricity meter showed every morning. plot the consumption from one day to the next as a "
        "line (so starting with the second reading), file consumption.png",
        _meter,
        lambda o: need_line(o.file("consumption.png"), list(range(len(o.v.use))), o.v.use),
        """
import pandas as pd
import matplotlib.pyplot as plt
df = pd.read_csv("meter.csv", parse_dates=["date"])
df["use"] = df["reading_kwh"].diff()
df = df.iloc[1:]
plt.plot(df["date"], df["use"])
plt.ylabel("kWh")
plt.xticks(rotation=45)
plt.tight_layout()
plt.savefig("consumption.png")
print("Mean use:", round(df["use"].mean(), 2), "kWh")
""",
        ('df["reading_kwh"].diff()', 'df["reading_kwh"]'),
    ),
    Task(
        "charts/waiting",
        "Histogram of the waiting times in the emergency room please, only the patients whose arrival is walk-in, "
        "in steps of 10 minutes from 0 to 80.",
        _emergency,
        lambda o: o.any_of(o.new(*_PICTURES), lambda path: need_histogram(path, o.v.counts)),
        """
import pandas as pd
import matplotlib.pyplot as plt
df = pd.read_csv("er_march.csv")
df = df[df["arrival"] == "walk-in"]
plt.hist(df["wait_min"], bins=range(0, 81, 10), edgecolor="white")
plt.xlabel("minutes")
plt.savefig("waiting.png")
print("Patients:", len(df))
""",
        ('df = df[df["arrival"] == "walk-in"]', ""),
    ),
    Task(
        "charts/rain",
        "Do fewer people rent a bike when it rains? Make a scatter plot of rain_mm (x axis) against rentals (y axis) and "
        "tell me the Pearson correlation of the two.",
        _bikes,
        _scatter,
        """
import pandas as pd
import matplotlib.pyplot as plt
df = pd.read_csv("bikes.csv")
plt.scatter(df["rain_mm"], df["rentals"])
plt.xlabel("rain_mm")
plt.ylabel("rentals")
plt.savefig("rain.png")
print("Pearson correlation:", round(df["rain_mm"].corr(df["rentals"]), 3))
""",
        ('df["rain_mm"]', 'df["temp_c"]'),
    ),
]
