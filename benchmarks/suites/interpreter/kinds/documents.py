"""Word, PowerPoint and PDF."""

from __future__ import annotations

import random
import re
from pathlib import Path

import docx
import pptx
import pypdf

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

_TOPICS = ["Budget", "Hiring", "Roof repair", "Summer party", "New office", "Parking", "Website"]


def _minutes(rng: random.Random) -> Given:
    topics = rng.sample(_TOPICS, 4)
    votes = inputs.distinct(rng, 4, 3, 30)
    parts: list[tuple[str, object]] = []
    for topic, vote in zip(topics, votes, strict=True):
        text = f"The board discussed the matter at length. In the end {vote} members voted in favour."
        parts += [("heading", topic), ("paragraph", text), ("paragraph", "No further questions were asked.")]
    return Given(
        {"minutes.docx": inputs.docx_bytes(parts)},
        topics=topics,
        winner=topics[votes.index(max(votes))],
        most=max(votes),
    )


def _price_list(rng: random.Random) -> Given:
    rows = [(product, rng.randint(1, 50), round(rng.uniform(3, 99), 2)) for product in inputs.PRODUCTS]
    table = [("product", "pieces", "price"), *rows]
    parts = [("heading", "Price list"), ("paragraph", "Valid from May."), ("table", table)]
    return Given({"prices.docx": inputs.docx_bytes(parts)}, rows=rows)


def _slides(rng: random.Random) -> Given:
    titles = rng.sample(_TOPICS, 5)
    slides = [(title, f"Costs: {rng.randint(100, 900)} euros\nOwner: {rng.choice(inputs.NAMES)}") for title in titles]
    total = sum(int(re.findall(r"\d+", text)[0]) for _title, text in slides)
    return Given({"plan.pptx": inputs.pptx_bytes(slides)}, total=total, n=5)


def _report(rng: random.Random) -> Given:
    pages = []
    codes = [f"{rng.choice('QRSTU')}{rng.randint(100, 999)}" for _ in range(4)]
    for i, code in enumerate(codes, 1):
        words = " ".join(rng.choices(["results", "of", "the", "trial", "were", "mixed", "again"], k=40))
        pages.append(f"Page {i} of the report\n{words}\nReference: {code}")
    pick = rng.randint(2, 4)
    return Given({"report.pdf": inputs.pdf_bytes(pages)}, pages=4, codes=codes, pick=pick, code=codes[pick - 1])


def _extracted(o: Outcome) -> None:
    def check(path: Path) -> None:
        reader = pypdf.PdfReader(path)
        o.need(len(reader.pages) == 1, f"{path.name} has {len(reader.pages)} pages")
        o.need(o.v.code in reader.pages[0].extract_text(), f"{path.name} is another page")

    o.any_of(o.new(".pdf"), check)


def _team(rng: random.Random) -> Given:
    rows = [(name, rng.choice(inputs.CITIES), rng.randint(20, 60)) for name in rng.sample(inputs.NAMES, 6)]
    return Given({"team.csv": inputs.csv_bytes(["name", "city", "age"], rows)}, rows=rows)


def _word_table(o: Outcome) -> None:
    document = docx.Document(str(o.file("team.docx")))
    o.need(any("Our team" in paragraph.text for paragraph in document.paragraphs), "no heading 'Our team'")
    o.need(document.tables, "no table in team.docx")
    rows = [[place.text.strip() for place in row.cells] for row in document.tables[0].rows]
    for row in o.v.rows:
        o.need([str(value) for value in row] in rows, f"no row {row}")


def _one_slide_each(o: Outcome) -> None:
    presentation = pptx.Presentation(str(o.file("team.pptx")))
    texts = [" ".join(shape.text_frame.text for shape in s.shapes if shape.has_text_frame) for s in presentation.slides]
    o.need(len(texts) == 6, f"{len(texts)} slides instead of 6")
    for name, city, _age in o.v.rows:
        o.need(any(name in text and city in text for text in texts), f"no slide with {name} and {city}")


