"""Word, PDF and PowerPoint."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import docx
import openpyxl
import pptx

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong

# --- the second table of the minutes

_JOBS = ["Book the hall", "Order trophies", "Print the flyers", "Call the referees", "Update the website", "Buy drinks"]


def _minutes(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 6)
    here = [
        ("Name", "Function"),
        *zip(names, ["chair", "treasurer", "coach", "member", "member", "guest"], strict=True),
    ]
    jobs = [
        (job, rng.choice(names), f"2025-0{rng.randint(3, 6)}-{rng.randint(10, 28)}")
        for job in rng.sample(_JOBS, rng.randint(4, 6))
    ]
    parts = [
        ("heading", "Minutes of the club meeting"),
        ("table", here),
        ("paragraph", "The budget was approved. The next meeting is in June."),
        ("heading", "Who does what"),
        ("table", [("Task", "Responsible", "Due"), *jobs]),
        ("paragraph", "Meeting closed at 21:40."),
    ]
    return Given({"minutes_feb.docx": inputs.docx_bytes(parts)}, jobs=jobs)


def _jobs_table(o: Outcome) -> None:
    o.any_of(o.new(".xlsx"), lambda path: _in_some_sheet(path, o.v.jobs))


def _in_some_sheet(path: Path, expected: list[tuple[str, str, str]]) -> None:
    with closing(openpyxl.load_workbook(path)) as book:
        names = book.sheetnames
    for name in names[:-1]:
        try:
            need_rows(read_table(path, name), expected)
        except Wrong:
            continue
        return
    need_rows(read_table(path, names[-1]), expected)


# --- a letter for each guest


def _letters(rng: random.Random) -> Given:
    guests = list(zip(rng.sample(inputs.NAMES, 5), inputs.distinct(rng, 5, 1, 19), strict=True))
    day = f"{rng.randint(2, 28)} {rng.choice(['May', 'June', 'July'])}"
    lines = [
        "Dear [NAME],",
        f"we are happy that you will celebrate with us on {day}.",
        "Your seat is at table [TABLE]. See you soon, [NAME]!",
    ]
    return Given(
        {
            "invitation.docx": inputs.docx_bytes(
                [("heading", "Our wedding"), *(("paragraph", line) for line in lines)]
            ),
            "guests.csv": inputs.csv_bytes(["guest", "table"], guests),
        },
        guests=guests,
        lines=["Our wedding", *lines],
    )


def _filled(o: Outcome) -> None:
    for name, table in o.v.guests:
        found = [p.text.strip() for p in docx.Document(str(o.file(f"{name}.docx"))).paragraphs if p.text.strip()]
        wanted = [line.replace("[NAME]", name).replace("[TABLE]", str(table)) for line in o.v.lines]
        o.need(found == wanted, f"{name}.docx says {found}")


# --- bills as PDF

_BILLS = {"water": 7, "power": 19, "internet": 19, "gas": 19, "insurance": 0}


def _bills(rng: random.Random) -> Given:
    files, due = {}, {}
    for name, rate in _BILLS.items():
        net = rng.randint(2000, 45000) / 100
        vat = round(net * rate / 100, 2)
        fee = rng.choice([2.5, 4.9, 7.0])
        due[name] = round(net + vat + fee, 2)
        files[f"{name}.pdf"] = inputs.pdf_bytes(
            [
                (
                    f"{name.title()} Services Ltd\nInvoice no. {rng.randint(10000, 99999)}\nCustomer: 4711\n\n"
                    f"Net amount: {net:.2f} EUR\nVAT {rate}%: {vat:.2f} EUR\nService fee: {fee:.2f} EUR\n"
                    f"Amount due: {due[name]:.2f} EUR\n\nPlease pay within 14 days."
                )
            ]
        )
    return Given(files, total=round(sum(due.values()), 2), top=max(due, key=due.__getitem__))


def _billed(o: Outcome) -> None:
    o.says(o.v.total, 0.006)
    o.picks(o.v.top, list(_BILLS))


# --- slides from a table

_TALKS = [
    "Bees in the city",
    "Composting at home",
    "Old apple varieties",
    "Rain gardens",
    "Roses",
    "Soil life",
    "Herbs",
]


def _talks(rng: random.Random) -> Given:
    talks = [
        (title, name, 5 * rng.randint(3, 12))
        for title, name in zip(rng.sample(_TALKS, 5), rng.sample(inputs.NAMES, 5), strict=True)
    ]
    event = f"{rng.choice(['Garden Day', 'Green Weekend', 'Plant Fair'])} {rng.randint(2024, 2029)}"
    return Given({"talks.csv": inputs.csv_bytes(["talk", "speaker", "minutes"], talks)}, talks=talks, event=event)


def _slides(o: Outcome) -> None:
    slides = list(pptx.Presentation(str(o.file("programme.pptx"))).slides)
    texts = [" ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame) for slide in slides]
    o.need(len(texts) == len(o.v.talks) + 1, f"{len(texts)} slides instead of {len(o.v.talks) + 1}")
    o.need(o.v.event in texts[0], f"the first slide says {texts[0]!r}")
    for (talk, speaker, minutes), text in zip(o.v.talks, texts[1:], strict=True):
        o.need(talk in text and speaker in text and str(minutes) in text, f"the slide of {talk!r} says {text!r}")


TASKS = [
    Task(
        "documents/minutes",
        "Can you get the table with the tasks (task, responsible, due) out of minutes_feb.docx and into an Excel file? "
        "not the list of people, only the tasks",
        _minutes,
        _jobs_table,
        """
