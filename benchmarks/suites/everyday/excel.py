"""Excel workbooks."""

from __future__ import annotations

import datetime as dt
import random
import re
from contextlib import closing

import openpyxl
from openpyxl.utils import get_column_letter

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong

# --- invoices below a title

_CUSTOMERS = ["Hartley Ltd", "Moss & Sons", "Quill Studio", "Bright Dental", "Oakfield School"]


def _invoices(rng: random.Random) -> Given:
    while True:
        rows = [
            (
                f"INV-{700 + i}",
                rng.choice(_CUSTOMERS),
                dt.date(2024, 1, 5) + dt.timedelta(days=6 * i),
                round(rng.uniform(80, 2400), 2),
                rng.choice(["yes", "yes", "no"]),
            )
            for i in range(36)
        ]
        owed = {name: round(sum(r[3] for r in rows if r[1] == name and r[4] == "no"), 2) for name in _CUSTOMERS}
        billed = {name: sum(r[3] for r in rows if r[1] == name) for name in _CUSTOMERS}
        first, second = sorted(_CUSTOMERS, key=lambda name: -owed[name])[:2]
        if owed[first] - owed[second] > 50 and first != max(billed, key=billed.__getitem__):
            break
    sheet = [
        ("Fenwick Plumbing",),
        ("Invoices 2024, as of 30 September",),
        (),
        ("Invoice", "Customer", "Date", "Amount", "Paid"),
        *rows,
        (),
        ("Total", None, None, round(sum(row[3] for row in rows), 2)),
    ]
    return Given({"invoices.xlsx": inputs.xlsx_bytes({"2024": sheet})}, open=round(sum(owed.values()), 2), who=first)


# --- formulas


def _order(rng: random.Random) -> Given:
    things = [
        "Paper A4",
        "Toner black",
        "Stapler",
        "Folders",
        "Marker pens",
        "Desk lamp",
        "Envelopes",
        "Whiteboard",
        "Tape",
    ]
    rows = [
        (thing, rng.randint(2, 40), round(rng.uniform(1, 70), 2)) for thing in rng.sample(things, rng.randint(6, 9))
    ]
    return Given({"order.xlsx": inputs.xlsx_bytes({"Order": [("Item", "Quantity", "Unit price"), *rows]})}, rows=rows)


def _formulas(o: Outcome) -> None:
    path = o.file("order_calc.xlsx")
    with closing(openpyxl.load_workbook(path)) as book:
        sheet = book.worksheets[0]
        cells = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    header = {str(cell.value).strip().lower(): cell for cell in cells.values() if cell.row <= 3}
    if not {"item", "quantity", "unit price"} <= set(header):
        raise Wrong("the columns of the order are gone")
    item, quantity, price = (header[name].column for name in ("item", "quantity", "unit price"))
    top = header["item"].row
    last = top + len(o.v.rows)
    total_column = ""
    for i, row in enumerate(o.v.rows, top + 1):
        found = [cells.get(f"{get_column_letter(c)}{i}") for c in (item, quantity, price)]
        if [cell and cell.value for cell in found] != list(row):
            raise Wrong(f"row {i} is no longer {row}")
        wanted = {f"{get_column_letter(quantity)}{i}", f"{get_column_letter(price)}{i}"}
        products = [
            cell
            for cell in cells.values()
            if cell.row == i
            and _formula(cell.value)
            and set(re.findall(r"[A-Z]+\d+", _formula(cell.value))) == wanted
            and ("*" in _formula(cell.value) or "PRODUCT" in _formula(cell.value))
        ]
        if not products:
            raise Wrong(f"row {i} has no formula quantity x price")
        total_column = products[0].column_letter
    below = [_formula(cell.value) for cell in cells.values() if cell.row > last and _formula(cell.value)]
    q, p, n = get_column_letter(quantity), get_column_letter(price), top + 1
    fits = [
        rf"=SUM\({total_column}[{top}{n}]:{total_column}{last}\)",
        rf"=SUBTOTAL\(10?9[,;]{total_column}[{top}{n}]:{total_column}{last}\)",
        rf"=SUMPRODUCT\({q}{n}:{q}{last}[,;*]{p}{n}:{p}{last}\)",
        "=" + r"\+".join(f"{total_column}{i}" for i in range(n, last + 1)),
    ]
    if not any(re.fullmatch(fit, formula) for fit in fits for formula in below):
        raise Wrong(f"no formula of the grand total below the table, but {below}")


