"""A dozen more everyday requests, with which no prompt was tuned: they say whether the tuned ones tell the truth."""

from __future__ import annotations

import json

import numpy as np
from everyday_tasks import Given, Task, _is_chart, _number, _picture, _pixels, _rows, _says, _word
from PIL import Image


def _total_column(g: Given) -> bool:
    path = g.out / "sales_total.csv"
    if not path.exists():
        return False
    rows = _rows(path)
    return len(rows) == 120 and all(
        abs(float(row["total"]) - int(row["units"]) * float(row["price"])) < 0.01 for row in rows
    )


def _grid(g: Given) -> bool:
    path = g.out / "grid.png"
    if not path.exists():
        return False
    photo = _pixels(g.inputs / "photo.png")
    return bool(np.array_equal(_pixels(path), np.vstack([np.hstack([photo, photo])] * 2)))


def _sorted(g: Given) -> bool:
    path = g.out / "sorted.csv"
    if not path.exists():
        return False
    dates = [row["birth date"][:10] for row in _rows(path)]
    return len(dates) == 8 and dates == sorted(dates)


def _customers_json(g: Given) -> bool:
    path = g.out / "customers.json"
    if not path.exists():
        return False
    text = path.read_text()
    json.loads(text)
    return all(name in text for name in ("Ann", "Bo", "Cy", "Oslo", "Rome"))


def _middle(image: Image.Image) -> Image.Image:
    left, top = (image.width - 100) // 2, (image.height - 100) // 2
    return image.crop((left, top, left + 100, top + 100))


HELD_OUT = [
    Task(
        "total column",
        "Add a column 'total' (units times price) to sales.csv and save it as sales_total.csv.",
        ("sales.csv",),
        _total_column,
    ),
    Task(
        "share of lamps",
        "What percentage of the rows in sales.csv are about the product Lamp?",
        ("sales.csv",),
        _number(lambda i: 100 * np.mean([r["product"] == "Lamp" for r in _rows(i / "sales.csv")]), 0.06),
    ),
    Task(
        "pie chart",
        "Draw a pie chart of the units per region and save it as pie.png.",
        ("sales.csv",),
        _is_chart("pie.png"),
    ),
    Task(
        "crop",
        "Crop the middle 100 x 100 pixels out of photo.png and save them as middle.png.",
        ("photo.png",),
        _picture("middle.png", _middle),
    ),
    Task(
        "grid",
        "Put photo.png four times into a 2 x 2 grid without gaps and save it as grid.png.",
        ("photo.png",),
        _grid,
    ),
    Task(
        "sort",
        "Sort people.csv by birth date, oldest person first, and save it as sorted.csv.",
        ("people.csv",),
        _sorted,
    ),
    Task(
        "rainiest day",
        "Which day in weather.csv had the most rain?",
        ("weather.csv",),
        _word(lambda i: max(_rows(i / "weather.csv", "\t"), key=lambda row: float(row["rain_mm"]))["day"]),
    ),
    Task(
        "countries",
        "How many different countries do the customers in orders.json come from?",
        ("orders.json",),
        _says(4),
    ),
    Task("table to json", "Export the table customers of shop.db to customers.json.", ("shop.db",), _customers_json),
    Task(
        "prime",
        "Is 1000003 a prime number?",
        (),
        lambda g: "prime" in g.answer.lower() and "not" not in g.answer.lower().split(),
    ),
    Task("equation", "Solve x^2 - 5x + 6 = 0 for x.", (), lambda g: _says(2)(g) and _says(3)(g)),
    Task("length of a sound", "How long is tone.wav, in seconds?", ("tone.wav",), _says(1.5)),
]
