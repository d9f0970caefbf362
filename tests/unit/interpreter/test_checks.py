"""What a request demands, and numbers that nobody computed."""

import pytest

from offline_ci.interpreter.checks import Demands, foreign_numbers
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.wanted_files import wanted_formats


@pytest.mark.parametrize(
    ("request_text", "present", "suffixes"),
    [
        ("xlsx -> json please", ["a.xlsx"], ["json"]),
        ("Convert the table to Excel", ["a.csv"], ["xlsx"]),
        ("make a png of it", ["a.webp"], ["png"]),
        ("Export everything as a PDF", ["a.docx"], ["pdf"]),
        ("I need a Word document of this", ["a.csv"], ["docx"]),
        ("Turn the csv into a sorted csv", ["a.csv"], []),
        ("Print it as JSON", ["a.csv"], []),
        ("How many words does the text have?", ["a.txt"], []),
        ("What is the size of a png?", [], []),
        ("In one word, say hello to the world", [], []),
        ("Save the picture", ["a.png"], []),
    ],
)
def test_kinds_of_files_that_a_request_asks_for(request_text, present, suffixes):
    assert list(wanted_formats(request_text, present)) == suffixes


def test_a_named_file_is_demanded_until_it_is_there():
    demands = Demands.of("Save it as out.csv", [FileFacts("in.csv", "in.csv (1 kB)")], [])
    assert "out.csv" in demands.find_unmet(["in.csv"], [])
    assert "out.csv" in demands.find_unmet(["in.csv"], [])
    assert demands.find_unmet(["in.csv", "out.csv"], [FileFacts("out.csv", "out.csv: table, 3 rows")]) is None


def test_a_kind_of_file_is_asked_for_once():
    demands = Demands.of("Convert it to json", [FileFacts("in.csv", "in.csv")], [])
    assert ".json" in demands.find_unmet(["in.csv"], [])
    assert demands.find_unmet(["in.csv"], []) is None
    again = Demands.of("Convert it to json", [FileFacts("in.csv", "in.csv")], [])
    assert again.find_unmet(["in.csv", "x.jsonl"], [FileFacts("x.jsonl", "x.jsonl: 3 records")]) is None


@pytest.mark.parametrize(
    "text", ["an empty file", "table, 0 rows, 3 columns", "PNG image, blank; open", "PDF, 0 pages; open"]
)
def test_a_file_without_content_is_noticed_once(text):
    demands = Demands.of("Clean it", [], [])
    written = [FileFacts("out.x", f"out.x (1 kB): {text}")]
    assert "out.x holds nothing" in demands.find_unmet(["out.x"], written)
    assert demands.find_unmet(["out.x"], written) is None


@pytest.mark.parametrize(
    ("answer", "output", "foreign"),
    [
        ("It is 42.", "42", []),
        ("It is 43.", "42", ["43"]),
        ("600,000 pixels were changed", "60000 pixels", ["600,000"]),
        ("The total is 1,234.50", "total 1234.5", []),
        ("About 3.14", "3.14159", []),
        ("About 3.15", "3.14159", ["3.15"]),
        ("That is 12.5 %", "0.125", []),
        ("a loss of 17", "-17", []),
        ("on 2024-03-05", "2024-03-05 00:00:00", []),
        ("There are three rows and 2 columns", "done", []),
        ("nothing to see", "", []),
    ],
)
def test_numbers_come_from_the_output(answer, output, foreign):
    assert foreign_numbers(answer, [output]) == foreign


def test_a_file_that_cannot_be_read_back_is_noticed():
    demands = Demands.of("Turn it into a toml", [], [])
    written = [FileFacts("a.toml", "a.toml (9 bytes): could not be inspected (TOMLDecodeError: Expected '=')")]
    assert "a.toml cannot be read back: TOMLDecodeError" in demands.find_unmet(["a.toml"], written)
    assert demands.find_unmet(["a.toml"], written) is not None


def test_a_picture_that_is_what_was_given_is_noticed_once():
    demands = Demands.of("Turn it by 90 degrees", [], [])
    written = [
        FileFacts("b.png", "b.png (9 bytes): PNG image; open it with Image.open('b.png'), the same pixels as a.png")
    ]
    assert "b.png has the same pixels as a.png" in demands.find_unmet(["b.png"], written)
    assert demands.find_unmet(["b.png"], written) is None


@pytest.mark.parametrize(
    ("request_text", "output", "is_wrong"),
    [
        ("How many rows does a.csv have?", "79", True),
        ("How many records are there?", "rows: 81", True),
        ("How many rows does a.csv have?", "80", False),
        ("How many rows does a.csv have?", "80 with 79 of them whole", False),
        ("How many rows have a missing value?", "79", False),
        ("How many rows where x is 3?", "79", False),
        ("How many lines are there, including the header?", "81", False),
        ("What is the total?", "79", False),
    ],
)
def test_a_header_is_no_row(request_text, output, is_wrong):
    facts = [FileFacts("a.csv", "a.csv (1 kB): table, 80 rows (the header not counted), 2 columns")]
    demands = Demands.of(request_text, facts, [])
    assert (demands.find_miscount(output) is not None) == is_wrong


def test_cells_that_hold_objects_are_noticed_once():
    demands = Demands.of("Write a table", [], [])
    written = [FileFacts("a.csv", "a.csv: table\n columns:\n  'id': int\n  'items': Python objects\n  'b': float")]
    assert "in a.csv the cells of items hold" in demands.find_unmet(["a.csv"], written)
    assert demands.find_unmet(["a.csv"], written) is None