TASKS = [
    Task(
        "documents/vote",
        "Which topic in minutes.docx got the most votes in favour, and how many?",
        _minutes,
        lambda o: o.picks(o.v.winner, o.v.topics).says(o.v.most),
        """
import re
import docx
topic, votes = "", {}
for paragraph in docx.Document("minutes.docx").paragraphs:
    if paragraph.style.name.startswith("Heading"):
        topic = paragraph.text
    elif found := re.search(r"(\\d+) members", paragraph.text):
        votes[topic] = int(found[1])
best = max(votes, key=votes.get)
print(f"{best} with {votes[best]} votes")
""",
        ("max(votes", "min(votes"),
    ),
    Task(
        "documents/docx_table",
        "Get the table out of prices.docx and save it as prices.csv",
        _price_list,
        lambda o: need_rows(read_table(o.file("prices.csv")), o.v.rows, header=["product", "pieces", "price"]),
        """
import csv
import docx
with open("prices.csv", "w", newline="") as file:
    out = csv.writer(file)
    for row in docx.Document("prices.docx").tables[0].rows:
        out.writerow([cell.text for cell in row.cells])
print("saved prices.csv")
""",
        ("row.cells]", "row.cells[:2]]"),
    ),
    Task(
        "documents/slides",
        "How many slides does the presentation have, and what do the costs named on them sum up to?",
        _slides,
        lambda o: o.says(o.v.total).says(o.v.n),
        """
import re
import pptx
slides = pptx.Presentation("plan.pptx").slides
text = " ".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
print(len(slides), "slides, costs", sum(map(int, re.findall(r"Costs: (\\d+)", text))))
""",
        ("sum(map(", "max(map("),
    ),
    Task(
        "documents/pdf_reference",
        "What is the reference on page {pick} of report.pdf? And how many pages are there",
        _report,
        lambda o: o.says_text(o.v.code).says(o.v.pages),
        """
import re
import pypdf
pages = pypdf.PdfReader("report.pdf").pages
print(re.search(r"Reference: (\\w+)", pages[<<pick>> - 1].extract_text())[1], "-", len(pages), "pages")
""",
        ("pages[<<pick>> - 1]", "pages[<<pick>> - 2]"),
    ),
    Task(
        "documents/pdf_page",
        "I only need page {pick} of report.pdf, as a PDF of its own.",
        _report,
        _extracted,
        """
import pypdf
writer = pypdf.PdfWriter()
writer.add_page(pypdf.PdfReader("report.pdf").pages[<<pick>> - 1])
writer.write("page.pdf")
print("saved page.pdf")
""",
        ("pages[<<pick>> - 1]", "pages[0]"),
    ),
    Task(
        "documents/word_table",
        "Make a Word document team.docx with the heading 'Our team' and below it a table with the contents of "
        "team.csv.",
        _team,
        _word_table,
        """
import docx
import pandas as pd
df = pd.read_csv("team.csv")
document = docx.Document()
document.add_heading("Our team", level=1)
table = document.add_table(rows=1, cols=len(df.columns))
for cell, name in zip(table.rows[0].cells, df.columns):
    cell.text = name
for row in df.itertuples(index=False):
    for cell, value in zip(table.add_row().cells, row):
        cell.text = str(value)
document.save("team.docx")
print("saved team.docx")
""",
        ("df.itertuples(index=False)", "df[:3].itertuples(index=False)"),
    ),
    Task(
        "documents/slide_each",
        "create a powerpoint team.pptx, one slide per person of team.csv: name as title, city below",
        _team,
        _one_slide_each,
        """
import pandas as pd
import pptx
presentation = pptx.Presentation()
for person in pd.read_csv("team.csv").itertuples():
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = person.name
    slide.placeholders[1].text = person.city
presentation.save("team.pptx")
print("saved team.pptx")
""",
        ("person.city", "str(person.age)"),
    ),
]
