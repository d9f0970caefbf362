"""Writes input files: real formats by real libraries, the same content each time."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import fpdf
import openpyxl
import pptx
from PIL import Image, ImageDraw

Rows = Sequence[Sequence[Any]]

REGIONS = ["North", "South", "East", "West"]
PRODUCTS = ["Lamp", "Chair", "Table", "Shelf", "Rug"]
NAMES = ["Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kai", "Lea", "Mia", "Nils", "Olga"]
CITIES = ["Berlin", "Hamburg", "Lyon", "Porto", "Graz"]
_WHEN = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - a fixed mark in files


# --- formats


def csv_bytes(header: Sequence[str], rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    return buffer.getvalue().encode(encoding)


def json_bytes(document: Any) -> bytes:
    """A JSON file."""
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def xlsx_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook; the rows of each sheet begin with the header."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sqlite_bytes(schema: str, tables: Mapping[str, Rows]) -> bytes:
    """A database: ``CREATE TABLE`` statements and the rows of each table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(schema)
            for name, rows in tables.items():
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own names
            connection.commit()
        return path.read_bytes()


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN.timetuple()[:6]), data)
    return buffer.getvalue()


def tar_gz_bytes(members: Mapping[str, bytes]) -> bytes:
    """A compressed tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), int(_WHEN.timestamp())
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def image_bytes(image: Image.Image, kind: str = "PNG") -> bytes:
    """A picture file."""
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def docx_bytes(parts: Sequence[tuple[str, Any]]) -> bytes:
    """A Word file of ``("heading", text)``, ``("paragraph", text)`` and ``("table", rows)``."""
    document = docx.Document()
    for kind, content in parts:
        if kind == "heading":
            document.add_heading(content, level=1)
        elif kind == "paragraph":
            document.add_paragraph(content)
        else:
            table = document.add_table(rows=len(content), cols=len(content[0]))
            for row, cells in zip(content, table.rows, strict=True):
                for value, place in zip(row, cells.cells, strict=True):
                    place.text = str(value)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pptx_bytes(slides: Sequence[tuple[str, str]]) -> bytes:
    """A presentation; each slide has a title and a text."""
    presentation = pptx.Presentation()
    for title, text in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def pdf_bytes(pages: Sequence[str]) -> bytes:
    """A PDF with a text on each page."""
    document = fpdf.FPDF()
    document.set_creation_date(_WHEN.replace(tzinfo=dt.UTC))
    document.set_font("Helvetica", size=12)
    for text in pages:
        document.add_page()
        document.multi_cell(0, 8, text)
    return bytes(document.output())


# --- content


def photo(rng: random.Random, width: int = 240, height: int = 160) -> Image.Image:
    """A picture with many colours, of which no part is like another."""
    a, b, c = rng.randint(3, 9), rng.randint(3, 9), rng.randint(1, 200)
    image = Image.frombytes(
        "RGB",
        (width, height),
        bytes(
            value % 256
            for y in range(height)
            for x in range(width)
            for value in (x * a // 4, y * b // 4 + c, (x * y) // 64 + c)
        ),
    )
    draw = ImageDraw.Draw(image)
    x, y = rng.randint(10, 60), rng.randint(10, 40)
    draw.ellipse((x, y, x + 70, y + 60), fill=_colour(rng))
    draw.rectangle((width - 90, y + 30, width - 20, y + 90), fill=_colour(rng))
    return image


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(0, 255), rng.randint(0, 255), rng.randint(0, 255)


SALES = ["date", "region", "product", "units", "price"]


def sales(rng: random.Random, n: int = 90) -> list[tuple[str, str, str, int, float]]:
    """Rows of a shop's sales: date, region, product, units, price."""
    start = dt.date(rng.choice([2022, 2023, 2024]), 1, 1)
    return [
        (
            (start + dt.timedelta(days=4 * i)).isoformat(),
            rng.choice(REGIONS),
            rng.choice(PRODUCTS),
            rng.randint(1, 40),
            round(rng.uniform(5, 90), 2),
        )
        for i in range(n)
    ]


def sales_csv(rows: Rows) -> bytes:
    """The same as a file."""
    return csv_bytes(SALES, rows)


def totals(rows: Rows, key: int, value: int) -> dict[Any, float]:
    """The sum of a column for each value of another."""
    result: dict[Any, float] = {}
    for row in rows:
        result[row[key]] = result.get(row[key], 0) + row[value]
    return result


def distinct(rng: random.Random, n: int, low: int, high: int, apart: int = 1) -> list[int]:
    """Different integers, at least that far apart, in random order."""
    steps = rng.sample(range((high - low) // apart + 1), n)
    return [low + apart * step for step in steps]
