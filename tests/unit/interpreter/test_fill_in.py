"""Worked examples with the real names of a request."""

import pytest

from offline_ci.interpreter.fill_in import fill_in
from offline_ci.interpreter.inspect_files import FileFacts

SALES = FileFacts(
    "sales.csv",
    "sales.csv (1 kB): table, 9 rows\n columns:\n  'id': int\n  'date': date as text, such as '2024-01-01'\n"
    "  'region': text, one of 'North', 'New York', 1 missing; the same in several spellings\n"
    "  'product_name': text, such as 'Lamp'\n  'units': int\n  'unit price': float, 2 missing\n first lines:\n  id",
    ["id", "date", "region", "product_name", "units", "unit price"],
)
PEOPLE = FileFacts("people.csv", "people.csv: table", ["name", "team"])
TEAMS = FileFacts("teams.csv", "teams.csv: table", ["team", "boss"])
PHOTO = FileFacts("a b.png", "a b.png (1 kB): PNG image")


@pytest.mark.parametrize(
    ("code", "request_text", "filled"),
    [
        ('pd.read_csv("FILE.csv")', "", 'pd.read_csv("sales.csv")'),
        ('df.groupby("GROUP")["VALUE"]', "units per product name", 'df.groupby("product_name")["units"]'),
        (
            'df.groupby("GROUP")["VALUE"]',
            "Which regions have the highest Unit Prices?",
            'df.groupby("region")["unit price"]',
        ),
        ('df.groupby("GROUP")["VALUE"]', "What sold best?", 'df.groupby("region")["units"]'),
        ('df[df["GROUP"] == "WORD"]', "units in New York", 'df[df["region"] == "New York"]'),
        ('df[df["GROUP"] == "WORD"]', "units in Oslo", 'df[df["region"] == "WORD"]'),
        ('pd.to_datetime(df["DATE"])', "", 'pd.to_datetime(df["date"])'),
        ('ax.scatter(df["X"], df["Y"])', "unit price against units", 'ax.scatter(df["unit price"], df["units"])'),
        (
            'pivot(index="ROWS", columns="COLUMNS")',
            "region by product name",
            'pivot(index="region", columns="product_name")',
        ),
        ('to_csv("NAME.csv"); savefig("NAME.png")', "Save it as b.png", 'to_csv("NAME.csv"); savefig("b.png")'),
        ('df["START"]; "GROUPS"; VALUE; title="TITLE"', "", 'df["START"]; "GROUPS"; VALUE; title="TITLE"'),
    ],
)
def test_placeholders_of_one_table(code, request_text, filled):
    assert fill_in(code, request_text, [SALES]) == filled


def test_placeholders_of_several_files():
    facts = [PEOPLE, TEAMS, PHOTO]
    assert fill_in('read("FILE1.csv"), read("FILE2.csv")', "", facts) == 'read("people.csv"), read("teams.csv")'
    assert fill_in('left_on="KEY_IN_FIRST", right_on="KEY_IN_SECOND"', "", facts) == 'left_on="team", right_on="team"'
    assert fill_in('open("FILE"); "FILE.png"; "FILE.csv"', "", facts) == 'open("a b.png"); "a b.png"; "FILE.csv"'
    assert fill_in('["FILE1", "FILE2"]', "", [PHOTO]) == '["a b.png", "FILE2"]'
    assert fill_in('"FILE.tar.gz"', "", [FileFacts("x.tar.gz", "x.tar.gz: archive")]) == '"x.tar.gz"'


def test_names_that_would_break_the_code_are_left_out():
    facts = [FileFacts("a.csv", "a.csv: table\n columns:\n  'a\"b': int\n  \"it's\": int\n", ['a"b', "it's"])]
    assert fill_in('df["VALUE"]', "", facts) == 'df["it\'s"]'
