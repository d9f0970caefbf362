"""The input files of the everyday requests, made anew each time: nobody's data, always the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import sqlite3
import wave
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

REGIONS = ["North", "South", "East", "West"]
PRODUCTS = ["Lamp", "Chair", "Table", "Shelf"]


def make_all(folder: Path) -> None:
    """Write every input file into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    _photo(folder / "photo.png")
    _icon(folder / "icon.png")
    _sales(folder / "sales.csv")
    _german(folder / "ausgaben.csv")
    _people(folder / "people.csv")
    _weather(folder / "weather.csv")
    _orders(folder / "orders.json")
    _story(folder / "story.txt")
    _log(folder / "server.log")
    _archive(folder / "reports.zip")
    _database(folder / "shop.db")
    _sound(folder / "tone.wav")


def _photo(path: Path) -> None:
    image = Image.new("RGB", (320, 200))
    image.putdata([((x * 7) % 256, (y * 5) % 256, (x * y) % 256) for y in range(200) for x in range(320)])
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 140, 140), fill=(250, 200, 30))
    draw.rectangle((200, 60, 290, 170), fill=(20, 90, 160))
    image.save(path)


def _icon(path: Path) -> None:
    image = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((8, 4, 56, 44), fill=(200, 30, 60, 255))
    image.save(path)


def _sales(path: Path) -> None:
    rng = random.Random(7)  # noqa: S311
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["date", "region", "product", "units", "price"])
        for i in range(120):
            day = dt.date(2024, 1, 1) + dt.timedelta(days=3 * i)
            price = round(rng.uniform(5, 90), 2)
            out.writerow([day, rng.choice(REGIONS), rng.choice(PRODUCTS), rng.randint(1, 40), price])


def _german(path: Path) -> None:
    rows = [("Miete", "850,00"), ("Strom", "74,50"), ("Essen", "412,35"), ("Bahn", "49,00"), ("Kino", "23,80")]
    text = "Posten;Betrag\n" + "".join(f"{name};{amount}\n" for name, amount in rows)
    path.write_text(text, encoding="cp1252")


def _people(path: Path) -> None:
    rows = [
        ("Ada", "1985-03-12", "Berlin", "52000"),
        ("Ben", "1990-11-02", "Hamburg", ""),
        ("Cem", "1978-07-30", "Berlin", "61000"),
        ("Ada", "1985-03-12", "Berlin", "52000"),
        ("Dora", "2001-01-19", "Köln", "38000"),
        ("Emil", "1969-05-05", "Hamburg", "70000"),
        ("Fay", "1995-09-23", "Köln", ""),
        ("Emil", "1969-05-05", "Hamburg", "70000"),
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["name", "birth date", "city", "salary"])
        out.writerows(rows)


def _weather(path: Path) -> None:
    rng = random.Random(3)  # noqa: S311
    with path.open("w", newline="") as file:
        out = csv.writer(file, delimiter="\t")
        out.writerow(["day", "temp_c", "rain_mm"])
        for i in range(90):
            day = dt.date(2024, 4, 1) + dt.timedelta(days=i)
            out.writerow([day, round(8 + i * 0.15 + rng.uniform(-4, 4), 1), round(max(0.0, rng.uniform(-6, 9)), 1)])


def _orders(path: Path) -> None:
    orders = [
        {
            "id": 1000 + i,
            "customer": {"name": name, "country": country},
            "items": [{"sku": f"A{j}", "qty": j + 1, "price": 2.5 * (i + j + 1)} for j in range(1 + i % 3)],
        }
        for i, (name, country) in enumerate([("Li", "CN"), ("Mo", "DE"), ("Nia", "DE"), ("Oz", "TR"), ("Pia", "IT")])
    ]
    path.write_text(json.dumps(orders, indent=1))


def _story(path: Path) -> None:
    words = ["river", "runs", "past", "old", "mill", "bridge", "river", "counts", "stones", "river"]
    rng = random.Random(5)  # noqa: S311
    lines = [" ".join(rng.choice(words) for _ in range(9)).capitalize() + "." for _ in range(40)]
    path.write_text("\n".join(lines) + "\n")


def _log(path: Path) -> None:
    rng = random.Random(9)  # noqa: S311
    levels = ["INFO"] * 8 + ["WARNING"] * 3 + ["ERROR"] * 2
    lines = [
        f"2024-05-{1 + i // 40:02d} {i % 24:02d}:{i % 60:02d}:00 {rng.choice(levels)} worker-{i % 4}: job {i} took "
        f"{rng.randint(5, 900)} ms"
        for i in range(200)
    ]
    path.write_text("\n".join(lines) + "\n")


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for month, total in (("january", 410), ("february", 385), ("march", 502)):
            archive.writestr(zipfile.ZipInfo(f"reports/{month}.txt"), f"Report for {month}\nTotal: {total}\n")
        archive.writestr(zipfile.ZipInfo("readme.md"), "# Reports\n")


def _database(path: Path) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT)")
    connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, total REAL)")
    connection.executemany(
        "INSERT INTO customers VALUES (?, ?, ?)", [(1, "Ann", "Oslo"), (2, "Bo", "Rome"), (3, "Cy", "Oslo")]
    )
    connection.executemany(
        "INSERT INTO orders VALUES (?, ?, ?)",
        [(1, 1, 20.5), (2, 2, 99.0), (3, 1, 14.25), (4, 3, 70.0), (5, 2, 5.5), (6, 3, 61.75)],
    )
    connection.commit()
    connection.close()


def _sound(path: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(
            b"".join(((i * 523) % 20000 - 10000).to_bytes(2, "little", signed=True) for i in range(12000))
        )
