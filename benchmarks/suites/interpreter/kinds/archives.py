"""Archives: zip and tar."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

from suites.interpreter import inputs
from suites.interpreter.tables import need_rows, read_table
from suites.interpreter.task import Given, Outcome, Task

_MONTHS = ["january", "february", "march", "april"]


def _reports(rng: random.Random) -> Given:
    totals = {month: rng.randint(100, 999) for month in _MONTHS}
    members = {f"reports/{m}.txt": f"Report for {m}\nTotal: {t}\nSigned: yes\n".encode() for m, t in totals.items()}
    members["readme.md"] = f"# Reports\nVersion {rng.randint(2, 9)}\n".encode()
    return Given({"reports.zip": inputs.zip_bytes(members)}, total=sum(totals.values()))


def _parts(rng: random.Random) -> Given:
    rows = inputs.sales(rng, 45)
    files = {f"part{i + 1}.csv": inputs.sales_csv(rows[15 * i : 15 * i + 15]) for i in range(3)}
    return Given({"parts.zip": inputs.zip_bytes(files)}, rows=rows)


def _mixed(rng: random.Random) -> Given:
    sizes = inputs.distinct(rng, 5, 200, 9000, 50)
    names = ["a.txt", "docs/b.txt", "img/c.png", "img/d.png", "e.csv"]
    members = {name: rng.randbytes(size) for name, size in zip(names, sizes, strict=True)}
    return Given(
        {"backup.tar.gz": inputs.tar_gz_bytes(members)},
        members=members,
        biggest=names[sizes.index(max(sizes))].split("/")[-1],
        names=[name.split("/")[-1] for name in names],
        size=max(sizes),
    )


def _only_pictures(o: Outcome) -> None:
    with zipfile.ZipFile(o.file("pictures.zip")) as archive:
        found = {Path(name).name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    wanted = {Path(name).name: data for name, data in o.v.members.items() if name.endswith(".png")}
    o.need(found == wanted, f"pictures.zip holds {', '.join(found) or 'nothing'}")


def _texts(rng: random.Random) -> Given:
    return Given({f"{name}.txt": f"{name} {rng.random()}\n".encode() for name in ["one", "two", "three"]})


def _packed(o: Outcome) -> None:
    def check(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            found = {Path(name).name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        o.need(found == o.given.files, f"{path.name} holds {', '.join(found) or 'nothing'}")

    o.any_of(o.new(".zip"), check)


TASKS = [
    Task(
        "archives/sum",
        "Add up the totals of all reports in reports.zip. What is the sum?",
        _reports,
        lambda o: o.says(o.v.total),
        """
import re
import zipfile
with zipfile.ZipFile("reports.zip") as archive:
    texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]
print(sum(int(re.search(r"Total: (\\d+)", text)[1]) for text in texts))
""",
        ("for text in texts)", "for text in texts[1:])"),
    ),
    Task(
        "archives/combine",
        "parts.zip contains several CSV files with the same columns. Combine them into a single all.csv",
        _parts,
        lambda o: need_rows(read_table(o.file("all.csv")), o.v.rows, header=inputs.SALES),
        """
import zipfile
import pandas as pd
with zipfile.ZipFile("parts.zip") as archive:
    frames = [pd.read_csv(archive.open(name)) for name in archive.namelist()]
pd.concat(frames).to_csv("all.csv", index=False)
print("saved all.csv")
""",
        ("pd.concat(frames)", "frames[0]"),
    ),
    Task(
        "archives/biggest",
        "what's the biggest file in backup.tar.gz and how many bytes does it have",
        _mixed,
        lambda o: o.picks(o.v.biggest, o.v.names).says(o.v.size),
        """
import tarfile
with tarfile.open("backup.tar.gz") as archive:
    best = max(archive.getmembers(), key=lambda member: member.size)
print(best.name, best.size, "bytes")
""",
        ("max(archive", "min(archive"),
    ),
    Task(
        "archives/repack",
        "Take only the PNG pictures out of backup.tar.gz and pack them into pictures.zip.",
        _mixed,
        _only_pictures,
        """
import tarfile
import zipfile
with tarfile.open("backup.tar.gz") as archive, zipfile.ZipFile("pictures.zip", "w") as out:
    for member in archive.getmembers():
        if member.name.endswith(".png"):
            out.writestr(member.name, archive.extractfile(member).read())
print("saved pictures.zip")
""",
        ('member.name.endswith(".png")', "member.name"),
    ),
    Task(
        "archives/pack",
        "zip the text files",
        _texts,
        _packed,
        """
import glob
import zipfile
with zipfile.ZipFile("texts.zip", "w") as archive:
    for name in glob.glob("*.txt"):
        archive.write(name)
print("saved texts.zip")
""",
        ('"*.txt"', '"t*.txt"'),
    ),
]
