import pytest
from suites.interpreter import inputs
from suites.interpreter.tables import column, need_rows, read_table
from suites.interpreter.task import Wrong

HEADER = ["name", "age"]
ROWS = [("Ada", 30), ("Ben", 41.5)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", inputs.csv_bytes(HEADER, ROWS)),
        ("semicolon.csv", inputs.csv_bytes(HEADER, ROWS, ";", "utf-16").decode("utf-16").encode("utf-8-sig")),
        ("index.csv", b",name,age\n0,Ada,30\n1,Ben,41.5\n"),
        ("bare.csv", b"Ada,30\nBen,41.5\n"),
        ("t.xlsx", inputs.xlsx_bytes({"Sheet1": [HEADER, *ROWS]})),
        ("records.json", inputs.json_bytes([{"name": "Ada", "age": 30}, {"name": "Ben", "age": 41.5}])),
        ("lists.json", inputs.json_bytes({"name": ["Ada", "Ben"], "age": [30, 41.5]})),
        ("frame.json", b'{"name": {"0": "Ada", "1": "Ben"}, "age": {"0": 30, "1": 41.5}}'),
        ("lines.jsonl", b'{"name": "Ada", "age": 30}\n{"name": "Ben", "age": 41.5}\n'),
        ("wide.csv", b"id,age,name\n7,30.0,ada\n8,41.50,BEN\n"),
    ],
)
def test_the_same_rows_are_found_in_every_format(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    need_rows(read_table(tmp_path / name), ROWS)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"name,age\nAda,30\n", "1 rows instead of 2"),
        (b"name,age\nAda,30\nBen,41\n", "row 2 should be"),
        (b"name,age\nAda,30\nAda,30\n", "row 2 should be"),
        (b"name,age\n", "0 rows instead of 2"),
        (b"", "empty"),
    ],
)
def test_other_rows_are_refused_with_the_reason(tmp_path, data, reason):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(Wrong, match=reason):
        need_rows(read_table(tmp_path / "t.csv"), ROWS)


def test_order_and_columns_are_looked_at_where_asked(tmp_path):
    (tmp_path / "t.csv").write_bytes(inputs.csv_bytes(HEADER, ROWS[::-1]))
    rows = read_table(tmp_path / "t.csv")
    need_rows(rows, ROWS, header=["Name"])
    assert column(rows, "Age") == [41.5, 30.0]
    with pytest.raises(Wrong, match="row 1 should be"):
        need_rows(rows, ROWS, ordered=True)
    with pytest.raises(Wrong, match="no column 'city'"):
        need_rows(rows, ROWS, header=["city"])


def test_a_missing_sheet_is_named(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(inputs.xlsx_bytes({"Sheet1": [HEADER, *ROWS]}))
    with pytest.raises(Wrong, match="no sheet 'North' among Sheet1"):
        read_table(tmp_path / "t.xlsx", "North")