def _formula(value: object) -> str:
    """A formula in capitals without dollars and spaces; empty where the cell has none."""
    return re.sub(r"[$\s]", "", value).upper() if isinstance(value, str) and value.startswith("=") else ""


# --- marked rows


def _memberships(rng: random.Random) -> Given:
    limit = dt.date(2024, rng.randint(4, 9), 1)
    rows = []
    for name in rng.sample(inputs.NAMES, 12):
        end = limit + dt.timedelta(days=rng.choice([-1, 1]) * rng.randint(3, 200))
        rows.append((name, rng.choice(["Tennis", "Squash", "Both"]), rng.randint(1990, 2021), end))
    if all(row[3] > limit for row in rows):
        rows[0] = (*rows[0][:3], limit - dt.timedelta(days=40))
    return Given(
        {"members.xlsx": inputs.xlsx_bytes({"Members": [("Name", "Sport", "Since", "Valid until"), *rows]})},
        rows=rows,
        limit=limit,
        expired={row[0] for row in rows if row[3] < limit},
    )


def _is_yellow(cell: openpyxl.cell.Cell) -> bool:
    if cell.fill.fill_type != "solid" or not isinstance(cell.fill.fgColor.rgb, str):
        return False
    red, green, blue = (int(cell.fill.fgColor.rgb[-6:][i : i + 2], 16) for i in (0, 2, 4))
    return red >= 200 and green >= 170 and blue <= 180 and blue < green - 40


def _marked(o: Outcome) -> None:
    path = o.file("members_marked.xlsx")
    need_rows(read_table(path), [row[:3] for row in o.v.rows])
    with closing(openpyxl.load_workbook(path)) as book:
        for row in book.worksheets[0].iter_rows():
            cells = [cell for cell in row if cell.value is not None]
            name = next((cell.value for cell in cells if cell.value in {r[0] for r in o.v.rows}), None)
            if name is None:
                continue
            yellow = [_is_yellow(cell) for cell in cells if cell.column > 1 or cell.value == name]  # no index
            if name in o.v.expired:
                o.need(all(yellow), f"{name}'s row is not yellow")
            else:
                o.need(not any(yellow), f"{name}'s row is yellow")


# --- a pivot

_CATEGORIES = ["Fuel", "Groceries", "Kids", "Leisure"]


def _household(rng: random.Random) -> Given:
    days = [(m, d) for m in range(1, 7) for d in range(1, 29)]
    rows = [(dt.date(2024, m, rng.randint(1, 28)), category) for m in range(1, 7) for category in _CATEGORIES]
    rows += [(dt.date(2024, *rng.choice(days)), rng.choice(_CATEGORIES)) for _ in range(90)]
    rows = sorted((*row, rng.choice(["card", "cash"]), round(rng.uniform(4, 160), 2)) for row in rows)
    sums = {
        c: [round(sum(r[3] for r in rows if r[1] == c and r[0].month == m), 2) for m in range(1, 7)]
        for c in _CATEGORIES
    }
    return Given(
        {"expenses.xlsx": inputs.xlsx_bytes({"Expenses": [("Date", "Category", "Paid by", "Amount"), *rows]})},
        sums=sums,
    )


