"""Nested JSON: questions, flattening, reshaping."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

_COUNTRIES = ["DE", "FR", "IT", "TR", "CN", "PT"]


def _orders(rng: random.Random) -> Given:
    orders: list[dict[str, Any]] = []
    for number in range(1001, 1013):
        items = [
            {
                "sku": rng.choice("ABCD") + str(rng.randint(1, 9)),
                "qty": rng.randint(1, 5),
                "price": rng.randint(4, 80) / 2,
            }
            for _ in range(rng.randint(1, 4))
        ]
        customer = {"name": rng.choice(inputs.NAMES), "country": rng.choice(_COUNTRIES)}
        orders.append({"id": number, "customer": customer, "items": items, "paid": rng.random() < 0.6})
    orders[0]["paid"], orders[1]["paid"] = True, False
    worth = {order["id"]: sum(item["qty"] * item["price"] for item in order["items"]) for order in orders}
    return Given(
        {"orders.json": inputs.json_bytes(orders)},
        orders=orders,
        worth=worth,
        open=float(sum(worth[order["id"]] for order in orders if not order["paid"])),
        countries=len({order["customer"]["country"] for order in orders}),
        items=sum(len(order["items"]) for order in orders),
    )


def _flat(o: Outcome) -> None:
    expected = [
        (order["id"], order["customer"]["name"], order["customer"]["country"], o.v.worth[order["id"]])
        for order in o.v.orders
    ]
    need_rows(read_table(o.file("orders.csv")), expected)


def _config(rng: random.Random) -> Given:
    old = {
        "server": {"host": "localhost", "port": rng.randint(3000, 9000), "tls": False},
        "users": rng.sample(inputs.NAMES, 4),
        "limits": {"upload_mb": rng.randint(5, 50), "timeout_s": 30},
    }
    return Given({"config.json": inputs.json_bytes(old)}, old=old, port=rng.randint(10000, 20000), user="Zoe")


def _edited(o: Outcome) -> None:
    expected = json.loads(json.dumps(o.v.old))
    expected["server"]["port"] = o.v.port
    expected["users"].append(o.v.user)

    def check(path: Path) -> None:
        found = json.loads(path.read_text(encoding="utf-8"))
        o.need(found == expected, f"{path.name} is {json.dumps(found)[:150]}")

    o.any_of(o.new(".json"), check)


def _people(rng: random.Random) -> Given:
    rows = [(name, rng.choice(inputs.CITIES), rng.randint(18, 70)) for name in rng.sample(inputs.NAMES, 9)]
    by_city: dict[str, list[str]] = {}
    for name, city, _age in rows:
        by_city.setdefault(city, []).append(name)
    return Given({"people.csv": inputs.csv_bytes(["name", "city", "age"], rows)}, by_city=by_city)


def _grouped(o: Outcome) -> None:
    found = json.loads(o.file("by_city.json").read_text(encoding="utf-8"))
    wanted = {city: sorted(names) for city, names in o.v.by_city.items()}
    o.need(isinstance(found, dict), "by_city.json is no object")
    o.need({city: sorted(names) for city, names in found.items()} == wanted, f"by_city.json is {str(found)[:150]}")


TASKS = [
    Task(
        "json/countries",
        "From how many different countries do the customers in orders.json come?",
        _orders,
        lambda o: o.says(o.v.countries),
        """
import json
orders = json.load(open("orders.json"))
print(len({order["customer"]["country"] for order in orders}), "countries")
""",
        ('{order["customer"]["country"] for order in orders}', "orders"),
    ),
    Task(
        "json/open_amount",
        "What's the total value (qty * price over all items) of the orders that aren't paid yet?",
        _orders,
        lambda o: o.says(o.v.open, 0.011),
        """
import json
orders = json.load(open("orders.json"))
print(sum(i["qty"] * i["price"] for o in orders if not o["paid"] for i in o["items"]))
""",
        ("if not o", "if o"),
    ),
    Task(
        "json/flatten",
        "Write orders.csv with one line per order: id, customer name, country, and the order's total (sum of qty times "
        "price of its items).",
        _orders,
        _flat,
        """
import json
import pandas as pd
rows = [
    {"id": o["id"], "name": o["customer"]["name"], "country": o["customer"]["country"],
     "total": sum(i["qty"] * i["price"] for i in o["items"])}
    for o in json.load(open("orders.json"))
]
pd.DataFrame(rows).to_csv("orders.csv", index=False)
print("saved orders.csv")
""",
        ('i["qty"] * i["price"]', 'i["price"]'),
    ),
    Task(
        "json/edit",
        "In config.json set the server's port to {port} and add {user} to the users. Leave the rest as it is and give "
        "me the new file.",
        _config,
        _edited,
        """
import json
config = json.load(open("config.json"))
config["server"]["port"] = <<port>>
config["users"].append("<<user>>")
json.dump(config, open("config_new.json", "w"), indent=2)
print("saved config_new.json")
""",
        ('["server"]["port"]', '["port"]'),
    ),
    Task(
        "json/group",
        "turn people.csv into by_city.json - an object with the cities as keys and the list of names living there as "
        "values",
        _people,
        _grouped,
        """
import json
import pandas as pd
groups = pd.read_csv("people.csv").groupby("city")["name"].apply(list).to_dict()
json.dump(groups, open("by_city.json", "w"), ensure_ascii=False)
print(groups)
""",
        ('groupby("city")["name"]', 'groupby("name")["city"]'),
    ),
]
