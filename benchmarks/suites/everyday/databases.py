"""SQLite databases."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from suites.interpreter import inputs
from suites.interpreter.charts import need_pie
from suites.interpreter.tables import query
from suites.interpreter.task import Given, Outcome, Task

# --- a library

_GENRES = ["Crime", "Fantasy", "Travel", "Poetry", "Cooking"]
_LIBRARY = """
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, joined TEXT);
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, genre TEXT);
CREATE TABLE loans (id INTEGER PRIMARY KEY, member_id INTEGER, book_id INTEGER, due TEXT, returned TEXT);
"""


def _library(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 8)
    today = dt.date(2024, rng.randint(4, 9), rng.randint(5, 25))
    while True:
        members = [(i, name, f"20{rng.randint(15, 23)}-03-01") for i, name in enumerate(names, 11)]
        owned = dict(zip(_GENRES, rng.sample([9, 10, 11, 13, 27], 5), strict=True))
        genres = [genre for genre, n in owned.items() for _ in range(n)]
        rng.shuffle(genres)
        books = [(i, f"Book {i}", genre) for i, genre in enumerate(genres, 101)]
        wanted = dict(zip(_GENRES, rng.sample([3, 4, 5.2, 6.6, 8.2], 5), strict=True))
        loans = []
        for i in range(170):
            member = rng.choice(members)[0]
            book = rng.choices(books, [wanted[b[2]] / owned[b[2]] for b in books])[0]
            due = today + dt.timedelta(days=rng.choice([-1, -1, 1]) * rng.randint(2, 90))
            back = None if rng.random() < (0.3 if due < today else 0.6) else due - dt.timedelta(days=rng.randint(-9, 9))
            loans.append((i + 1, member, book[0], due.isoformat(), back and back.isoformat()))
        late = {
            n: sum(1 for x in loans if x[1] == m and x[4] is None and x[3] < today.isoformat()) for m, n, _ in members
        }
        out = {n: sum(1 for x in loans if x[1] == m and x[4] is None) for m, n, _ in members}
        past = {n: sum(1 for x in loans if x[1] == m and x[3] < today.isoformat()) for m, n, _ in members}
        genre_of = {book[0]: book[2] for book in books}
        lent = {genre: sum(1 for x in loans if genre_of[x[2]] == genre) for genre in _GENRES}
        first, second = sorted(names, key=lambda name: -late[name])[:2]
        shares = sorted(lent.values())
        if (
            late[first] > late[second]
            and max(out.values()) != late[first]
            and first not in {max(out, key=out.__getitem__), max(past, key=past.__getitem__)}
            and shares[0] >= 17
            and shares[-1] <= 58
            and all(b - a >= 4 for a, b in itertools.pairwise(shares))
            and max(abs(a / 170 - b / 70) for a, b in zip(shares, sorted(owned.values()), strict=True)) > 0.05
        ):
            break
    data = inputs.sqlite_bytes(_LIBRARY, {"members": members, "books": books, "loans": loans})
    return Given({"library.db": data}, today=today, names=names, who=first, n=late[first], lent=lent)


# --- an animal shelter

_SHELTER = """
CREATE TABLE animals (id INTEGER PRIMARY KEY, name TEXT, species TEXT);
CREATE TABLE adopters (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
CREATE TABLE adoptions (id INTEGER PRIMARY KEY, animal_id INTEGER, adopter_id INTEGER, day TEXT);
CREATE TABLE vet_visits (id INTEGER PRIMARY KEY, animal_id INTEGER, cost REAL);
"""


def _shelter(rng: random.Random) -> Given:
    sizes = dict(
        zip(["animals", "adopters", "adoptions", "vet_visits"], inputs.distinct(rng, 4, 21, 95, 3), strict=True)
    )
    ids = {name: sorted(rng.sample(range(1, 3 * n), n)) for name, n in sizes.items()}
    tables = {
        "animals": [
            (i, rng.choice(["Rex", "Minka", "Bobo", "Luna"]), rng.choice(["dog", "cat"])) for i in ids["animals"]
        ],
        "adopters": [(i, rng.choice(inputs.NAMES), rng.choice(inputs.CITIES)) for i in ids["adopters"]],
        "adoptions": [
            (i, rng.choice(ids["animals"]), rng.choice(ids["adopters"]), f"2024-0{rng.randint(1, 9)}-11")
            for i in ids["adoptions"]
        ],
        "vet_visits": [(i, rng.choice(ids["animals"]), round(rng.uniform(20, 300), 2)) for i in ids["vet_visits"]],
    }
    return Given({"shelter.sqlite": inputs.sqlite_bytes(_SHELTER, tables)}, sizes=sizes)


def _overview(o: Outcome) -> None:
    for name, n in o.v.sizes.items():
        o.says_text(name, name.replace("_", " "), name.replace("_", r"\_"))
        o.says(n)


# --- a clinic

_CLINIC = """
CREATE TABLE doctors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE appointments (id INTEGER PRIMARY KEY, doctor_id INTEGER, patient TEXT, day TEXT, time TEXT, status TEXT);
"""


def _clinic(rng: random.Random) -> Given:
    doctors = list(enumerate(["Dr Weber", "Dr Okafor", "Dr Lindqvist", "Dr Moreau"], rng.randint(2, 30)))
    days = [f"2024-11-{day:02d}" for day in rng.sample(range(4, 29), 4)]
    slots = [
        (d, day, time) for d, _ in doctors for day in days for time in ("08:30", "09:15", "10:00", "11:30", "14:00")
    ]
    rng.shuffle(slots)
    rows = [
        (i + 1, d, rng.choice(inputs.NAMES), day, time, "booked" if rng.random() < 0.8 else "requested")
        for i, (d, day, time) in enumerate(slots[:64])
    ]
    who = rng.choice(doctors)
    day = rng.choice(days)
    expected = [(*row[:5], "cancelled") if (row[1], row[3]) == (who[0], day) else row for row in rows]
    return Given(
        {"clinic.db": inputs.sqlite_bytes(_CLINIC, {"doctors": doctors, "appointments": rows})},
        doctor=who[1],
        day=day,
        expected=expected,
        doctors=doctors,
    )


def _cancelled(o: Outcome) -> None:
    path = o.file("clinic_new.db")
    o.need(query(path, "SELECT * FROM doctors ORDER BY id") == o.v.doctors, "the doctors were changed")
    found = query(path, "SELECT id, doctor_id, patient, day, time, status FROM appointments ORDER BY id")
    o.need(len(found) == len(o.v.expected), f"{len(found)} appointments instead of {len(o.v.expected)}")
    for row, wanted in zip(found, o.v.expected, strict=True):
        o.need(row == wanted, f"the appointment should be {wanted}, not {row}")


TASKS = [
    Task(
        "databases/overdue",
        "Assume today is {today}. Who has the most overdue books in library.db, and how many? Overdue means the due date has "
        "passed and the book hasn't been returned.",
        _library,
        lambda o: o.picks(o.v.who, o.v.names).says(o.v.n),
        """
import sqlite3
con = sqlite3.connect("library.db")
name, n = con.execute(
    "SELECT m.name, COUNT(*) AS n FROM loans l JOIN members m ON m.id = l.member_id "
    "WHERE l.returned IS NULL AND l.due < '<<today>>' GROUP BY m.id ORDER BY n DESC LIMIT 1"
).fetchone()
print("Most overdue books:", name, "with", n)
""",
        ("l.returned IS NULL AND ", ""),
    ),
    Task(
        "databases/overview",
        "whats in this database? list the tables and how many rows each of them has",
        _shelter,
        _overview,
        """
import sqlite3
con = sqlite3.connect("shelter.sqlite")
for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    n = con.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]
    print("Table", name, "has rows:", n)
