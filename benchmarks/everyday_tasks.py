"""Two dozen everyday requests, each with a check of its result."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from PIL import Image, ImageOps


@dataclass(frozen=True, slots=True)
class Given:
    """What a check looks at: the answer's text, the folder of results, the folder of inputs."""

    answer: str
    out: Path
    inputs: Path


Check = Callable[[Given], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """A request, its files and its check."""

    name: str
    request: str
    files: tuple[str, ...]
    check: Check


def _numbers(text: str) -> list[float]:
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def _says(value: float, tolerance: float = 0.006) -> Check:
    return lambda g: any(abs(n - value) <= tolerance * max(1.0, abs(value) * 0.01) for n in _numbers(g.answer))


def _number(compute: Callable[[Path], float], tolerance: float = 0.006) -> Check:
    return lambda g: _says(compute(g.inputs), tolerance)(g)


def _word(compute: Callable[[Path], str]) -> Check:
    return lambda g: re.search(rf"\b{re.escape(compute(g.inputs))}\b", g.answer, re.IGNORECASE) is not None


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _pixels(path: Path, mode: str = "RGB") -> np.ndarray:
    return np.asarray(Image.open(path).convert(mode))


def _picture(name: str, make: Callable[[Image.Image], Image.Image], source: str = "photo.png", slack: int = 0) -> Check:
    def check(g: Given) -> bool:
        if not (g.out / name).exists():
            return False
        expected = np.asarray(make(Image.open(g.inputs / source).convert("RGB")).convert("RGB")).astype(int)
        found = _pixels(g.out / name).astype(int)
        return bool(expected.shape == found.shape and np.abs(expected - found).max() <= slack)

    return check


def _merged(image: Image.Image) -> Image.Image:
    half = image.width // 2
    result = image.copy()
    result.paste(ImageOps.invert(image.crop((half, 0, image.width, image.height))), (half, 0))
    return result


def _is_chart(name: str) -> Check:
    def check(g: Given) -> bool:
        path = g.out / name
        return (
            path.exists()
            and Image.open(path).width >= 200
            and len(np.unique(_pixels(path).reshape(-1, 3), axis=0)) > 20
        )

    return check


def _revenue(inputs: Path) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for row in _rows(inputs / "sales.csv"):
        totals[row["region"]] += int(row["units"]) * float(row["price"])
    return totals


def _excel(path: Path) -> list[list[str]]:
    """The cells of a workbook's first sheet."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - written by the benchmark itself
        shared: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314 - written by the benchmark itself
            shared = ["".join(item.itertext()) for item in strings.findall("m:si", space)]
    return [
        [shared[int(text)] if cell.get("t") == "s" else text for cell in row if (text := "".join(cell.itertext()))]
        for row in sheet.findall("m:sheetData/m:row", space)
    ]


def _excel_totals(g: Given) -> bool:
    path = g.out / "regions.xlsx"
    if not path.exists():
        return False
    cells = [cell for row in _excel(path) for cell in row]
    units: Counter[str] = Counter()
    for row in _rows(g.inputs / "sales.csv"):
        units[row["region"]] += int(row["units"])
    return all(region in cells and str(units[region]) in cells for region in units)


def _excel_copy(g: Given) -> bool:
    path = g.out / "sales.xlsx"
    if not path.exists():
        return False
    rows = _excel(path)
    return len(rows) == 121 and rows[0] == ["date", "region", "product", "units", "price"]


def _deduplicated(g: Given) -> bool:
    path = g.out / "clean.csv"
    return path.exists() and [row["name"] for row in _rows(path)] == ["Ada", "Ben", "Cem", "Dora", "Emil", "Fay"]


def _flat_orders(g: Given) -> bool:
    path = g.out / "orders.csv"
    if not path.exists():
        return False
    orders = json.loads((g.inputs / "orders.json").read_text())
    text = path.read_text()
    return text.count("\n") >= len(orders) and all(
        str(o["id"]) in text and o["customer"]["name"] in text for o in orders
    )


def _top_word(g: Given) -> bool:
    words = Counter(re.findall(r"[a-z]+", (g.inputs / "story.txt").read_text().lower()))
    said = set(re.findall(r"[a-z]+", g.answer.lower()))
    return [word for word in words if word in said] == [words.most_common(1)[0][0]]


def _error_count(inputs: Path) -> float:
    return (inputs / "server.log").read_text().count(" ERROR ")


def _best_customer(inputs: Path) -> str:
    query = (
        "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY sum(total) DESC"
    )
    connection = sqlite3.connect(inputs / "shop.db")
    name = connection.execute(query).fetchone()[0]
    connection.close()
    return str(name)


def _squares(g: Given) -> bool:
    path = g.out / "squares.csv"
    if not path.exists():
        return False
    found = [int(float(n)) for line in path.read_text().splitlines() for n in re.findall(r"\d+", line)]
    return {n * n for n in range(1, 21)} <= set(found)


def _warmest(inputs: Path) -> str:
    return max(_rows(inputs / "weather.csv", "\t"), key=lambda row: float(row["temp_c"]))["day"]


TASKS = [
    Task(
        "merge",
        "Split photo.png into two equal parts, left and right, invert the colors of the right part, put both parts "
        "back together side by side and save the new image as merged.png.",
        ("photo.png",),
        _picture("merged.png", _merged),
    ),
    Task(
        "gray",
        "Turn photo.png into a grayscale picture and save it as gray.png.",
        ("photo.png",),
        _picture("gray.png", lambda i: i.convert("L"), slack=2),
    ),
    Task(
        "rotate",
        "Rotate photo.png by 90 degrees clockwise and save the result as rotated.png.",
        ("photo.png",),
        _picture("rotated.png", lambda i: i.transpose(Image.Transpose.ROTATE_270)),
    ),
    Task(
        "thumbnail",
        "Make a thumbnail of photo.png that is 80 pixels wide, keep the proportions, and save it as small.png.",
        ("photo.png",),
        lambda g: (g.out / "small.png").exists() and Image.open(g.out / "small.png").size == (80, 50),
    ),
    Task(
        "mirror",
        "Mirror photo.png horizontally (left becomes right) and save it as mirror.png.",
        ("photo.png",),
        _picture("mirror.png", ImageOps.mirror),
    ),
    Task(
        "white background",
        "icon.png has a transparent background. Put it on a white background and save it as icon.jpg.",
        ("icon.png",),
        lambda g: (g.out / "icon.jpg").exists() and bool((_pixels(g.out / "icon.jpg")[0, 0] > 240).all()),
    ),
    Task(
        "average colour",
        "What is the average red value of all pixels of photo.png?",
        ("photo.png",),
        _number(lambda i: float(_pixels(i / "photo.png")[..., 0].mean()), 0.05),
    ),
    Task(
        "best region",
        "Which region has the highest revenue (units times price)? Tell me the region and the revenue.",
        ("sales.csv",),
        lambda g: (
            max(_revenue(g.inputs), key=_revenue(g.inputs).__getitem__).lower() in g.answer.lower()
            and _says(max(_revenue(g.inputs).values()))(g)
        ),
    ),
    Task(
        "mean price",
        "What is the average price in sales.csv?",
        ("sales.csv",),
        _number(lambda i: float(np.mean([float(r["price"]) for r in _rows(i / "sales.csv")]))),
    ),
    Task(
        "filter count",
        "How many sales in the region North had more than 20 units?",
        ("sales.csv",),
        _number(lambda i: sum(r["region"] == "North" and int(r["units"]) > 20 for r in _rows(i / "sales.csv"))),
    ),
    Task(
        "bar chart",
        "Draw a bar chart of the total units per product and save it as units.png.",
        ("sales.csv",),
        _is_chart("units.png"),
    ),
    Task(
        "line chart",
        "Plot the temperature over time from weather.csv as a line chart and save it as temperature.png.",
        ("weather.csv",),
        _is_chart("temperature.png"),
    ),
    Task(
        "histogram",
        "Make a histogram of the prices and save it as prices.png.",
        ("sales.csv",),
        _is_chart("prices.png"),
    ),
    Task("to excel", "Convert sales.csv to an Excel file named sales.xlsx.", ("sales.csv",), _excel_copy),
    Task(
        "excel totals",
        "Make an Excel file regions.xlsx with the total units per region.",
        ("sales.csv",),
        _excel_totals,
    ),
    Task(
        "german csv",
        "Wie hoch ist die Summe aller Beträge?",
        ("ausgaben.csv",),
        lambda g: _says(1409.65)(g) or "1409,65" in g.answer or "1.409,65" in g.answer,
    ),
    Task(
        "duplicates",
        "Remove the duplicate rows from people.csv and save the rest as clean.csv.",
        ("people.csv",),
        _deduplicated,
    ),
    Task(
        "mean by city",
        "What is the average salary in Hamburg? Ignore people without a salary.",
        ("people.csv",),
        _says(70000.0),
    ),
    Task(
        "flatten json",
        "Write orders.csv with one line per order: id, customer name, country, and the order's total "
        "(sum of qty times price of its items).",
        ("orders.json",),
        _flat_orders,
    ),
    Task(
        "most common word",
        "Which word is the most common one in story.txt, ignoring case?",
        ("story.txt",),
        _top_word,
    ),
    Task("count errors", "How many lines of server.log have the level ERROR?", ("server.log",), _number(_error_count)),
    Task(
        "zip totals",
        "Add up the totals of all reports in reports.zip. What is the sum?",
        ("reports.zip",),
        _says(1297.0),
    ),
    Task(
        "database",
        "Which customer in shop.db has the highest sum of order totals?",
        ("shop.db",),
        _word(_best_customer),
    ),
    Task("squares", "Write the numbers from 1 to 20 and their squares to squares.csv.", (), _squares),
]
