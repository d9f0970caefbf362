"""Statistics."""

from __future__ import annotations

import random

import numpy as np

from suites.interpreter import inputs
from suites.interpreter.tables import column, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong


def _scores(rng: random.Random) -> Given:
    values = [round(rng.gauss(70, 12), 1) for _ in range(41)]
    rows = list(enumerate(values, 1))
    return Given(
        {"scores.csv": inputs.csv_bytes(["id", "score"], rows)},
        median=float(np.median(values)),
        sd=float(np.std(values, ddof=1)),
        other_sd=float(np.std(values)),
        p90=float(np.percentile(values, 90)),
    )


def _spread(o: Outcome) -> None:
    o.says(o.v.median, 0.011)
    try:
        o.says(o.v.sd, 0.011)
    except Wrong:
        o.says(o.v.other_sd, 0.011)  # without Bessel's correction


def _pairs(rng: random.Random) -> Given:
    slope, offset = rng.choice([-2.5, -1.2, 1.8, 3.1]), rng.randint(5, 40)
    xs = [round(rng.uniform(0, 20), 2) for _ in range(50)]
    ys = [round(offset + slope * x + rng.gauss(0, 5), 2) for x in xs]
    fit = np.polyfit(xs, ys, 1)
    return Given(
        {"measurements.csv": inputs.csv_bytes(["x", "y"], list(zip(xs, ys, strict=True)))},
        r=float(np.corrcoef(xs, ys)[0, 1]),
        slope=float(fit[0]),
        intercept=float(fit[1]),
    )


def _groups(rng: random.Random) -> Given:
    different = rng.random() < 0.5
    shift = rng.uniform(8, 12) if different else 0.0
    a = [round(rng.gauss(50, 5), 2) for _ in range(40)]
    centre = 0.0 if different else float(np.mean(a)) - 50
    b = [round(rng.gauss(50, 5), 2) for _ in range(40)]
    b = [round(value + shift + (0.0 if different else 50 + centre - float(np.mean(b))), 2) for value in b]
    rows = [("A", value) for value in a] + [("B", value) for value in b]
    rng.shuffle(rows)
    return Given({"trial.csv": inputs.csv_bytes(["group", "value"], rows)}, different=different)


def _outliers(rng: random.Random) -> Given:
    values = [round(rng.uniform(18, 24), 2) for _ in range(60)]
    spots = rng.sample(range(60), 3)
    for spot in spots:
        values[spot] = round(rng.choice([rng.uniform(60, 90), rng.uniform(-40, -20)]), 2)
    rows = [(f"S{i:02d}", value) for i, value in enumerate(values)]
    return Given(
        {"sensor.csv": inputs.csv_bytes(["sensor", "value"], rows)},
        good=sorted(f"S{i:02d}" for i in range(60) if i not in spots),
        n=3,
    )


def _cleaned(o: Outcome) -> None:
    found = sorted(str(value) for value in column(read_table(o.file("clean.csv")), "sensor"))
    o.need(found == o.v.good, f"{len(found)} sensors instead of {len(o.v.good)}, or others")
    o.says(o.v.n)


def _moving(rng: random.Random) -> Given:
    values = [round(rng.uniform(100, 900), 1) for _ in range(40)]
    window = rng.choice([3, 5, 7])
    means = [None] * (window - 1) + [
        float(np.mean(values[i - window + 1 : i + 1])) for i in range(window - 1, len(values))
    ]
    rows = list(enumerate(values, 1))
    return Given({"visits.csv": inputs.csv_bytes(["day", "visits"], rows)}, window=window, means=means)


def _averaged(o: Outcome) -> None:
    rows = read_table(o.file("smooth.csv"))
    o.need(len(rows) == 41, f"{len(rows) - 1} rows instead of 40")
    for row, mean in list(zip(rows[1:], o.v.means, strict=True))[o.v.window - 1 :]:
        close = any(isinstance(value, float) and abs(value - mean) < 0.06 for value in row[1:])
        o.need(close, f"{row} should have the mean {mean:.2f}")


TASKS = [
    Task(
        "statistics/spread",
        "Median and standard deviation of the score column in scores.csv, please, two decimals each.",
        _scores,
        _spread,
        """
import pandas as pd
score = pd.read_csv("scores.csv")["score"]
print(f"median {score.median():.2f}, standard deviation {score.std():.2f}")
""",
        ("score.median()", "score.mean()"),
    ),
    Task(
        "statistics/percentile",
        "which score in scores.csv is the 90th percentile?",
        _scores,
        lambda o: o.says(o.v.p90, 0.06),
        """
import pandas as pd
print(pd.read_csv("scores.csv")["score"].quantile(0.9))
""",
        ("0.9", "0.1"),
    ),
    Task(
        "statistics/correlation",
        "How strongly are x and y in measurements.csv correlated (Pearson)? Give r to 3 decimals.",
        _pairs,
        lambda o: o.says(o.v.r, 0.00051),
        """
import pandas as pd
df = pd.read_csv("measurements.csv")
print(f"r = {df['x'].corr(df['y']):.3f}")
""",
        ("df['x'].corr(df['y'])", "df['x'].corr(df['y']) ** 2"),
    ),
    Task(
        "statistics/regression",
        "Fit a straight line y = a*x + b to the data (least squares). What are a and b?",
        _pairs,
        lambda o: o.says(o.v.slope, 0.006).says(o.v.intercept, 0.06),
        """
import numpy as np
import pandas as pd
df = pd.read_csv("measurements.csv")
a, b = np.polyfit(df["x"], df["y"], 1)
print(f"a = {a:.4f}, b = {b:.4f}")
""",
        ('df["x"], df["y"]', 'df["y"], df["x"]'),
    ),
    Task(
        "statistics/t_test",
        "Do groups A and B in trial.csv differ significantly? Run a t-test at the 5 % level and answer with yes or no "
        "and the p-value.",
        _groups,
        lambda o: o.affirms(o.v.different, yes=r"\bsignificant(?:ly)?\b", no=r"\bno significant\b|\binsignificant"),
        """
import pandas as pd
from scipy import stats
df = pd.read_csv("trial.csv")
p = stats.ttest_ind(df[df["group"] == "A"]["value"], df[df["group"] == "B"]["value"]).pvalue
print(f"{'Yes' if p < 0.05 else 'No'}, p = {p:.4g}")
""",
        ("p < 0.05", "p > 0.05"),
    ),
    Task(
        "statistics/outliers",
        "Some sensors in sensor.csv are obviously broken (values way off from the rest). Remove them, write the rest "
        "to clean.csv and tell me how many you removed.",
        _outliers,
        _cleaned,
        """
import pandas as pd
df = pd.read_csv("sensor.csv")
good = (df["value"] - df["value"].median()).abs() < 15
df[good].to_csv("clean.csv", index=False)
print((~good).sum(), "removed")
""",
        ('(df["value"] - df["value"].median()).abs() < 15', 'df["value"] < df["value"].mean()'),
    ),
    Task(
        "statistics/moving_average",
        "Add the {window}-day moving average (mean of the day and the {window} - 1 days before) of visits as another "
        "column, file smooth.csv",
        _moving,
        _averaged,
        """
import pandas as pd
df = pd.read_csv("visits.csv")
df["mean"] = df["visits"].rolling(<<window>>).mean()
df.to_csv("smooth.csv", index=False)
print(df.tail())
""",
        (".rolling(<<window>>)", ".rolling(<<window>>, center=True)"),
    ),
]
