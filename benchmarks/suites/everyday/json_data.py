"""JSON data."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from typing import Any

from suites.everyday.csv_tables import date_is_in
from suites.interpreter import answers, inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong

# --- recipes

_TITLES = [
    "Shakshuka",
    "Moussaka",
    "Carbonara",
    "Pancakes",
    "Ratatouille",
    "Frittata",
    "Tiramisu",
    "Gazpacho",
    "Pad Thai",
]
_INGREDIENTS = [
    "eggplant",
    "flour",
    "tomatoes",
    "butter",
    "onion",
    "rice noodles",
    "garlic",
    "cream",
    "peppers",
    "bacon",
]


def _recipes(rng: random.Random) -> Given:
    limit = rng.choice([25, 30, 35])
    while True:
        recipes = []
        for title in rng.sample(_TITLES, 9):
            names = rng.sample(_INGREDIENTS, rng.randint(3, 5))
            if rng.random() < 0.5:
                names.insert(rng.randint(0, len(names)), "eggs")
            recipes.append(
                {
                    "title": title,
                    "minutes": rng.choice([10, 15, 20, 24, 28, 40, 45, 60]),
                    "serves": rng.randint(2, 6),
                    "ingredients": [{"name": name, "amount": rng.randint(1, 9)} for name in names],
                }
            )
        quick = [r for r in recipes if r["minutes"] < limit]
        right = {r["title"] for r in quick if any(i["name"] == "eggs" for i in r["ingredients"])}
        loose = {r["title"] for r in quick if any("egg" in i["name"] for i in r["ingredients"])}
        if 2 <= len(right) <= 4 and loose != right:
            break
    return Given(
        {"recipes.json": inputs.json_bytes({"source": "family", "recipes": recipes})}, limit=limit, right=right
    )


def _quick(o: Outcome) -> None:
    named = set(answers.in_order(o.answer, _TITLES))
    lacking, extra = o.v.right - named, named - o.v.right
    o.need(not lacking, f"the answer lacks {', '.join(sorted(lacking))}: {answers.excerpt(o.answer)}")
    o.need(not extra, f"the answer wrongly names {', '.join(sorted(extra))}: {answers.excerpt(o.answer)}")


# --- a shop's export


def _export(rng: random.Random) -> Given:
    orders, rows = [], []
    for i in range(rng.randint(9, 13)):
        number, name = 52000 + 7 * i, rng.choice(inputs.NAMES)
        items = [
            {"sku": f"K-{rng.randint(100, 999)}", "qty": rng.randint(1, 6), "price": round(rng.uniform(3, 90), 2)}
            for _ in range(rng.randint(1, 4))
        ]
        orders.append({"order": number, "customer": {"name": name, "city": rng.choice(inputs.CITIES)}, "items": items})
        rows += [(number, name, item["sku"], item["qty"], item["price"]) for item in items]
    return Given({"shop_export.json": inputs.json_bytes(orders)}, rows=rows)


# --- a forecast


def _forecast(rng: random.Random) -> Given:
    start = dt.datetime(2024, rng.randint(5, 9), rng.randint(2, 24))
    while True:
        temps = [round(14 + 8 * (1 - abs((i % 24) - 15) / 12) + rng.uniform(-3, 3), 1) for i in range(72)]
        if temps.count(max(temps)) == 1 and temps.index(max(temps)) > 23:
            break
    rain = [round(rng.uniform(0.1, 3), 1) if rng.random() < 0.3 else 0.0 for _ in range(72)]
    times = [start + dt.timedelta(hours=i) for i in range(72)]
    document = {
        "latitude": 47.07,
        "longitude": 15.44,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
        "hourly": {
            "time": [f"{time:%Y-%m-%dT%H:%M}" for time in times],
            "temperature_2m": temps,
            "precipitation": rain,
        },
    }
    return Given(
        {"forecast.json": inputs.json_bytes(document)},
        when=times[temps.index(max(temps))],
        rain=round(sum(rain), 1),
    )


def _warmest(o: Outcome) -> None:
    when: dt.datetime = o.v.when
    hour = when.hour % 12 or 12
    half = "am" if when.hour < 12 else "pm"
    clock = [f"{when:%H:%M}", f"{hour} {half}", f"{hour}{half}", f"{hour}:00 {half}", f"{hour}:00{half}"]
    text = o.answer.lower().replace("p.m.", "pm").replace("a.m.", "am")
    o.need(any(form in text for form in clock), f"the answer lacks {clock[0]}: {answers.excerpt(o.answer)}")
    o.need(date_is_in(o.answer, when.date()), f"the answer lacks {when.date()}: {answers.excerpt(o.answer)}")
    o.says(o.v.rain, 0.051)


# --- a menu


def _menu(rng: random.Random) -> Given:
    dishes = {
        "Starters": ["Bruschetta", "Soup", "Olives"],
        "Mains": ["Risotto", "Burger", "Curry", "Trout"],
        "Drinks": ["Cola", "Espresso", "Lager", "Cider", "Water"],
        "Desserts": ["Sorbet", "Cheesecake"],
    }
    sections = list(dishes)
    rng.shuffle(sections)
    menu = {
        "restaurant": "The Old Mill",
        "currency": "GBP",
        "sections": [
            {
                "name": name,
                "items": [
                    {"dish": dish, "price": rng.randint(20, 180) / 10, "vegan": rng.random() < 0.4}
                    for dish in dishes[name]
                ],
            }
            for name in sections
        ],
    }
    percent = rng.choice([10, 20])
    expected = copy.deepcopy(menu)
    for section in expected["sections"]:
        if section["name"] == "Drinks":
            for item in section["items"]:
                item["price"] = round(item["price"] * (100 + percent) / 100, 2)
    return Given({"menu.json": inputs.json_bytes(menu)}, percent=percent, expected=expected)


def _alike(found: Any, wanted: Any, where: str = "") -> None:
    """Refuse JSON that differs, but for how numbers are written."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or set(found) != set(wanted):
            raise Wrong(f"{where or 'the document'} has not the keys {', '.join(wanted)}")
        for key, value in wanted.items():
            _alike(found[key], value, f"{where}.{key}")
    elif isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            raise Wrong(f"{where} is no list of {len(wanted)}")
        for i, value in enumerate(wanted):
            _alike(found[i], value, f"{where}[{i}]")
    elif isinstance(wanted, float):
        if not isinstance(found, int | float) or abs(found - wanted) > 0.0051:
            raise Wrong(f"{where} is {found!r} instead of {wanted}")
    elif found != wanted:
        raise Wrong(f"{where} is {found!r} instead of {wanted!r}")


