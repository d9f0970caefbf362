"""What a request takes for granted and is not so."""

import json

import openpyxl
import pytest

from offline_ci.interpreter.guest import lookup as guest_lookup
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.premises import false_premises
from support.scripted_sandbox import ScriptedSandbox

SALES = FileFacts("sales.csv", "sales.csv (1 kB): table", ["region", "units", "unit_price"])


def found(request, facts=(SALES,), present=()):
    return false_premises(request, list(facts), list(present), ScriptedSandbox())


@pytest.mark.parametrize(
    ("request_text", "sentences"),
    [
        ("How many rows does notes.txt have?", ["There is no file notes.txt."]),
        (
            "What is the sum of the column profit in sales.csv?",
            ["There is no column profit; the columns are region, units, unit_price."],
        ),
        (
            "What is the average of the 'discount' column?",
            ["There is no column discount; the columns are region, units, unit_price."],
        ),
        ("What is the sum of the column units?", []),
        ("What is the sum of the column Unit Price?", []),
        ("What is the mean of the first column?", []),
        ("What is the sum of column B?", []),
        ("Add a column total and save it as new.csv", []),
        ("Which column has the most missing values?", []),
        ("How many columns are there?", []),
        ("Read sales.csv. What is the total in March?", []),
    ],
)
def test_what_is_not_there_is_said(request_text, sentences):
    assert found(request_text) == sentences


def test_without_columns_nothing_is_said_of_columns():
    assert found("What is the sum of the column profit?", [FileFacts("a.txt", "a.txt: text")]) == []


def test_the_sessions_files_are_there():
    assert found("How many rows does new.csv have?", present=["new.csv"]) == []


def looked_up(names, words):
    return json.loads(guest_lookup.main(names, words))


def test_words_are_looked_for_whatever_their_case(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("region,units\nNorth,1\nSouthern Sea,2\n")
    assert looked_up([str(path)], ["north", "South", "Atlantis", "sea"]) == ["Atlantis"]


def test_a_workbook_is_looked_into_and_what_is_packed_otherwise_is_not(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["North", 1])
    book.save(tmp_path / "a.xlsx")
    assert looked_up([str(tmp_path / "a.xlsx")], ["North", "Atlantis"]) == ["Atlantis"]
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "c.bin").write_bytes(b"\x01\x00\x02")
    for name in ("b.png", "c.bin"):
        assert looked_up([str(tmp_path / name)], ["Atlantis"]) == []
    (tmp_path / "d.txt").write_text("Nord", encoding="utf-16")
    assert looked_up([str(tmp_path / "d.txt")], ["Nord", "Ost"]) == ["Ost"]
