"""Statistics of data in files."""

from __future__ import annotations

import math
import random

import numpy as np

from suites.interpreter import answers, inputs
from suites.interpreter.task import Given, Outcome, Task

# --- heating


def _heating(rng: random.Random) -> Given:
    slope, base = rng.uniform(1.4, 3.2), rng.uniform(60, 80)
    rows = []
    for day in range(1, 61):
        outside = round(rng.uniform(-8, 16), 1)
        rows.append((day, outside, round(base - slope * outside + rng.gauss(0, 9), 1)))
    x, y = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    return Given(
        {"heating.csv": inputs.csv_bytes(["day", "outside_c", "gas_kwh"], rows)},
        slope=abs(float(np.polyfit(x, y, 1)[0])),
        r2=float(np.corrcoef(x, y)[0, 1] ** 2),
    )


def _fitted(o: Outcome) -> None:
    found = [abs(number) for number in answers.numbers(o.answer)]
    o.need(any(abs(x - o.v.slope) <= 0.051 for x in found), f"no slope {o.v.slope:.3f}: {answers.excerpt(o.answer)}")
    near = any(abs(x - o.v.r2) <= 0.0051 or abs(x - 100 * o.v.r2) <= 0.51 for x in found)
    o.need(near, f"no R² {o.v.r2:.3f}: {answers.excerpt(o.answer)}")


# --- hotels


def _hotels(rng: random.Random) -> Given:
    hotels = ["Alpenblick", "Bellevue", "Miramar", "Seaside Inn", "Zur Post"]
    while True:
        rows = [(hotel, stars, rng.randint(2, 120)) for hotel in hotels for stars in (1, 2, 3, 4, 5)]
        mean = {
            hotel: sum(s * n for h, s, n in rows if h == hotel) / sum(n for h, s, n in rows if h == hotel)
            for hotel in hotels
        }
        best = max(mean, key=mean.__getitem__)
        most = max(hotels, key=lambda hotel: sum(n for h, s, n in rows if h == hotel))
        if best not in {hotels[0], most} and mean[best] - sorted(mean.values())[-2] > 0.12:
            break
    rng.shuffle(rows)
    while rows[0][0] == best:
        rng.shuffle(rows)
    return Given(
        {"ratings.csv": inputs.csv_bytes(["hotel", "stars", "guests"], rows)}, hotels=hotels, best=best, mean=mean[best]
    )


def _best_hotel(o: Outcome) -> None:
    o.picks(o.v.best, o.v.hotels)
    o.says(o.v.mean, 0.051)


# --- tomatoes


def _tomatoes(rng: random.Random) -> Given:
    names = ["light", "water", "warmth", "fertiliser", "mildew"]
    while True:
        strengths = dict(zip(names, [-2.6, 1.7, 0.9, -0.4, 0.1], strict=True))
        if rng.random() < 0.5:
            strengths = {**strengths, "light": 1.7, "mildew": -2.6, "water": 0.1}
        levels = [[rng.gauss(0, 1) for _ in names] for _ in range(70)]
        scale = {"light": (11, 2), "water": (4, 0.8), "warmth": (22, 3), "fertiliser": (60, 12), "mildew": (15, 3)}
        rows = []
        for row in levels:
            harvest = 18 + sum(strengths[name] * z for name, z in zip(names, row, strict=True)) + rng.gauss(0, 1.2)
            shown = [round(scale[name][0] + scale[name][1] * z, 2) for name, z in zip(names, row, strict=True)]
            rows.append((*shown, round(harvest, 2)))
        table = np.array(rows)
        r = {name: float(np.corrcoef(table[:, i], table[:, -1])[0, 1]) for i, name in enumerate(names)}
        ranked = sorted(names, key=lambda name: -abs(r[name]))
        if r[ranked[0]] < 0 < r[ranked[1]] and abs(r[ranked[0]]) - r[ranked[1]] > 0.05:
            break
    return Given(
        {"greenhouse.csv": inputs.csv_bytes([*names, "harvest_kg"], rows)}, names=names, top=ranked[0], r=r[ranked[0]]
    )


def _strongest(o: Outcome) -> None:
    o.picks(o.v.top, o.v.names)
    found = [abs(number) for number in answers.numbers(o.answer)]
    o.need(any(abs(x + o.v.r) <= 0.0051 for x in found), f"no r of {o.v.r:.3f}: {answers.excerpt(o.answer)}")


