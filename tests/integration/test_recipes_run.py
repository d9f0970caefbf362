"""Worked examples that are more than a call or two run in the real sandbox, with names put in."""

import re

import pytest

from offline_ci.interpreter.mend import IMPORTS
from offline_ci.interpreter.recipes import _recipes

pytestmark = pytest.mark.runtime

TABLE = """
import pandas as pd
df = pd.DataFrame({
    "day": pd.date_range("2024-01-01", periods=8).astype(str), "end": ["2024-01-09 10:30"] * 8,
    "team": list("aabbccab"), "other": list("xyxyxyxy"), "n": [0, 0, 5, 0, 0, 0, 7, 2], "m": [2, 1, 4, 3, 6, 5, 8, 7],
})
df.to_csv("a.csv", index=False)
df.assign(m=[2, 1, 4, 3, 6, 5, 8, 9]).to_csv("b.csv", index=False)
df[["team", "n", "m"]].to_excel("a.xlsx", index=False)
"""
PICTURE = """
import numpy as np
from PIL import Image, ImageDraw, ImageOps, ImageFilter
image = Image.new("RGB", (60, 40), "white")
draw = ImageDraw.Draw(image)
draw.rectangle((5, 5, 14, 14), fill=(255, 0, 0))
draw.rectangle((30, 20, 39, 29), fill=(255, 0, 0))
image.save("p.png")
"""
NAMES = {
    "GROUP": "team",
    "OTHER_GROUP": "other",
    "TEXT": "other",
    "VALUE": "n",
    "VALUE_old": "m_old",
    "VALUE_new": "m_new",
    "WEIGHT": "m",
    "DATE": "day",
    "START": "day",
    "END": "end",
    "KEY": "day",
    "X": "n",
    "Y": "m",
    "A": "n",
    "B": "m",
    "COLUMN": "team",
    "WORD": "a",
    "FILE1.csv": "a.csv",
    "FILE2.csv": "b.csv",
    "FILE.xlsx": "a.xlsx",
    "FILE": "p.png",
    "FILE1": "p.png",
    "FILE2": "p.png",
    "FILE3": "p.png",
}
VALUES = {
    "THRESHOLD": 3,
    "RED": 255,
    "GREEN": 0,
    "BLUE": 0,
    "NEW_RED": 1,
    "NEW_GREEN": 2,
    "NEW_BLUE": 3,
    "BALANCE": 1000,
    "PERCENT": 5,
    "AMOUNT": 100,
    "MONTHS": 3,
    "GOAL": 1300,
    "PRINCIPAL": 1000,
    "YEARS": 2,
    "X": 6,
    "Y": 6,
    "[LAT1": "[0",
    "LON1": 0,
    "LAT2": 0,
    "LON2": 90,
}
GAMES = 'df = pd.DataFrame({"HOME": ["a", "b"], "AWAY": ["b", "a"], "HOME_GOALS": [2, 1], "AWAY_GOALS": [0, 1]})\n'
TEXT = 'open("FILE.txt", "w").write("[1.2.24, 10:11] Ann: Colour\\n[1.2.24, 10:12] Bo: COLOUR\\nmore\\n")\n'
BORN = 'df["day"] = ["2000-12-24", "1990-01-03"] * 4\n'
ZIP = (
    'import zipfile\nwith zipfile.ZipFile("FILE.zip", "w") as z:\n'
    '    z.writestr("f/a.tmp", "x")\n    z.writestr("f/b.txt", "y")\n'
)
WORD = (
    'import docx\nd = docx.Document()\nd.add_paragraph("Dear [ONE], table [OTHER], OLD")\nd.save("FILE.docx")\n'
    'pd.DataFrame({"COLUMN1": ["Ada"], "COLUMN2": [3]}).to_csv("FILE.csv", index=False)\n'
)
BASE = (
    'import sqlite3\nc = sqlite3.connect("FILE.db")\n'
    'c.execute("CREATE TABLE TABLE_NAME (COLUMN, OTHER_COLUMN)")\n'
    """c.execute("INSERT INTO TABLE_NAME VALUES (1, 'WORD')")\n"""
    "c.commit()\nconnection = c\n"
)
LISTS = 'import json\njson.dump([{"NAME": "a", "LIST": ["a"], "NUMBER": 1}], open("FILE.json", "w"))\n'

