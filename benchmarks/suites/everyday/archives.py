"""Archives: reading, making and cleaning them."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

from suites.interpreter import inputs
from suites.interpreter.task import Given, Outcome, Task

# --- the same file name in several folders

_GENRES = ["crime", "travel", "children", "poetry", "science"]
_BRANCHES = ["Harbour", "Old Town", "Riverside", "Station"]


def _branches(rng: random.Random) -> Given:
    genre = rng.choice(_GENRES)
    while True:
        files, lent, overall = {}, {}, {}
        for branch in _BRANCHES:
            rows = [(f"Book {rng.randint(100, 999)}", rng.choice(_GENRES), rng.randint(0, 40)) for _ in range(30)]
            files[f"2024/{branch}/loans.csv"] = inputs.csv_bytes(["title", "genre", "times_lent"], rows)
            lent[branch] = sum(row[2] for row in rows if row[1] == genre)
            overall[branch] = sum(row[2] for row in rows)
        top = max(lent, key=lent.__getitem__)
        if top != max(overall, key=overall.__getitem__) and lent[top] - sorted(lent.values())[-2] > 5:
            break
    files["2024/readme.txt"] = b"Loans of all branches, one folder each.\n"
    return Given({"branches.zip": inputs.zip_bytes(files)}, genre=genre, total=sum(lent.values()), top=top)


def _lent(o: Outcome) -> None:
    o.says(o.v.total)
    o.picks(o.v.top, _BRANCHES)


# --- errors in logs


def _logs(rng: random.Random) -> Given:
    files, counts = {}, {}
    errors = inputs.distinct(rng, 3, 11, 59, 3)
    for name, n in zip(["auth.log", "mail.log", "shop.log"], errors, strict=True):
        levels = ["ERROR"] * n + ["INFO"] * rng.randint(60, 110) + ["WARN"] * rng.randint(8, 25)
        rng.shuffle(levels)
        texts = {
            "ERROR": ["connection lost", "timeout after 30 s", "bad request"],
            "INFO": ["job done, no errors", "user logged in", "cache cleared"],
            "WARN": ["error rate is high", "disk almost full"],
        }
        lines = [
            f"2024-05-{rng.randint(10, 28)} {rng.randint(10, 23)}:{rng.randint(10, 59)} {level} {rng.choice(texts[level])}"
            for level in levels
        ]
        files[f"server/{name}"] = ("\n".join(lines) + "\n").encode()
        counts[name] = n
    return Given({"logs.tar.gz": inputs.tar_gz_bytes(files)}, counts=counts)


def _errors(o: Outcome) -> None:
    for name, n in o.v.counts.items():
        o.says_text(name, name.split(".")[0])
        o.says(n)


# --- photos of a year


def _photos(rng: random.Random) -> Given:
    year = rng.choice([2021, 2022, 2023])
    names = [
        f"IMG_{year}{rng.randint(3, 9):02d}{rng.randint(10, 28)}_1{rng.randint(0, 9)}{i}5{i}2.jpg" for i in range(3)
    ]
    names += [f"IMG_{year - 1}0{rng.randint(1, 9)}14_{year}1{rng.randint(0, 9)}.jpg"]  # taken at 20:2x
    names += [f"IMG_{year + 1}0{rng.randint(1, 9)}1{i}_09{i}733.jpg" for i in range(2)]
    rng.shuffle(names)
    files = {name: inputs.image_bytes(inputs.photo(rng, 60, 40), "JPEG") for name in names}
    return Given(files, year=year)


def _year_zip(o: Outcome) -> None:
    wanted = {name: data for name, data in o.given.files.items() if name.startswith(f"IMG_{o.v.year}")}
    o.any_of(o.new(".zip"), lambda path: _need_members(o, path, wanted, flat=True))


def _need_members(o: Outcome, path: Path, wanted: dict[str, bytes], flat: bool = False) -> None:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        found = {name.split("/")[-1] if flat else name.removeprefix("./"): archive.read(name) for name in names}
    o.need(sorted(found) == sorted(wanted), f"{path.name} has {sorted(found)} instead of {sorted(wanted)}")
    o.need(found == wanted, f"the files in {path.name} have other content")


# --- a copy without rubbish


def _backup(rng: random.Random) -> Given:
    def text() -> bytes:
        return f"{rng.random()}\n".encode() * rng.randint(2, 40)

    names = ["letters/bank.txt", "letters/log/notes.txt", "letters/bank.tmp", "tax/2023.csv", "tax/2023.log"]
    names += ["tax/tmp_figures.csv", "catalog.txt", "setup.log", rng.choice(["tax/old/export.tmp", "letters/x.tmp"])]
    rng.shuffle(names)
    return Given({"backup.zip": inputs.zip_bytes({name: text() for name in names})})


def _clean(o: Outcome) -> None:
    with zipfile.ZipFile(io.BytesIO(o.given.files["backup.zip"])) as archive:
        wanted = {name: archive.read(name) for name in archive.namelist() if name[-4:] not in {".tmp", ".log"}}
    _need_members(o, o.file("backup_clean.zip"), wanted)


TASKS = [
    Task(
        "archives/branches",
        "In branches.zip there's a loans.csv for each of our library's branches, in a folder with the branch's name. How "
        "often was a {genre} book lent in total, all branches together? And at which branch most often?",
        _branches,
        _lent,
        """
import zipfile
import pandas as pd
lent = {}
with zipfile.ZipFile("branches.zip") as archive:
    for name in archive.namelist():
        if name.endswith("loans.csv"):
            df = pd.read_csv(archive.open(name))
            lent[name.split("/")[1]] = df.loc[df["genre"] == "<<genre>>", "times_lent"].sum()
print("Total:", sum(lent.values()))
print("Most often at:", max(lent, key=lent.get))
""",
        ('df.loc[df["genre"] == "<<genre>>", "times_lent"]', 'df["times_lent"]'),
    ),
    Task(
        "archives/logs",
        "number of lines with level ERROR for each log file in logs.tar.gz",
        _logs,
        _errors,
        """
import tarfile
with tarfile.open("logs.tar.gz") as archive:
    for member in archive.getmembers():
        if member.isfile():
            lines = archive.extractfile(member).read().decode().splitlines()
            print(member.name.split("/")[-1], "errors:", sum("ERROR" in line for line in lines))
""",
        ('"ERROR" in line', '"error" in line.lower()'),
    ),
    Task(
        "archives/photos",
        "Please pack those of my photos that were taken in {year} into a zip so I can mail them. (The names start with "
        "the date and then the time, like IMG_yyyymmdd_hhmmss.)",
        _photos,
        _year_zip,
        """
import glob, zipfile
names = sorted(name for name in glob.glob("*.jpg") if name.startswith("IMG_<<year>>"))
with zipfile.ZipFile("photos.zip", "w") as archive:
    for name in names:
        archive.write(name)
print("packed", names)
""",
        ('name.startswith("IMG_<<year>>")', '"<<year>>" in name'),
    ),
    Task(
        "archives/clean",
        "Make a copy of backup.zip without all the .tmp and .log files, everything else stays as it is, same folders. "
        "Call it backup_clean.zip",
        _backup,
        _clean,
        """
import zipfile
with zipfile.ZipFile("backup.zip") as old, zipfile.ZipFile("backup_clean.zip", "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        if not name.endswith((".tmp", ".log")):
            new.writestr(name, old.read(name))
            print("kept", name)
""",
        ('name.endswith((".tmp", ".log"))', '("tmp" in name or "log" in name)'),
    ),
]
