"""Data as it comes: encodings, decimal commas, gaps, duplicates, mixed types."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task


def _comma(value: float) -> str:
    whole, cents = f"{value:.2f}".split(".")
    groups = f"{int(whole):,}".replace(",", ".")
    return f"{groups},{cents}"


def _german(rng: random.Random) -> Given:
    names = ["Miete", "Strom", "Lebensmittel", "Bahn", "Kino", "Möbel", "Bücher"]
    amounts = [round(rng.uniform(10, 2500), 2) for _ in names]
    amounts[0] = round(rng.uniform(1100, 2400), 2)
    rows = [(name, _comma(amount)) for name, amount in zip(names, amounts, strict=True)]
    return Given(
        {"ausgaben.csv": inputs.csv_bytes(["Posten", "Betrag"], rows, ";", "cp1252")}, total=round(sum(amounts), 2)
    )


def _gaps(rng: random.Random) -> Given:
    rows: list[tuple[str, str, str]] = []
    salaries: dict[str, list[int]] = {}
    for name in rng.sample(inputs.NAMES, 12):
        city, salary = rng.choice(inputs.CITIES[:3]), 100 * rng.randint(20, 90)
        gap = rng.random() < 0.3
        rows.append((name, city, rng.choice(["", "n/a", "-"]) if gap else str(salary)))
        if not gap:
            salaries.setdefault(city, []).append(salary)
    city = max(salaries, key=lambda name: len(salaries[name]))
    values = salaries[city]
    return Given(
        {"people.csv": inputs.csv_bytes(["name", "city", "salary"], rows)}, city=city, mean=sum(values) / len(values)
    )


def _doubles(rng: random.Random) -> Given:
    people = [
        (
            name,
            f"{rng.randint(1950, 2004)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            rng.choice(inputs.CITIES),
        )
        for name in rng.sample(inputs.NAMES, 10)
    ]
    rows = people + rng.sample(people, rng.randint(3, 6))
    rng.shuffle(rows)
    return Given(
        {"people.csv": inputs.csv_bytes(["name", "birth date", "city"], rows)}, people=people, n=len(rows) - len(people)
    )


def _dates(rng: random.Random) -> Given:
    rows, months = [], [0] * 12
    formats = ["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y"]
    for i in range(40):
        day = dt.date(2024, rng.randint(1, 12), rng.randint(1, 28))
        months[day.month - 1] += 1
        rows.append((i, day.strftime(rng.choice(formats))))
    month = rng.randrange(12)
    months_named = dt.date(2024, month + 1, 1).strftime("%B")
    return Given(
        {"visits.csv": inputs.csv_bytes(["id", "date"], rows)}, month=months_named, number=month + 1, n=months[month]
    )


def _money(rng: random.Random) -> Given:
    values = [round(rng.uniform(5, 3000), 2) for _ in range(20)]
    values[0] = 1234.5
    styles = ["${:,.2f}", "{:.2f} USD", "{:,.2f}", " $ {:.2f}"]
    rows = [(f"item {i}", rng.choice(styles).format(value)) for i, value in enumerate(values)]
    return Given({"invoice.csv": inputs.csv_bytes(["item", "price"], rows)}, total=round(sum(values), 2))


def _columns(rng: random.Random) -> Given:
    rows = [(rng.randint(1, 99), rng.randint(100, 199), rng.randint(1, 99)) for _ in range(15)]
    header = [" Amount ", "amount", "Amount"]
    return Given({"dup.csv": inputs.csv_bytes(header, rows)}, sums=[sum(row[i] for row in rows) for i in range(3)])


def _padded(rng: random.Random) -> Given:
    top = [["Quarterly report"], [f"Created {rng.randint(1, 28)} May"], []]
    rows = [(product, rng.randint(10, 99), rng.randint(10, 99)) for product in inputs.PRODUCTS]
    total = ("Total", sum(row[1] for row in rows), sum(row[2] for row in rows))
    sheet = [*top, ("Product", "Q1", "Q2"), *rows, total]
    return Given({"report.xlsx": inputs.xlsx_bytes({"Report": sheet})}, rows=rows)


def _clean_report(o: Outcome) -> None:
    need_rows(read_table(o.file("clean.csv")), o.v.rows, header=["Product", "Q1", "Q2"])


def _spellings(rng: random.Random) -> Given:
    rows, totals = [], {"north": 0, "south": 0, "east": 0}
    for _ in range(36):
        name, amount = rng.choice(list(totals)), rng.randint(1, 50)
        totals[name] += amount
        rows.append((rng.choice([name, name.upper(), name.title(), f" {name} ", f"{name.title()} "]), amount))
    return Given({"deals.csv": inputs.csv_bytes(["region", "amount"], rows)}, totals=totals)


def _deduplicated(o: Outcome) -> None:
    need_rows(read_table(o.file("clean.csv")), o.v.people, header=["name", "birth date", "city"])
    o.says(o.v.n)


def _utf16(rng: random.Random) -> Given:
    rows = [(name, rng.randint(1, 500)) for name in ["Zoë", "Łukasz", "Éva", "Jürgen", "Šárka", "Bjørn"]]
    return Given({"export.csv": inputs.csv_bytes(["name", "points"], rows, "\t", "utf-16")}, rows=rows)


def _as_utf8(o: Outcome) -> None:
    def check(path: Path) -> None:
        path.read_text(encoding="utf-8")
        need_rows(read_table(path), o.v.rows, header=["name", "points"])

    o.any_of(o.new(".csv", ".txt"), check)


def _filled(o: Outcome) -> None:
    rows = read_table(o.file("filled.csv"))
    o.need(len(rows) == len(o.v.rows) + 1, f"{len(rows) - 1} rows instead of {len(o.v.rows)}")
    for row, value in zip(rows[1:], o.v.filled, strict=True):
        close = isinstance(row[-1], float) and abs(row[-1] - value) < 0.01
        o.need(close, f"{row} should end with {value:.2f}")


def _holes(rng: random.Random) -> Given:
    values: list[float | None] = [float(rng.randint(10, 90)) for _ in range(25)]
    for i in rng.sample(range(25), 6):
        values[i] = None
    known = sorted(value for value in values if value is not None)
    median = known[len(known) // 2]
    rows = [(i, "" if value is None else value) for i, value in enumerate(values, 1)]
    return Given(
        {"readings.csv": inputs.csv_bytes(["id", "reading"], rows)},
        rows=rows,
        filled=[median if value is None else value for value in values],
    )


TASKS = [
    Task(
        "messy/german",
        "Wie hoch ist die Summe aller Beträge?",
        _german,
        lambda o: o.says(o.v.total, 0.011),
        """
