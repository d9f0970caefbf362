"""Between formats."""

from __future__ import annotations

import random

import numpy as np
import pypdf
from PIL import Image, ImageDraw

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong

# --- contacts

_LAST = ["Novak", "Okoye", "Larsen", "Duarte", "Petit", "Keller", "Rossi", "Byrne", "Tanaka", "Ali"]


def _contacts(rng: random.Random) -> Given:
    people, cards = [], []
    for first, last in zip(rng.sample(inputs.NAMES, 10), rng.sample(_LAST, 10), strict=True):
        phone = f"+44 7{rng.randint(100, 999)} {rng.randint(100000, 999999)}"
        people.append([f"{first} {last}", phone, f"{first}.{last}@example.org".lower()])
    for i in rng.sample(range(1, 10), 3):
        people[i][2] = ""
    for name, phone, email in people:
        first, last = name.split()
        lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{last};{first};;;", f"FN:{name}", f"TEL;TYPE=CELL:{phone}"]
        if email:
            lines.append(f"EMAIL;TYPE=INTERNET:{email}")
        if rng.random() < 0.4:
            lines.append("NOTE:met at the trade fair")
        cards += [*lines, "END:VCARD"]
    return Given({"contacts.vcf": ("\n".join(cards) + "\n").encode()}, people=people)


# --- a product feed