def _pivot(o: Outcome) -> None:
    rows = read_table(o.file("overview.xlsx"))
    top = next(
        (i for i, row in enumerate(rows) if {c.lower() for c in _CATEGORIES} <= {str(v).lower() for v in row}), None
    )
    o.need(top is not None, f"no header with the categories: {rows[:2]}")
    header = [str(value).lower() for value in rows[top]]
    where = {c: header.index(c.lower()) for c in _CATEGORIES}
    body = [
        row
        for row in rows[top + 1 :]
        if any(isinstance(row[i], float) for i in where.values())
        and not re.match(r"(grand )?(total|sum|all)", str(row[0]).lower())
    ]
    o.need(len(body) == 6, f"{len(body)} rows instead of 6 months")
    left = [[row[i] for i in where.values()] for row in body]
    for month, wanted in enumerate(zip(*o.v.sums.values(), strict=True), 1):
        match = next(
            (
                f
                for f in left
                if all(isinstance(a, float) and abs(a - b) < 0.011 for a, b in zip(f, wanted, strict=False))
            ),
            None,
        )
        o.need(match, f"no row of month {month} with {dict(zip(where, wanted, strict=True))}")
        left.remove(match)


TASKS = [
    Task(
        "excel/open_invoices",
        "According to invoices.xlsx, how much do our customers still owe us (Paid = no), and which customer owes the most?",
        _invoices,
        lambda o: o.says(o.v.open, 0.51).picks(o.v.who, _CUSTOMERS),
        """
import pandas as pd
df = pd.read_excel("invoices.xlsx", header=3)
unpaid = df[df["Paid"] == "no"]
owed = unpaid.groupby("Customer")["Amount"].sum()
print(f"Still owed: {owed.sum():.2f}")
print("Owes most:", owed.idxmax())
""",
        ('== "no"', '== "yes"'),
    ),
    Task(
        "excel/formulas",
        "Can you add a Total column to order.xlsx (quantity times unit price) and a grand total underneath? It has to be "
        "real Excel formulas so it updates when I change a number. Save it as order_calc.xlsx.",
        _order,
        _formulas,
        """
from openpyxl import load_workbook
book = load_workbook("order.xlsx")
sheet = book.active
last = sheet.max_row
sheet["D1"] = "Total"
for i in range(2, last + 1):
    sheet[f"D{i}"] = f"=B{i}*C{i}"
sheet[f"A{last + 1}"] = "Grand total"
sheet[f"D{last + 1}"] = f"=SUM(D2:D{last})"
book.save("order_calc.xlsx")
print("Saved order_calc.xlsx, rows:", last - 1)
""",
        ('f"=B{i}*C{i}"', 'sheet[f"B{i}"].value * sheet[f"C{i}"].value'),
    ),
    Task(
        "excel/highlight",
        "members.xlsx: fill the rows of everybody whose membership was only valid until a date before {limit} with yellow. "
        "Leave the other rows as they are, new file members_marked.xlsx",
        _memberships,
        _marked,
        """
from datetime import datetime
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
book = load_workbook("members.xlsx")
sheet = book.active
yellow = PatternFill("solid", fgColor="FFFF00")
n = 0
for row in sheet.iter_rows(min_row=2):
    if row[3].value < datetime.fromisoformat("<<limit>>"):
        n += 1
        for cell in row:
            cell.fill = yellow
book.save("members_marked.xlsx")
print("Marked rows:", n)
""",
        ("row[3].value <", "row[3].value >"),
    ),
    Task(
        "excel/pivot",
        "I keep our family expenses in an Excel file (Date, Category, Paid by, Amount). I want an overview with one row per "
        "month, one column per category and the summed amounts in it. Call it overview.xlsx",
        _household,
        _pivot,
        """
import pandas as pd
df = pd.read_excel("expenses.xlsx")
df["Month"] = df["Date"].dt.strftime("%Y-%m")
table = df.pivot_table(index="Month", columns="Category", values="Amount", aggfunc="sum")
table.round(2).to_excel("overview.xlsx")
print(table.round(2))
""",
        ('aggfunc="sum"', 'aggfunc="mean"'),
    ),
]
