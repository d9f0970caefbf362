"""Questions about CSV files, and CSV files made from them."""

from __future__ import annotations

import calendar
import random
from statistics import fmean

from suites.interpreter import inputs
from suites.interpreter.tables import column, need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task


def _sales(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 120)
    revenue: dict[str, float] = {}
    months: dict[str, int] = {}
    for date, region, _product, units, price in rows:
        revenue[region] = revenue.get(region, 0) + units * price
        months[date[:7]] = months.get(date[:7], 0) + units
    region, product = rng.choice(inputs.REGIONS), rng.choice(inputs.PRODUCTS)
    limit = rng.randint(12, 25)
    return Given(
        {"sales.csv": inputs.sales_csv(rows)},
        rows=rows,
        revenue=revenue,
        months=months,
        region=region,
        product=product,
        limit=limit,
        filtered=sum(row[1] == region and row[3] > limit for row in rows),
        mean=fmean(row[4] for row in rows if row[2] == product),
    )


def _best_region(o: Outcome) -> None:
    winner = max(o.v.revenue, key=o.v.revenue.__getitem__)
    o.picks(winner, inputs.REGIONS)
    o.says(o.v.revenue[winner], 0.6)


def _best_month(o: Outcome) -> None:
    winner = max(o.v.months, key=o.v.months.__getitem__)
    o.says(o.v.months[winner]).says_text(*_month_names(winner))


def _month_names(month: str) -> list[str]:
    """The ways in which an answer may write 2024-03."""
    year, number = month.split("-")
    name = calendar.month_name[int(number)]
    return [
        month,
        f"{number}/{year}",
        f"{int(number)}/{year}",
        name,
        name[:3],
        f"month {int(number)}",
        f"{year}/{number}",
    ]


def _with_total(o: Outcome) -> None:
    rows = read_table(o.file("with_total.csv"))
    need_rows(rows, [(*row, row[3] * row[4]) for row in o.v.rows], header=[*inputs.SALES, "total"])


def _pivot(o: Outcome) -> None:
    cells: dict[tuple[str, str], int] = {}
    for _date, region, product, units, _price in o.v.rows:
        cells[region, product] = cells.get((region, product), 0) + units
    expected = [(region, *(cells.get((region, p), 0) for p in inputs.PRODUCTS)) for region in inputs.REGIONS]
    need_rows(read_table(o.file("pivot.csv")), expected, header=inputs.PRODUCTS)


def _top_five(o: Outcome) -> None:
    best = sorted(o.v.rows, key=lambda row: row[3] * row[4], reverse=True)[:5]
    need_rows(read_table(o.file("top5.csv")), [(row[0], row[2], row[3]) for row in best], ordered=True)


def _staff(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 10)
    ids = inputs.distinct(rng, 10, 100, 999)
    departments = {1: "Sales", 2: "Research", 3: "Support"}
    people = [(i, name, rng.choice([1, 2, 3]), 100 * rng.randint(25, 70)) for i, name in zip(ids, names, strict=True)]
    cost: dict[str, int] = {}
    for _id, _name, department, salary in people:
        cost[departments[department]] = cost.get(departments[department], 0) + salary
    return Given(
        {
            "people.csv": inputs.csv_bytes(["id", "name", "dept_id", "salary"], people),
            "departments.csv": inputs.csv_bytes(["dept_id", "department"], list(departments.items())),
        },
        joined=[(name, departments[department], salary) for _id, name, department, salary in people],
        cost=cost,
    )


def _joined(o: Outcome) -> None:
    rows = read_table(o.file("staff.csv"))
    need_rows(rows, o.v.joined)
    found = [float(str(value)) for value in column(rows, "salary")]
    o.need(found == sorted(found, reverse=True), "not sorted by salary, highest first")


def _most_expensive(o: Outcome) -> None:
    winner = max(o.v.cost, key=o.v.cost.__getitem__)
    o.picks(winner, ["Sales", "Research", "Support"])
    o.says(o.v.cost[winner])


