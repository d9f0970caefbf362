"""From one format to another."""

from __future__ import annotations

import configparser
import random
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image

from suites.interpreter import inputs
from suites.interpreter.pictures import given_picture, need_same
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task


def _sales(rng: random.Random) -> Given:
    rows = inputs.sales(rng, rng.randint(30, 60))
    return Given({"sales.csv": inputs.sales_csv(rows)}, rows=rows)


def _workbook(rng: random.Random) -> Given:
    rows = inputs.sales(rng, rng.randint(20, 40))
    return Given({"sales.xlsx": inputs.xlsx_bytes({"Sheet1": [inputs.SALES, *rows]})}, rows=rows)


def _xml(rng: random.Random) -> Given:
    root = ET.Element("library")
    books = []
    for i, year in enumerate(inputs.distinct(rng, 8, 1900, 2020)):
        book = (f"Book {rng.choice('ABCDEF')}{i}", rng.choice(inputs.NAMES), year)
        element = ET.SubElement(root, "book", isbn=str(1000 + i))
        for tag, text in zip(("title", "author", "year"), book, strict=True):
            ET.SubElement(element, tag).text = str(text)
        books.append(book)
    return Given({"library.xml": ET.tostring(root, "utf-8")}, books=books)


def _markdown(rng: random.Random) -> Given:
    rows = [(name, rng.randint(1, 99), rng.choice(inputs.CITIES)) for name in rng.sample(inputs.NAMES, 6)]
    lines = ["# Scores", "", "| name | points | city |", "|---|---:|---|"]
    lines += [f"| {name} | {points} | {city} |" for name, points, city in rows]
    return Given({"scores.md": ("\n".join(lines) + "\n").encode()}, rows=rows)


def _settings(rng: random.Random) -> Given:
    parser = configparser.ConfigParser()
    parser["network"] = {"host": f"10.0.0.{rng.randint(2, 250)}", "port": str(rng.randint(2000, 9000))}
    parser["display"] = {"theme": rng.choice(["dark", "light"]), "width": str(rng.randint(600, 1900))}
    lines = [f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in parser[name].items()) for name in parser.sections()]
    values = {name: dict(parser[name]) for name in parser.sections()}
    return Given({"settings.ini": "\n".join(lines).encode()}, sections=values)


def _toml(o: Outcome) -> None:
    found = tomllib.loads(o.file("settings.toml").read_text(encoding="utf-8"))
    as_text = {name: {key: str(value) for key, value in part.items()} for name, part in found.items()}
    o.need(as_text == o.v.sections, f"settings.toml is {str(found)[:150]}")


def _webp(rng: random.Random) -> Given:
    return Given({"picture.webp": inputs.image_bytes(inputs.photo(rng, 120, 80), "WEBP")})


def _html_table(o: Outcome) -> None:
    def check(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        o.need(text.count("<tr") == len(o.v.rows) + 1, f"{text.count('<tr')} rows in the HTML table")
        o.need("<td>" in text or "<td " in text, "no cells in the HTML table")
        for row in (o.v.rows[0], o.v.rows[-1]):
            o.need(
                all(f">{value}<" in text.replace(" <", "<").replace("> ", ">") for value in row[:4]), f"no row {row}"
            )

    o.any_of(o.new(".html", ".htm"), check)


TASKS = [
    Task(
        "conversions/csv_to_excel",
        "Convert sales.csv to an Excel file named sales.xlsx.",
        _sales,
        lambda o: need_rows(read_table(o.file("sales.xlsx")), o.v.rows, header=inputs.SALES, ordered=True),
        """
import pandas as pd
pd.read_csv("sales.csv").to_excel("sales.xlsx", index=False)
print("saved sales.xlsx")
""",
        ('pd.read_csv("sales.csv")', 'pd.read_csv("sales.csv").head(5)'),
    ),
    Task(
        "conversions/excel_to_json",
        "xlsx -> json please, a list of records",
        _workbook,
        lambda o: o.any_of(o.new(".json"), lambda p: need_rows(read_table(p), o.v.rows, header=inputs.SALES)),
        """
import pandas as pd
pd.read_excel("sales.xlsx").to_json("sales.json", orient="records", indent=1)
print("saved sales.json")
""",
        ('pd.read_excel("sales.xlsx")', 'pd.read_excel("sales.xlsx")[["date", "units"]]'),
    ),
    Task(
        "conversions/xml_to_csv",
        "Turn library.xml into a CSV (books.csv) with the columns title, author, year.",
        _xml,
        lambda o: need_rows(read_table(o.file("books.csv")), o.v.books, header=["title", "author", "year"]),
        """
import csv
import xml.etree.ElementTree as ET
with open("books.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["title", "author", "year"])
    for book in ET.parse("library.xml").getroot():
        out.writerow([book.findtext("title"), book.findtext("author"), book.findtext("year")])
print("saved books.csv")
""",
        ('book.findtext("year")', 'book.get("isbn")'),
    ),
    Task(
        "conversions/markdown_to_csv",
        "There's a Markdown table in scores.md. I need it as scores.csv",
        _markdown,
        lambda o: need_rows(read_table(o.file("scores.csv")), o.v.rows, header=["name", "points", "city"]),
        """
lines = [line for line in open("scores.md") if line.startswith("|")]
rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if "---" not in line]
open("scores.csv", "w").write("\\n".join(",".join(row) for row in rows) + "\\n")
print("saved scores.csv")
""",
        (' if "---" not in line', ""),
    ),
    Task(
        "conversions/ini_to_toml",
        "Rewrite settings.ini as settings.toml, same sections and keys.",
        _settings,
        _toml,
        """
import configparser
parser = configparser.ConfigParser()
parser.read("settings.ini")
with open("settings.toml", "w") as file:
    for name in parser.sections():
        file.write(f"[{name}]\\n")
        for key, value in parser[name].items():
            file.write(f"{key} = {value if value.isdigit() else repr(value)}\\n")
print("saved settings.toml")
""",
        ('file.write(f"[{name}]\\n")', 'file.write("\\n")'),
    ),
    Task(
        "conversions/webp_to_png",
        "my viewer can't open picture.webp, make a png of it",
        _webp,
        lambda o: o.any_of(o.new(".png"), lambda p: need_same(p, _decoded(o), 1)),
        """
from PIL import Image
Image.open("picture.webp").save("picture.png")
print("saved picture.png")
""",
        ('.save("picture.png")', '.rotate(180).save("picture.png")'),
    ),
    Task(
        "conversions/csv_to_html",
        "Make an HTML page out of sales.csv that shows all rows in a table.",
        _sales,
        _html_table,
        """
import pandas as pd
pd.read_csv("sales.csv").to_html("sales.html", index=False)
print("saved sales.html")
""",
        ('pd.read_csv("sales.csv")', 'pd.read_csv("sales.csv").describe()'),
    ),
]


def _decoded(o: Outcome) -> Image.Image:
    return given_picture(o.given.files["picture.webp"]).convert("RGB")