# --- appointments that were missed


def _clinic(rng: random.Random) -> Given:
    channels = ["phone", "online", "desk"]
    while True:
        rates = dict(zip(channels, [rng.uniform(0.1, 0.3) for _ in channels], strict=True))
        rows = []
        for i in range(rng.randint(260, 340)):
            channel = rng.choices(channels, [5, 4, 2])[0]
            rows.append((i + 1, channel, rng.randint(18, 88), "no" if rng.random() < rates[channel] else "yes"))
        counts = {key: sum((row[1], row[3]) == key for row in rows) for key in _cells(channels)}
        chi2 = 0.0
        for (channel, came), count in counts.items():
            in_row = sum(n for (c, _), n in counts.items() if c == channel)
            in_column = sum(n for (_, k), n in counts.items() if k == came)
            expected = in_row * in_column / len(rows)
            chi2 += (count - expected) ** 2 / expected
        p = math.exp(-chi2 / 2)  # two degrees of freedom
        if 0.004 < p < 0.3:
            break
    return Given({"appointments.csv": inputs.csv_bytes(["id", "booked_by", "age", "showed_up"], rows)}, chi2=chi2, p=p)


def _cells(channels: list[str]) -> list[tuple[str, str]]:
    return [(channel, came) for channel in channels for came in ("yes", "no")]


def _tested(o: Outcome) -> None:
    o.says(o.v.chi2, 0.0101)
    o.says(o.v.p, max(0.00051, 0.011 * o.v.p))


TASKS = [
    Task(
        "statistics/heating",
        "heating.csv has our gas consumption and the outside temperature of 60 days. By how many kWh a day does the "
        "consumption go down for each degree it's warmer outside (straight-line fit)? and what's the R squared?",
        _heating,
        _fitted,
        """
import pandas as pd
from scipy import stats
df = pd.read_csv("heating.csv")
fit = stats.linregress(df["outside_c"], df["gas_kwh"])
print(f"Slope: {fit.slope:.3f} kWh per degree")
print(f"R squared: {fit.rvalue**2:.3f}")
""",
        ('df["outside_c"], df["gas_kwh"]', 'df["gas_kwh"], df["outside_c"]'),
    ),
    Task(
        "statistics/hotels",
        "ratings.csv says how many guests gave each hotel 1, 2, 3, 4 or 5 stars. Which hotel has the best average rating "
        "and what is it?",
        _hotels,
        _best_hotel,
        """
import pandas as pd
df = pd.read_csv("ratings.csv")
df["points"] = df["stars"] * df["guests"]
sums = df.groupby("hotel")[["points", "guests"]].sum()
mean = sums["points"] / sums["guests"]
print(f"Best: {mean.idxmax()} with {mean.max():.2f} stars")
""",
        ('mean = sums["points"] / sums["guests"]', 'mean = df.groupby("hotel")["stars"].mean()'),
    ),
    Task(
        "statistics/greenhouse",
        "Which of the things I measured in the greenhouse is most strongly correlated with the harvest - no matter "
        "whether it helps or hurts? Tell me the coefficient too.",
        _tomatoes,
        _strongest,
        """
import pandas as pd
df = pd.read_csv("greenhouse.csv")
r = df.corr()["harvest_kg"].drop("harvest_kg")
name = r.abs().idxmax()
print(f"Strongest: {name}, r = {r[name]:.3f}")
""",
        ("r.abs().idxmax()", "r.idxmax()"),
    ),
    Task(
        "statistics/no_shows",
        "chi-square test please: does showing up depend on how the patient booked? appointments.csv, I need the test "
        "statistic and the p-value",
        _clinic,
        _tested,
        """
import pandas as pd
from scipy.stats import chi2_contingency
df = pd.read_csv("appointments.csv")
chi2, p, dof, expected = chi2_contingency(pd.crosstab(df["booked_by"], df["showed_up"]))
print(f"chi2 = {chi2:.4f}, p = {p:.5f}, df = {dof}")
""",
        ('pd.crosstab(df["booked_by"], df["showed_up"])', 'pd.crosstab(df["age"], df["showed_up"])'),
    ),
]