import docx
import pandas as pd
table = docx.Document("minutes_feb.docx").tables[1]
rows = [[cell.text for cell in row.cells] for row in table.rows]
df = pd.DataFrame(rows[1:], columns=rows[0])
df.to_excel("tasks.xlsx", index=False)
print(df)
""",
        ("tables[1]", "tables[0]"),
    ),
    Task(
        "documents/letters",
        "invitation.docx is the text of our invitation. Make one Word file out of it for each guest in guests.csv: "
        "[NAME] is replaced by the guest's name and [TABLE] by the table number. The files are to be called like the "
        "guest, e.g. Ada.docx if the guest is Ada.",
        _letters,
        _filled,
        """
import docx
import pandas as pd
for guest, table in pd.read_csv("guests.csv").itertuples(index=False):
    letter = docx.Document("invitation.docx")
    for paragraph in letter.paragraphs:
        if "[" in paragraph.text:
            paragraph.text = paragraph.text.replace("[NAME]", guest).replace("[TABLE]", str(table))
    letter.save(f"{guest}.docx")
    print("saved", f"{guest}.docx")
""",
        ('.replace("[TABLE]", str(table))', ""),
    ),
    Task(
        "documents/bills",
        "these pdfs are this month's bills. what do i have to pay altogether (amount due), and which one is the most "
        "expensive?",
        _bills,
        _billed,
        """
import glob, re
from pypdf import PdfReader
due = {}
for name in sorted(glob.glob("*.pdf")):
    text = "\\n".join(page.extract_text() for page in PdfReader(name).pages)
    due[name] = float(re.search(r"Amount due: ([\\d.]+)", text)[1])
print(f"Total: {sum(due.values()):.2f} EUR")
print("Most expensive:", max(due, key=due.get))
""",
        ("Amount due:", "Net amount:"),
    ),
    Task(
        "documents/programme",
        "I need a PowerPoint programme.pptx: a first slide that says {event}, then one slide for every talk in "
        "talks.csv, in that order - the talk as its title and below it the speaker and how many minutes it takes",
        _talks,
        _slides,
        """
import pandas as pd
from pptx import Presentation
show = Presentation()
show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = "<<event>>"
for talk, speaker, minutes in pd.read_csv("talks.csv").itertuples(index=False):
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = talk
    slide.placeholders[1].text = f"{speaker}\\n{minutes} minutes"
show.save("programme.pptx")
print("slides:", len(show.slides))
""",
        ("{speaker}\\n{minutes} minutes", "{speaker}"),
    ),
]