TASKS = [
    Task(
        "csv/best_region",
        "Which region has the highest revenue (units times price)? Tell me the region and the revenue.",
        _sales,
        _best_region,
        """
import pandas as pd
df = pd.read_csv("sales.csv")
revenue = (df["units"] * df["price"]).groupby(df["region"]).sum()
print(f"{revenue.idxmax()} has the highest revenue: {revenue.max():,.2f}")
""",
        ('(df["units"] * df["price"])', 'df["price"]'),
    ),
    Task(
        "csv/filter",
        "how many sales in the {region} had more than {limit} units",
        _sales,
        lambda o: o.says(o.v.filtered),
        """
import pandas as pd
df = pd.read_csv("sales.csv")
print(len(df[(df["region"] == "<<region>>") & (df["units"] > <<limit>>)]))
""",
        ('(df["region"] == "<<region>>") & ', ""),
    ),
    Task(
        "csv/mean",
        "What did a {product} cost on average? Mean of the price column, only rows of that product, 2 decimals.",
        _sales,
        lambda o: o.says(o.v.mean, 0.0101),
        """
import pandas as pd
df = pd.read_csv("sales.csv")
print("Average price:", round(df[df["product"] == "<<product>>"]["price"].mean(), 2))
""",
        ('df[df["product"] == "<<product>>"]', "df"),
    ),
    Task(
        "csv/new_column",
        "Add a column named total (= units * price) to the table and save everything as with_total.csv.",
        _sales,
        _with_total,
        """
import pandas as pd
df = pd.read_csv("sales.csv")
df["total"] = df["units"] * df["price"]
df.to_csv("with_total.csv", index=False)
print(df.head())
""",
        ('df["units"] * df["price"]', 'df["units"] + df["price"]'),
    ),
    Task(
        "csv/pivot",
        "I need a cross table: one row per region, one column per product, in the cells the sum of units. Write it to "
        "pivot.csv.",
        _sales,
        _pivot,
        """
import pandas as pd
df = pd.read_csv("sales.csv")
table = df.pivot_table(index="region", columns="product", values="units", aggfunc="sum", fill_value=0)
table.to_csv("pivot.csv")
print(table)
""",
        ('aggfunc="sum"', 'aggfunc="count"'),
    ),
    Task(
        "csv/top_five",
        "Find the 5 sales with the highest revenue (units*price) and save just these rows to top5.csv, best first.",
        _sales,
        _top_five,
        """
import pandas as pd
df = pd.read_csv("sales.csv")
df["revenue"] = df["units"] * df["price"]
df.nlargest(5, "revenue").to_csv("top5.csv", index=False)
print("saved")
""",
        ('nlargest(5, "revenue")', 'nlargest(5, "units")'),
    ),
    Task(
        "csv/best_month",
        "In which month were the most units sold, and how many?",
        _sales,
        _best_month,
        """
import pandas as pd
df = pd.read_csv("sales.csv", parse_dates=["date"])
units = df.groupby(df["date"].dt.strftime("%Y-%m"))["units"].sum()
print(units.idxmax(), units.max())
""",
        ('["units"].sum()', '["units"].count()'),
    ),
    Task(
        "csv/join",
        "Join people.csv with departments.csv so that every person has the name of the department. Sort by salary, "
        "highest first, and write name, department and salary to staff.csv.",
        _staff,
        _joined,
        """
import pandas as pd
df = pd.read_csv("people.csv").merge(pd.read_csv("departments.csv"), on="dept_id")
df = df.sort_values("salary", ascending=False)[["name", "department", "salary"]]
df.to_csv("staff.csv", index=False)
print(df)
""",
        ("ascending=False", "ascending=True"),
    ),
    Task(
        "csv/join_question",
        "Which department costs us the most in salaries altogether? and how much is that",
        _staff,
        _most_expensive,
        """
import pandas as pd
df = pd.read_csv("people.csv").merge(pd.read_csv("departments.csv"), on="dept_id")
cost = df.groupby("department")["salary"].sum()
print(cost.idxmax(), cost.max())
""",
        ('["salary"].sum()', '["salary"].max()'),
    ),
]
