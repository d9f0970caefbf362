"""Excel workbooks: reading, several sheets, writing."""

from __future__ import annotations

import random
from contextlib import closing
from typing import Any

import openpyxl

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task


def _budget(rng: random.Random) -> Given:
    months = ["Jan", "Feb", "Mar"]
    items = ["Rent", "Food", "Power", "Travel", "Phone"]
    sheets: dict[str, list[tuple[str, Any]]] = {
        month: [("item", "amount"), *((item, round(rng.uniform(20, 900), 2)) for item in items)] for month in months
    }
    sums = {month: round(sum(row[1] for row in sheets[month][1:]), 2) for month in months}
    item = rng.choice(items)
    per_item = sum(dict(rows[1:])[item] for rows in sheets.values())
    return Given(
        {"budget.xlsx": inputs.xlsx_bytes(sheets)},
        sheets=sheets,
        sums=sums,
        month=rng.choice(months[1:]),
        item=item,
        per_item=round(per_item, 2),
    )


def _combined(o: Outcome) -> None:
    expected = [(month, *row) for month, rows in o.v.sheets.items() for row in rows[1:]]
    need_rows(read_table(o.file("year.xlsx")), expected)


def _orders(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 80)
    return Given({"sales.csv": inputs.sales_csv(rows)}, rows=rows, units=inputs.totals(rows, 1, 3))


def _sheet_per_region(o: Outcome) -> None:
    path = o.file("regions.xlsx")
    for region in inputs.REGIONS:
        need_rows(read_table(path, region), [row for row in o.v.rows if row[1] == region], header=["product"])


def _stock(rng: random.Random) -> Given:
    rows = [
        (f"P{i:03d}", product, rng.randint(0, 60), round(rng.uniform(2, 80), 2))
        for i, product in enumerate(rng.choices(inputs.PRODUCTS, k=20))
    ]
    rows.append(("P900", "Lamp", 0, 10.0))
    return Given(
        {"stock.xlsx": inputs.xlsx_bytes({"Stock": [("sku", "product", "quantity", "unit cost"), *rows]})},
        rows=rows,
        worth=round(sum(row[2] * row[3] for row in rows), 2),
        limit=rng.randint(8, 15),
    )


def _low(o: Outcome) -> None:
    low = [row for row in o.v.rows if row[2] < o.v.limit]
    need_rows(read_table(o.file("low.xlsx")), low)


def _bold_header(o: Outcome) -> None:
    path = o.file("units.xlsx")
    need_rows(read_table(path), o.v.units.items())
    with closing(openpyxl.load_workbook(path)) as book:
        first = [cell for cell in book.worksheets[0][1] if cell.value is not None]
        o.need(first and all(cell.font.bold for cell in first), "the header row is not bold")


TASKS = [
    Task(
        "excel/one_sheet",
        "What is the sum of all amounts on the sheet {month} of budget.xlsx?",
        _budget,
        lambda o: o.says(o.v.sums[o.v.month], 0.011),
        """
import pandas as pd
print("Sum:", round(pd.read_excel("budget.xlsx", sheet_name="<<month>>")["amount"].sum(), 2))
""",
        (', sheet_name="<<month>>"', ""),
    ),
    Task(
        "excel/all_sheets",
        "How much did we spend on {item} in total, over all the sheets of the workbook?",
        _budget,
        lambda o: o.says(o.v.per_item, 0.011),
        """
import pandas as pd
df = pd.concat(pd.read_excel("budget.xlsx", sheet_name=None))
print(f"{df.loc[df['item'] == '<<item>>', 'amount'].sum():.2f}")
""",
        (".sum()", ".mean()"),
    ),
    Task(
        "excel/combine",
        "put the three sheets of budget.xlsx into one table with a column 'month' (the sheet's name), item and amount, "
        "and save that as year.xlsx",
        _budget,
        _combined,
        """
import pandas as pd
parts = pd.read_excel("budget.xlsx", sheet_name=None)
df = pd.concat([part.assign(month=name) for name, part in parts.items()])[["month", "item", "amount"]]
df.to_excel("year.xlsx", index=False)
print(df)
""",
        ("month=name", 'month="Jan"'),
    ),
    Task(
        "excel/split",
        "Make a workbook regions.xlsx out of sales.csv: for each region a sheet with the region's name that holds the "
        "rows of this region.",
        _orders,
        _sheet_per_region,
        """
import pandas as pd
df = pd.read_csv("sales.csv")
with pd.ExcelWriter("regions.xlsx") as writer:
    for region, part in df.groupby("region"):
        part.to_excel(writer, sheet_name=region, index=False)
print("saved regions.xlsx")
""",
        ("part.to_excel(", "df.to_excel("),
    ),
    Task(
        "excel/worth",
        "stock.xlsx lists our stock. What is it worth altogether (quantity x unit cost)?",
        _stock,
        lambda o: o.says(o.v.worth, 0.06),
        """
import pandas as pd
df = pd.read_excel("stock.xlsx")
print(f"The stock is worth {(df['quantity'] * df['unit cost']).sum():,.2f}")
""",
        ("(df['quantity'] * df['unit cost']).sum()", "df['quantity'].sum() * df['unit cost'].sum()"),
    ),
    Task(
        "excel/low_stock",
        "Give me an Excel list (low.xlsx) of all articles of which we have fewer than {limit} left.",
        _stock,
        _low,
        """
import pandas as pd
df = pd.read_excel("stock.xlsx")
df[df["quantity"] < <<limit>>].to_excel("low.xlsx", index=False)
print("saved low.xlsx")
""",
        ("< <<limit>>", "> <<limit>>"),
    ),
    Task(
        "excel/bold",
        "Excel file units.xlsx: total units per region from sales.csv. Header row in bold please.",
        _orders,
        _bold_header,
        """
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
units = pd.read_csv("sales.csv").groupby("region")["units"].sum()
book = Workbook()
sheet = book.active
sheet.append(["region", "units"])
for region, total in units.items():
    sheet.append([region, int(total)])
for cell in sheet[1]:
    cell.font = Font(bold=True)
book.save("units.xlsx")
print(units)
""",
        ("bold=True", "italic=True"),
    ),
]
