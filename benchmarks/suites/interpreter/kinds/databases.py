"""SQLite databases."""

from __future__ import annotations

import random

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, query, read_table
from suites.interpreter.task import Given, Outcome, Task

_SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, day TEXT, total REAL);
"""


def _shop(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 8)
    customers = [(i, name, rng.choice(inputs.CITIES[:3])) for i, name in enumerate(names, 1)]
    buyers = rng.sample(range(1, 9), 6)
    orders = [
        (
            i,
            rng.choice(buyers),
            f"2024-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            round(rng.uniform(5, 200), 2),
        )
        for i in range(1, 61)
    ]
    spent = {name: sum(o[3] for o in orders if o[1] == i) for i, name, _city in customers}
    cities = {city: sum(spent[name] for _i, name, c in customers if c == city) for _, _, city in customers}
    return Given(
        {"shop.db": inputs.sqlite_bytes(_SCHEMA, {"customers": customers, "orders": orders})},
        customers=customers,
        orders=orders,
        spent=spent,
        cities=cities,
        idle=sum(not any(o[1] == i for o in orders) for i, _, _ in customers),
        summer=sum(o[2][5:7] in {"06", "07", "08"} for o in orders),
        mean=round(sum(o[3] for o in orders) / len(orders), 2),
    )


def _best(o: Outcome) -> None:
    winner = max(o.v.spent, key=o.v.spent.__getitem__)
    o.picks(winner, list(o.v.spent))
    o.says(o.v.spent[winner], 0.011)


def _exported(o: Outcome) -> None:
    need_rows(read_table(o.file("customers.csv")), o.v.customers, header=["id", "name", "city"])


def _per_city(o: Outcome) -> None:
    need_rows(read_table(o.file("cities.csv")), o.v.cities.items(), tol=0.011)


def _imported(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 60)
    return Given({"sales.csv": inputs.sales_csv(rows)}, rows=rows, units=sum(row[3] for row in rows))


def _database(o: Outcome) -> None:
    path = o.file("sales.db")
    tables = [name for (name,) in query(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    o.need("sales" in tables, f"no table sales among {', '.join(tables)}")
    found = query(path, "SELECT count(*), sum(units) FROM sales")
    o.need(found == [(len(o.v.rows), o.v.units)], f"the table holds {found}").says(o.v.units)


TASKS = [
    Task(
        "sqlite/best_customer",
        "Which customer in shop.db has spent the most in total, and how much?",
        _shop,
        _best,
        """
import sqlite3
print(sqlite3.connect("shop.db").execute(
    "SELECT name, round(sum(total), 2) FROM customers c JOIN orders o ON o.customer_id = c.id "
    "GROUP BY c.id ORDER BY sum(total) DESC").fetchone())
""",
        ("sum(total) DESC", "sum(total)"),
    ),
    Task(
        "sqlite/idle",
        "How many customers have never ordered anything?",
        _shop,
        lambda o: o.says(o.v.idle),
        """
import sqlite3
print(sqlite3.connect("shop.db").execute(
    "SELECT count(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)").fetchone()[0])
""",
        ("NOT IN", "IN"),
    ),
    Task(
        "sqlite/summer",
        "number of orders in june, july and august?",
        _shop,
        lambda o: o.says(o.v.summer),
        """
import sqlite3
print(sqlite3.connect("shop.db").execute(
    "SELECT count(*) FROM orders WHERE strftime('%m', day) IN ('06', '07', '08')").fetchone()[0])
""",
        ("'06', '07', '08'", "'05', '06', '07'"),
    ),
    Task(
        "sqlite/export",
        "Export the customers table from the database to customers.csv (with header).",
        _shop,
        _exported,
        """
import sqlite3
import pandas as pd
pd.read_sql("SELECT * FROM customers", sqlite3.connect("shop.db")).to_csv("customers.csv", index=False)
print("saved customers.csv")
""",
        ("FROM customers", "FROM orders"),
    ),
    Task(
        "sqlite/per_city",
        "I'd like a file cities.csv with the total order value per city of the customers in shop.db.",
        _shop,
        _per_city,
        """
import sqlite3
import pandas as pd
df = pd.read_sql("SELECT city, coalesce(sum(total), 0) AS total FROM customers c LEFT JOIN orders o "
                 "ON o.customer_id = c.id GROUP BY city", sqlite3.connect("shop.db"))
df.round(2).to_csv("cities.csv", index=False)
print(df)
""",
        ("sum(total)", "avg(total)"),
    ),
    Task(
        "sqlite/import",
        "Load sales.csv into a new SQLite database sales.db, table name sales. Then tell me the sum of units, computed "
        "with SQL.",
        _imported,
        _database,
        """
import sqlite3
import pandas as pd
connection = sqlite3.connect("sales.db")
pd.read_csv("sales.csv").to_sql("sales", connection, index=False)
print("Sum of units:", connection.execute("SELECT sum(units) FROM sales").fetchone()[0])
connection.close()
""",
        ("SELECT sum(units)", "SELECT count(units)"),
    ),
]