TASKS = [
    Task(
        "json_data/recipes",
        "I've got eggs to use up and less than {limit} minutes. Which recipes in recipes.json have eggs as an ingredient and "
        "take under {limit} minutes?",
        _recipes,
        _quick,
        """
import json
with open("recipes.json", encoding="utf-8") as f:
    recipes = json.load(f)["recipes"]
for r in recipes:
    if r["minutes"] < <<limit>> and any(i["name"] == "eggs" for i in r["ingredients"]):
        print("Recipe:", r["title"])
""",
        ('i["name"] == "eggs"', '"egg" in i["name"]'),
    ),
    Task(
        "json_data/flatten",
        "Flatten the shop export to a CSV called items.csv, one line for each item of each order, with order number, customer "
        "name, sku, qty and price.",
        _export,
        lambda o: need_rows(read_table(o.file("items.csv")), o.v.rows),
        """
import json
import pandas as pd
with open("shop_export.json", encoding="utf-8") as f:
    orders = json.load(f)
rows = [
    {"order": o["order"], "customer": o["customer"]["name"], **item}
    for o in orders
    for item in o["items"]
]
pd.DataFrame(rows).to_csv("items.csv", index=False)
print("Lines written to items.csv:", len(rows))
""",
        ('for item in o["items"]', 'for item in o["items"][:1]'),
    ),
    Task(
        "json_data/forecast",
        "This is what the weather API sent me for the next three days. When exactly will it be warmest (day and hour), and "
        "how many mm of rain are forecast altogether?",
        _forecast,
        _warmest,
        """
import json
with open("forecast.json", encoding="utf-8") as f:
    hourly = json.load(f)["hourly"]
temps = hourly["temperature_2m"]
print("Warmest at", hourly["time"][temps.index(max(temps))].replace("T", " "), "with", max(temps), "degrees")
print("Rain in mm:", round(sum(hourly["precipitation"]), 1))
""",
        ("temps.index(max(temps))", "temps.index(min(temps))"),
    ),
    Task(
        "json_data/menu",
        "Put up the prices of all items in the Drinks section of menu.json by {percent} percent (round to cents) and save the "
        "whole menu with the same structure as menu_new.json. Nothing else may change.",
        _menu,
        lambda o: _alike(json.loads(o.file("menu_new.json").read_text(encoding="utf-8-sig")), o.v.expected),
        """
import json
with open("menu.json", encoding="utf-8") as f:
    menu = json.load(f)
for section in menu["sections"]:
    if section["name"] == "Drinks":
        for item in section["items"]:
            item["price"] = round(item["price"] * (1 + <<percent>> / 100), 2)
with open("menu_new.json", "w", encoding="utf-8") as f:
    json.dump(menu, f, indent=2, ensure_ascii=False)
print("Saved menu_new.json")
""",
        ('if section["name"] == "Drinks":', "if True:"),
    ),
]