CASES = [
    ("how many rows each group has", "", "a    3"),
    ("the longest run of rows", "", "longest run: 3 from 2024-01-04 to 2024-01-06"),
    ("what was used between", "", "2.0"),
    ("rows with two sides", GAMES, "a       4           2"),
    ("rows by ranges of a number", "", "under 18    8"),
    ("the best rows of each group", "", "2024-01-07"),
    ("columns that are values become rows", "", "variable|NAME_OF_COLUMNS"),
    ("weighted average", "", "weighted average: 2.5"),
    ("two tables compared by a key", "", "2024-01-08"),
    ("a column that depends on a condition", "", "no     6"),
    ("the value that occurs most often", "", "most frequent: a 3"),
    ("minutes between two times", "", "a  "),
    ("rows of a workbook with a background", "", ""),
    ("formulas in a new column", "", ""),
    ("the tables of a database", BASE, "table TABLE_NAME rows: 1"),
    ("a changed copy of a database", BASE, "0 rows changed"),
    ("pictures as the pages of one PDF", "", "3 pages"),
    ("all pixels of one colour become", "", "2200 pixels are transparent now"),
    ("how many separate things", "", "things: 2 pixels of each: [100 100]"),
    ("effects on a picture", "", ""),
    ("bars of two groupings", "", ""),
    ("other charts", "", ""),
    ("lines that begin with a date", TEXT, "('Ann', 1), ('Bo', 1)"),
    ("replaced everywhere, inside words", TEXT.replace("Colour", "Old").replace("COLOUR", "OLD"), "2 replaced"),
    ("month by month", "", "interest in all: 11.31"),
    ("more statistics", "", "slope"),
    ("a text replaced in a Word document", WORD, ""),
    ("a PDF with text and charts", "", ""),
    ("a table as XML", "", ""),
    ("each sheet as a file of its own", "", "Sheet1.csv 8 rows"),
    ("records of a JSON list", LISTS, "a"),
    ("a copy of an archive without", ZIP, "f/b.txt"),
    ("a Word document for each row", WORD, "Ada.docx"),
    ("saving month by month", "", "months: 3 balance: 1313.8"),
    ("birthdays within the next days", BORN, "1990-01-03"),
    ("shared costs", "", "a"),
    ("which columns go with one column", "", "strongest: m"),
    ("distance on the globe", "", "km: 10007.5"),
    ("curves, symbolically", "", "area between: 125/6"),
    ("a JSON object with a key", "", "3 keys"),
    ("pixels of one colour, or", "", "pixels: 200"),
    ("another colour for all pixels", "", ""),
    ("the average colour", "", "[255, 255, 255] #ffffff 2200 91.67 %"),
    ("one pixel", "", "(255, 0, 0) #ff0000"),
    ("the same picture several times", "", ""),
    ("unknown numbers from sentences", "", "{a: "),
    ("interest: what a sum grows to", "", "1102.5 43.87"),
]


@pytest.fixture(scope="module")
def isolation():
    return "process"


@pytest.mark.parametrize(("title", "before", "shown"), CASES, ids=[title for title, _, _ in CASES])
def test_an_example_runs(sandbox, title, before, shown):
    [code] = [recipe.code for recipe in _recipes() if recipe.code.startswith(f"# {title}")]
    for placeholder, name in NAMES.items():
        code = code.replace(f'"{placeholder}"', f'"{name}"')
    for placeholder, value in VALUES.items():
        code = re.sub(rf'(?<![\w"]){re.escape(placeholder)}(?![\w"])', str(value), code)
    needed = [line for name, line in IMPORTS.items() if re.search(rf"\b{name}\b", code)]
    result = sandbox.run("\n".join([TABLE, PICTURE, *needed, before, code]))
    assert result.status == "ok", (code, result.error)
    assert any(part in result.stdout for part in shown.split("|")), (code, result.stdout)