import pandas as pd
df = pd.read_csv("ausgaben.csv", sep=";", decimal=",", thousands=".", encoding="cp1252")
print("Die Summe ist", round(df["Betrag"].sum(), 2))
""",
        ("sum()", "mean()"),
    ),
    Task(
        "messy/gaps",
        "What is the average salary in {city}? Leave out people without a salary.",
        _gaps,
        lambda o: o.says(o.v.mean, 0.51),
        """
import pandas as pd
df = pd.read_csv("people.csv")
df["salary"] = pd.to_numeric(df["salary"], errors="coerce")
print(f"{df[df['city'] == '<<city>>']['salary'].mean():.2f}")
""",
        ("df[df['city'] == '<<city>>']", "df"),
    ),
    Task(
        "messy/duplicates",
        "Remove the duplicate rows from people.csv and save the rest as clean.csv. How many did you remove?",
        _doubles,
        _deduplicated,
        """
import pandas as pd
df = pd.read_csv("people.csv")
clean = df.drop_duplicates()
clean.to_csv("clean.csv", index=False)
print(len(df) - len(clean), "rows removed")
""",
        ("df.drop_duplicates()", 'df.drop_duplicates("city")'),
    ),
    Task(
        "messy/mixed_dates",
        "How many of the visits took place in {month}? Careful, the dates are written in all kinds of ways (day before "
        "month where it's numbers with dots).",
        _dates,
        lambda o: o.says(o.v.n),
        """
import pandas as pd
df = pd.read_csv("visits.csv")
dates = [pd.to_datetime(text, dayfirst="." in text) for text in df["date"]]
print(f"{sum(date.month == <<number>> for date in dates)} visits")
""",
        ("date.month == <<number>>", "date.month >= <<number>>"),
    ),
    Task(
        "messy/money",
        "sum up the price column of invoice.csv",
        _money,
        lambda o: o.says(o.v.total, 0.011),
        """
import pandas as pd
price = pd.read_csv("invoice.csv")["price"].str.replace(r"[^\\d.]", "", regex=True).astype(float)
print(f"Total: {price.sum():,.2f}")
""",
        ('r"[^\\d.]"', 'r"[^\\d]"'),
    ),
    Task(
        "messy/same_names",
        "The three columns of dup.csv nearly have the same name. What is the sum of the second and what of the third?",
        _columns,
        lambda o: o.says(o.v.sums[1]).says(o.v.sums[2]),
        """
import pandas as pd
df = pd.read_csv("dup.csv")
print("second:", df.iloc[:, 1].sum(), "third:", df.iloc[:, 2].sum())
""",
        ("df.iloc[:, 2]", "df.iloc[:, 0]"),
    ),
    Task(
        "messy/report_layout",
        "report.xlsx starts with some lines of text, and the last line is a total. I just want the plain table with "
        "Product, Q1 and Q2, without the total: clean.csv",
        _padded,
        _clean_report,
        """
import pandas as pd
df = pd.read_excel("report.xlsx", header=None)
start = df.index[df[0] == "Product"][0]
table = df.iloc[start + 1 :].set_axis(df.iloc[start], axis=1)
table[table["Product"] != "Total"].to_csv("clean.csv", index=False)
print("saved clean.csv")
""",
        ('table[table["Product"] != "Total"]', "table"),
    ),
    Task(
        "messy/spellings",
        "total amount per region please (deals.csv). The regions are spelled inconsistently, treat them as the same.",
        _spellings,
        lambda o: [o.says(total) for total in o.v.totals.values()],
        """
import pandas as pd
df = pd.read_csv("deals.csv")
print(df.groupby(df["region"].str.strip().str.lower())["amount"].sum())
""",
        (".str.strip().str.lower()", ".str.lower()"),
    ),
    Task(
        "messy/utf16",
        "export.csv comes out of some old Windows program. Save it again as a normal comma-separated UTF-8 file.",
        _utf16,
        _as_utf8,
        """
import pandas as pd
pd.read_csv("export.csv", sep="\\t", encoding="utf-16").to_csv("export_utf8.csv", index=False)
print("saved export_utf8.csv")
""",
        ("index=False)", 'index=False, encoding="utf-16")'),
    ),
    Task(
        "messy/fill",
        "replace the missing readings by the median of the others -> filled.csv",
        _holes,
        _filled,
        """
import pandas as pd
df = pd.read_csv("readings.csv")
df["reading"] = df["reading"].fillna(df["reading"].median())
df.to_csv("filled.csv", index=False)
print("saved filled.csv")
""",
        ('fillna(df["reading"].median())', "fillna(0)"),
    ),
]
