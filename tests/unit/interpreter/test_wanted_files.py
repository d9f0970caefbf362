"""Names of files that a request asks for."""

import pytest

from offline_ci.interpreter.wanted_files import absent_files, missing, wanted_files


@pytest.mark.parametrize(
    ("request_text", "known", "wanted"),
    [
        ("Invert photo.png and save it as merged.png.", ["photo.png (1 kB): PNG image"], ["merged.png"]),
        ("Convert sales.csv to sales.xlsx", ["sales.csv"], ["sales.xlsx"]),
        ("Speichere das Ergebnis in 'Umsatz je Monat.xlsx', bitte.", [], ["Umsatz je Monat.xlsx"]),
        ("Write charts/a.svg and charts/b.svg", [], ["charts/a.svg", "charts/b.svg"]),
        ("Add up the totals in reports/march.txt", ["reports.zip: archive with 2 members: reports/march.txt"], []),
        ("What is 3.14 times 2? E.g. use numpy.array.", [], []),
        ("Look at photo.PNG", ["photo.png"], []),
        ("Save a.png, then a.png again", [], ["a.png"]),
        ("See example.com/index.html", [], []),
        ("How many rows?", ["a.csv"], []),
        ("", [], []),
    ],
)
def test_wanted(request_text, known, wanted):
    assert wanted_files(request_text, known) == wanted


def test_missing_compares_names_without_folders_and_case():
    assert missing(["out/A.png", "b.csv"], ["a.png", "c.csv"]) == ["b.csv"]


@pytest.mark.parametrize(
    ("request_text", "known", "absent"),
    [
        ("How many rows does notes.txt have?", ["sales.csv"], ["notes.txt"]),
        ("What is the total in invoices.xlsx?", ["sales.csv"], ["invoices.xlsx"]),
        ("Merge a.csv and b.csv into c.csv", ["a.csv"], ["b.csv"]),
        ("Call each like its guest, e.g. Ada.docx", ["a.csv"], []),
        ("Merge a.csv and b.csv into c.csv", [], ["a.csv", "b.csv"]),
        ("Merge all into merged.pdf", ["a.pdf"], []),
        ("Convert photo.bmp to photo.png", [], ["photo.bmp"]),
        ("Make a chart from data.csv. Save it as chart.png", [], ["data.csv"]),
        ("Save a copy of the file 'my photo.png' as b.png", [], ["my photo.png"]),
        ("Speichere das Ergebnis in 'Umsatz.xlsx'", [], []),
        ("Which region is best? Put the answer in best.txt", ["sales.csv"], []),
        ("Count the words and write the number to count.txt", ["a.txt"], []),
        ("How many rows does sales.csv have?", ["sales.csv"], []),
        ("Draw a circle, name it circle.png", [], []),
    ],
)
def test_files_to_be_read_are_not_files_to_be_written(request_text, known, absent):
    assert absent_files(request_text, known) == absent
    assert not set(absent) & set(wanted_files(request_text, known))