""",
        ("SELECT COUNT(*)", "SELECT MAX(id)"),
    ),
    Task(
        "databases/genres",
        "For the annual report: a pie chart of how the loans in library.db are distributed over the book genres. Save as "
        "genres.png.",
        _library,
        lambda o: need_pie(o.file("genres.png"), list(o.v.lent.values())),
        """
import sqlite3
import pandas as pd
import matplotlib.pyplot as plt
con = sqlite3.connect("library.db")
df = pd.read_sql("SELECT genre, COUNT(*) AS n FROM books JOIN loans ON loans.book_id = books.id GROUP BY genre", con)
plt.pie(df["n"], labels=df["genre"], autopct="%1.0f%%")
plt.savefig("genres.png")
print(df.to_string(index=False))
""",
        (" JOIN loans ON loans.book_id = books.id", ""),
    ),
    Task(
        "databases/cancel",
        "{doctor} is ill on {day}. Set the status of all appointments with this doctor on that day to 'cancelled' and give me "
        "the updated database as clinic_new.db (keep everything else unchanged)",
        _clinic,
        _cancelled,
        """
import shutil
import sqlite3
shutil.copyfile("clinic.db", "clinic_new.db")
con = sqlite3.connect("clinic_new.db")
done = con.execute(
    "UPDATE appointments SET status = 'cancelled' WHERE day = '<<day>>' "
    "AND doctor_id = (SELECT id FROM doctors WHERE name = '<<doctor>>')"
).rowcount
con.commit()
con.close()
print("Appointments cancelled:", done)
""",
        ("WHERE day = '<<day>>' \"\n    \"AND", 'WHERE"\n    "'),
    ),
]