def _feed(rng: random.Random) -> Given:
    titles = ["Garden hose", "Rake", "Seed tray", "Watering can", "Pruning shears", "Compost bin", "Trowel", "Gloves"]
    rows = [
        (f"{rng.choice('GHK')}{rng.randint(1000, 9999)}", title, round(rng.uniform(2, 120), 2), rng.randint(0, 80))
        for title in rng.sample(titles, rng.randint(6, 8))
    ]
    products = "\n".join(
        f'  <product sku="{sku}">\n    <title>{title}</title>\n    <price currency="EUR">{price}</price>\n'
        f"    <availability><stock>{stock}</stock></availability>\n  </product>"
        for sku, title, price, stock in rows
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<catalog>\n{products}\n</catalog>\n'
    return Given({"feed.xml": xml.encode()}, rows=rows)


# --- a sheet each


def _trip(rng: random.Random) -> Given:
    sheets = {}
    for name in rng.sample(inputs.NAMES, 4):
        what = rng.sample(["Ferry", "Hostel", "Dinner", "Museum", "Taxi", "Groceries", "Kayak"], rng.randint(3, 6))
        sheets[name] = [("what", "day", "euro"), *((w, rng.randint(1, 9), round(rng.uniform(4, 150), 2)) for w in what)]
    return Given({"trip.xlsx": inputs.xlsx_bytes(sheets)}, sheets=sheets)


def _sheets(o: Outcome) -> None:
    for name, rows in o.v.sheets.items():
        need_rows(read_table(o.file(f"{name}.csv")), rows[1:], header=["what", "euro"])


# --- scans


def _scans(rng: random.Random) -> Given:
    n = rng.randint(10, 12)
    files, colours = {}, []
    for i, (hue, light) in enumerate(
        zip(inputs.distinct(rng, n, 0, 240, 20), inputs.distinct(rng, n, 0, 120, 9), strict=True), 1
    ):
        image = Image.new("HSV", (160, 220), (hue, 130, 120 + light)).convert("RGB")
        draw = ImageDraw.Draw(image)
        draw.text((15, 15), f"page {i}", fill=(0, 0, 0))
        draw.line((15, 40, 140, 40), fill=(0, 0, 0), width=2)
        files[f"scan{i}.png"] = inputs.image_bytes(image)
        colours.append(np.asarray(image).reshape(-1, 3).mean(axis=0))
    return Given(files, n=n, colours=colours)


def _pdf(o: Outcome) -> None:
    reader = pypdf.PdfReader(o.file("scans.pdf"))
    o.need(len(reader.pages) == o.v.n, f"{len(reader.pages)} pages instead of {o.v.n}")
    for i, (page, colour) in enumerate(zip(reader.pages, o.v.colours, strict=True), 1):
        pictures = [image.image.convert("RGB") for image in page.images if image.image]
        if not pictures:
            raise Wrong(f"no picture on page {i}")
        largest = max(pictures, key=lambda picture: picture.width * picture.height)
        mean = np.asarray(largest).reshape(-1, 3).mean(axis=0)
        o.need(np.abs(mean - colour).max() < 6, f"page {i} does not show scan{i}.png")


TASKS = [
    Task(
        "conversions/contacts",
        "convert contacts.vcf (from my phone) to contacts.csv with the columns name, phone and email. some people have no "
        "email, leave that empty",
        _contacts,
        lambda o: need_rows(read_table(o.file("contacts.csv")), o.v.people),
        """
import csv
person, people = {}, []
for line in open("contacts.vcf", encoding="utf-8"):
    key, _, value = line.strip().partition(":")
    key = key.split(";")[0]
    if key == "BEGIN":
        person = {"name": "", "phone": "", "email": ""}
    elif key == "FN":
        person["name"] = value
    elif key == "TEL":
        person["phone"] = value
    elif key == "EMAIL":
        person["email"] = value
    elif key == "END":
        people.append(dict(person))
with open("contacts.csv", "w", newline="", encoding="utf-8") as f:
    writer = csv.DictWriter(f, ["name", "phone", "email"])
    writer.writeheader()
    writer.writerows(people)
print("Contacts:", len(people))
""",
        (
            'person = {"name": "", "phone": "", "email": ""}',
            'person = person or {"name": "", "phone": "", "email": ""}',
        ),
    ),
    Task(
        "conversions/feed",
        "My supplier only sends XML. Can I have the product feed as an Excel table with sku, title, price and stock?",
        _feed,
        lambda o: o.any_of(o.new(".xlsx"), lambda path: need_rows(read_table(path), o.v.rows, header=["sku", "title"])),
        """
import xml.etree.ElementTree as ET
import pandas as pd
rows = [
    {
        "sku": p.get("sku"),
        "title": p.findtext("title"),
        "price": float(p.findtext("price")),
        "stock": int(p.findtext("availability/stock")),
    }
    for p in ET.parse("feed.xml").getroot().iter("product")
]
pd.DataFrame(rows).to_excel("feed.xlsx", index=False)
print("Products:", len(rows))
""",
        ('p.get("sku")', 'p.findtext("sku")'),
    ),
    Task(
        "conversions/sheets",
        "trip.xlsx has one sheet per person. I need each sheet as its own CSV file, named after the sheet.",
        _trip,
        _sheets,
        """
import pandas as pd
for name, df in pd.read_excel("trip.xlsx", sheet_name=None).items():
    df.to_csv(f"{name}.csv", index=False)
    print("Saved", f"{name}.csv")
""",
        (
            'for name, df in pd.read_excel("trip.xlsx", sheet_name=None).items():',
            'for name in pd.ExcelFile("trip.xlsx").sheet_names:\n    df = pd.read_excel("trip.xlsx")',
        ),
    ),
    Task(
        "conversions/scans",
        "I scanned {n} pages: scan1.png, scan2.png and so on up to scan{n}.png. Merge them into one PDF, scans.pdf, one page "
        "each, in the order of the numbers.",
        _scans,
        _pdf,
        """
import glob
import re
from PIL import Image
names = sorted(glob.glob("scan*.png"), key=lambda name: int(re.search(r"\\d+", name)[0]))
pages = [Image.open(name).convert("RGB") for name in names]
pages[0].save("scans.pdf", save_all=True, append_images=pages[1:])
print("Pages in scans.pdf:", len(pages))
""",
        (', key=lambda name: int(re.search(r"\\d+", name)[0])', ""),
    ),
]
