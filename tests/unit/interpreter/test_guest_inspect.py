"""The inspection of files, run by the host's Python: the guest runs the same source."""

import json
import sqlite3
import tarfile
import wave
import zipfile

import docx
import openpyxl
import pypdf
import pytest
from PIL import Image

from offline_ci.interpreter.guest import inspect as guest_inspect
from offline_ci.interpreter.guest import variables as guest_variables


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def described(name, max_chars=3000):
    return json.loads(guest_inspect.main([name], max_chars))[name]


def test_a_csv_has_columns_types_rows_and_a_call_that_reads_it(here):
    (here / "sales.csv").write_text("date,region,units,price\n2024-01-01,North,3,2.50\n2024-01-02,South,,1.25\n")
    found = described("sales.csv")
    assert found["read"] == "pd.read_csv('sales.csv')"
    assert found["columns"] == ["date", "region", "units", "price"]
    assert found["text"].split("\n") == [
        (
            "sales.csv (71 bytes): table, 2 rows (the header not counted), 4 columns; "
            "read it with pd.read_csv('sales.csv')"
        ),
        " columns:",
        "  'date': date as text, such as '2024-01-01'",
        "  'region': text, one of 'North', 'South'",
        "  'units': int, 1 missing",
        "  'price': float",
        " first lines:",
        "  date,region,units,price",
        "  2024-01-01,North,3,2.50",
        "  2024-01-02,South,,1.25",
    ]


@pytest.mark.parametrize(
    ("name", "data", "read"),
    [
        ("a.csv", b"a;b\n1,5;x\n2,25;y\n", "pd.read_csv('a.csv', sep=';', decimal=',')"),
        ("a.tsv", b"a\tb\n1\t2\n", "pd.read_csv('a.tsv', sep='\\t')"),
        ("a.csv", "näme,b\nä,1\n".encode("cp1252"), "pd.read_csv('a.csv', encoding='cp1252')"),
        ("a.csv", "\ufeffa,b\n1,2\n".encode(), "pd.read_csv('a.csv')"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), "pd.read_csv('a.csv', encoding='utf-16')"),
        ("a.csv", b"Report of May\n\na,b,c\n1,2,3\n4,5,6\n", "pd.read_csv('a.csv', skiprows=1)"),
        ("a.csv", b"1,2\n3,4\n", "pd.read_csv('a.csv', header=None)"),
        ("a.csv", b"only\n1\n2\n", "pd.read_csv('a.csv')"),
        ("it's.csv", b"a,b\n1,2\n", 'pd.read_csv("it\'s.csv")'),
    ],
)
def test_the_call_fits_the_file(here, name, data, read):
    (here / name).write_bytes(data)
    assert described(name)["read"] == read


def test_json_shapes(here):
    (here / "a.json").write_text(json.dumps([{"id": 1, "who": {"name": "x"}, "tags": ["a", "b"]}] * 3))
    found = described("a.json")
    assert found["columns"] == ["id", "who", "tags"]
    assert "list of 3 x object {id: int, who: object {name: str}, tags: list of 2 x str}" in found["text"]
    assert found["text"].endswith(
        "; then in the first of `for record in data:` "
        "record['id'] is 1; record['who']['name'] is 'x'; record['tags'][0] is 'a'"
    )
    (here / "b.jsonl").write_text('{"a": 1}\n{"a": 2}\n')
    assert described("b.jsonl")["read"] == "pd.read_json('b.jsonl', lines=True)"


def test_pictures_sounds_archives_databases_and_text(here):
    Image.new("RGBA", (30, 20)).save("p.png")
    assert (
        "PNG image, width 30, height 20, mode RGBA, blank; open it with Image.open('p.png')"
        in described("p.png")["text"]
    )
    for colour, said in (("white", "mode RGB, blank;"), ("black", "mode RGB, blank;"), ("red", "all of one colour;")):
        Image.new("RGB", (30, 20), colour).save("c.png")
        assert said in described("c.png")["text"]
    with wave.open("s.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 4000)
    assert "1 channels, 8000 Hz, 16 bit, 0.50 s" in described("s.wav")["text"]
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.writestr("in/a.txt", "x")
    zipped = "archive with 1 members: in/a.txt; open it with zipfile.ZipFile('z.zip'); in/a.txt begins 'x'"
    assert zipped in described("z.zip")["text"]
    with tarfile.open("t.tar.gz", "w:gz") as tar:
        tar.add("p.png")
    assert "archive with 1 members: p.png; open it with tarfile.open('t.tar.gz')" in described("t.tar.gz")["text"]
    connection = sqlite3.connect("d.db")
    connection.execute("CREATE TABLE 'odd \" name' (id INTEGER, x TEXT)")
    connection.commit()
    connection.close()
    assert 'table odd " name, 0 rows: id INTEGER, x TEXT' in described("d.db")["text"]
    (here / "t.txt").write_text("one two\nthree\n")
    assert (
        "text, 2 lines, 3 words; read it with lines = open('t.txt').read().splitlines(); it begins:\n  one two"
        in described("t.txt")["text"]
    )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"", "a.csv (0 bytes): an empty file"),
        ("a.png", b"no picture", "a.png (10 bytes): could not be inspected (UnidentifiedImageError"),
        ("a.json", b"{broken", "a.json (7 bytes): could not be inspected (JSONDecodeError"),
        ("a.bin", bytes(range(64)), "a.bin (64 bytes): binary data, beginning with 00 01 02"),
        (
            "a.parquet",
            b"PAR1....",
            "a.parquet (8 bytes): a parquet file; pyarrow, which reads it, is not installed here",
        ),
        ("a.csv", b"\n\n\n", "a.csv (3 bytes): text, 3 lines"),
        ("a.txt", b"[" * 100_000, "a.txt (100.0 kB): text, 1 lines"),
        ("a.json", b"[" * 100_000, "a.json (100.0 kB): could not be inspected (RecursionError"),
    ],
)
def test_whatever_a_file_holds_it_is_described(here, name, data, said):
    (here / name).write_bytes(data)
    assert described(name)["text"].startswith(said)


def test_a_missing_file_is_described_too(here):
    assert described("gone.csv")["text"].startswith("gone.csv (0 bytes): could not be inspected (FileNotFoundError")


def test_the_budget_holds(here):
    (here / "wide.csv").write_text(",".join(f"column_{i}" for i in range(500)) + "\n" + ",".join("1" * 500) + "\n")
    assert len(described("wide.csv", 500)["text"]) <= 500


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["east", "East", " EAST", "west", "West"] * 2, '; the same in several spellings, so first: df["x"]'),
        (["S01", "S02", "S17"], ""),
        (
            ["Ada@x.org", " ada@x.org", "bo@x.org"],
            '; the same in several spellings, so first: df["x"] = df["x"].str.strip().str.lower()',
        ),
        (["1.2 kg", "800 g", "3kg"], "* unit.map({'g': 0.001, 'kg': 1.0})"),
        (["1.5", "-999", "2"], '; -999 stands for a missing value, so first: df["x"] = df["x"].replace(-999, np.nan)'),
        (["1.5", "ERR", "2", "3", "-999"], 'pd.to_numeric(df["x"], errors="coerce").replace(-999, np.nan)'),
        (["-999", "-998", "2"], ""),
        (["22:45", "7:05"], 'df["x"] = pd.to_timedelta(df["x"] + ":00")'),
        (["$1,234.50", "12 USD", "EUR 3.5", "7kg"], '; numbers with other signs, so first: df["x"] = pd.to_numeric('),
        (["$1,234.50", "12 USD", "$ 3.5"], '; numbers with other signs, so first: df["x"] = pd.to_numeric('),
        (["2024-10-07", "Oct 8, 2024"], '; dates in several forms, so first: df["x"] = pd.to_datetime('),
        (["2024-10-07", "2024-10-08"], ""),
        (["7.10.2024 08:00", "8.10.2024 09:00"], '; the day comes first, so: df["x"] = pd.to_datetime('),
        (["10/07/2024", "10/08/2024"], ""),
        (["13/10/2024", "2024-10-08"], "dayfirst=not str(text)[:4].isdigit()))"),
        (["10/13/2024", "2024-10-08"], 'format="mixed")'),
        (["east", "west", "East Side"], ""),
        (["1", "2"], ""),
        (["", "NA"], ""),
    ],
)
def test_a_column_says_what_must_be_done_first(here, cells, note):
    (here / "a.csv").write_text("x;n\n" + "".join(f"{cell};1\n" for cell in cells))
    line = next(line for line in described("a.csv")["text"].split("\n") if line.startswith("  'x': "))
    found = line.partition("; ")
    assert ("; " + found[2]).replace("'x'", '"x"').find(note) >= 0 if note else found[2] == ""


@pytest.mark.parametrize(
    ("cells", "kind", "options"),
    [
        (["1.294,50", "12,00"], "float with decimal comma and points between thousands", "decimal=',', thousands='.'"),
        (["12,5", "3"], "float with decimal comma", "decimal=','"),
        (["1,294.50", "12"], "float with commas between thousands", "thousands=','"),
    ],
)
def test_numbers_that_are_written_otherwise_are_read_right(here, cells, kind, options):
    (here / "a.csv").write_text("x;n\n" + "".join(f"{cell};1\n" for cell in cells))
    found = described("a.csv")
    assert f"'x': {kind}\n" in found["text"]
    assert found["read"] == f"pd.read_csv('a.csv', sep=';', {options})"


def test_address_books_and_calendars_are_records(here):
    person = "BEGIN:VCARD\nVERSION:3.0\nFN:{0}\nTEL;TYPE=CELL:+49 {1}\nEND:VCARD\n"
    (here / "a.vcf").write_text(person.format("Ada", 1) + person.format("Bo", 2))
    found = described("a.vcf")
    assert "2 records VCARD" in found["text"]
    assert found["columns"] == ["VERSION", "FN", "TEL"]
    scope = {"open": lambda name: (here / name).read_text().splitlines()}
    exec(found["read"].replace("\n  ", "\n"), scope)  # noqa: S102 - what the model is told to write
    assert [record["TEL"] for record in scope["records"]] == ["+49 1", "+49 2"]


def test_lines_of_another_form_further_down_are_shown(here):
    usual = [f"10:{i:02} INFO job {i} took {i * 7} ms" for i in range(40)]
    (here / "a.log").write_text("\n".join([*usual, "10:41 WARN job 41 failed", *usual]))
    assert "\n and further down:\n  10:41 WARN job 41 failed" in described("a.log")["text"]
    (here / "b.txt").write_text("\n".join(f"{'word ' * i}" for i in range(40)))
    assert "further down" not in described("b.txt")["text"]


def test_a_table_in_excel_may_begin_further_down(here):
    book = openpyxl.Workbook()
    for row in (["Report of May"], [], ["product", "q1", "q2"], ["Lamp", 1, 2], ["Chair", 3, 4]):
        book.active.append(row)
    book.save(here / "a.xlsx")
    found = described("a.xlsx")
    assert (found["columns"], found["read"]) == (["product", "q1", "q2"], "pd.read_excel('a.xlsx', header=2)")
    assert "the 2 rows above the column names are no table" in found["text"]


def test_a_last_row_that_is_a_total_is_told(here):
    (here / "a.csv").write_text("product,units\nLamp,3\nTotal,3\n")
    assert "the last row is a total" in described("a.csv")["text"]
    (here / "b.csv").write_text("product,units\nLamp,3\nTotally new,3\n")
    assert "the last row is a total" not in described("b.csv")["text"]
    book = openpyxl.Workbook()
    for row in (["product", "units"], ["Lamp", 3], ["Chair", 4], ["Sum", 7]):
        book.active.append(row)
    book.save(here / "a.xlsx")
    assert "the last row is a total" in described("a.xlsx")["text"]


def test_items_of_lists_in_json_are_named_in_a_loop(here):
    (here / "a.json").write_text(json.dumps([{"id": 1, "items": [{"qty": 2, "price": 3.5}]}]))
    assert (
        "for each `for item in record['items']:` item['qty'] is 2; item['price'] is 3.5" in described("a.json")["text"]
    )


def test_variables_are_listed_with_columns_and_shapes():
    class Broken:
        shape = property(lambda self: 1 / 0)

    class Column(list):
        def head(self, n):
            return self[:n]

    class DataFrame:
        shape, columns = (2, 3), ["a", "b", 7]

        def __getitem__(self, name):
            return Column({"a": ["x", "y", "x"], "b": [1, 2, 3], 7: map(str, range(99))}[name])

    found = json.loads(
        guest_variables.main(
            {"_x": 1, "json": json, "f": len.__call__, "broken": Broken(), "df": DataFrame(), "d": {"k": 1}, "n": 3}
        )
    )
    assert {v["name"]: (v["kind"], v["columns"]) for v in found if v["name"] != "f"} == {
        "df": ("DataFrame of shape (2, 3)", ["a", "b", "7"]),
        "d": ("dict of length 1 whose item 'k' is 1", ["k"]),
        "n": ("int", []),
    }
    assert [v["words"] for v in found if v["words"]] == [{"a": ["x", "y"]}]


def test_a_picture_is_listed_with_its_size():
    found = json.loads(guest_variables.main({"image": Image.new("L", (4, 5))}))
    assert found == [{"name": "image", "kind": "image, width 4, height 5, mode L", "columns": [], "words": {}}]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_markdown_tables_and_xml_records_come_with_what_reads_them(here):
    (here / "m.md").write_text("# Scores\n\n| name | points |\n|------|-------:|\n| Ann | 3 |\n| Bob | 4 |\n\nEnd\n")
    found = described("m.md")
    assert found["columns"] == ["name", "points"]
    assert "Markdown with a table, 2 rows" in found["text"]
    names = {}
    exec(found["read"], names)  # noqa: S102 - what the model is told to write
    assert names["rows"] == [["name", "points"], ["------", "-------:"], ["Ann", "3"], ["Bob", "4"]]

    (here / "b.xml").write_text('<shop><item id="1"><price>2</price></item><item id="2"><price>5</price></item></shop>')
    found = described("b.xml")
    assert found["columns"] == ["id", "price"]
    assert "<shop> with 2 elements, 2 of them <item>" in found["text"]
    assert 'the first: <item id="1"><price>2</price></item>' in found["text"]


def test_toml_is_read(here):
    (here / "c.toml").write_text("[server]\nport = 80\n")
    assert "TOML: object {server: object {port: int}}" in described("c.toml")["text"]
    (here / "c.toml").write_text("[server]\nport = eighty\n")
    assert "could not be inspected (TOMLDecodeError" in described("c.toml")["text"]


def test_text_without_a_table_is_text(here):
    (here / "t.md").write_text("a | b\n\n---\n\ntext\n")
    assert "text, 5 lines" in described("t.md")["text"]
    (here / "e.xml").write_text("<a>only text</a>")
    assert "text, 1 lines" in described("e.xml")["text"]
    (here / "x.xml").write_text("<a><b></a>")
    assert "could not be inspected (ParseError" in described("x.xml")["text"]


def test_slides_tables_of_documents_and_pages_are_shown(here):
    with zipfile.ZipFile("s.pptx", "w") as archive:
        for number, text in ((10, "last"), (1, "Plan &amp; cost"), (2, "12 euros")):
            archive.writestr(f"ppt/slides/slide{number}.xml", f"<a:p><a:t>{text}</a:t></a:p>")
    text = described("s.pptx")["text"]
    assert "pptx presentation, 3 slides; open it with presentation = Presentation('s.pptx')" in text
    assert text.endswith("  slide 1: Plan & cost\n  slide 2: 12 euros\n  slide 3: last")

    document = docx.Document()
    document.add_paragraph("Prices")
    table = document.add_table(rows=2, cols=2)
    for cell, value in zip(
        (cell for row in table.rows for cell in row.cells), ("what", "price", "tea", "3"), strict=True
    ):
        cell.text = value
    document.save("d.docx")
    found = described("d.docx")
    assert found["columns"] == ["what", "price"]
    assert "\n  texts[0]: Prices" in found["text"]
    assert "tables: 1; the first has 2 rows, at the top ['what', 'price']" in found["text"]

    writer = pypdf.PdfWriter()
    for _ in range(3):
        writer.add_blank_page(100, 100)
    writer.write("p.pdf")
    assert "PDF, 3 pages; open it with reader = pypdf.PdfReader('p.pdf')" in described("p.pdf")["text"]
    assert "reader.pages[2], page 3:" in described("p.pdf")["text"]


def test_sheets_of_the_same_form_are_one_table(here):
    book = openpyxl.Workbook()
    for name in ("Jan", "Feb"):
        sheet = book.active if name == "Jan" else book.create_sheet(name)
        sheet.title = name
        sheet.append(["item", "amount"])
        sheet.append(["rent", 5])
    book.save("b.xlsx")
    assert (
        "read one sheet with pd.read_excel('b.xlsx', sheet_name='Jan')\n all sheets as one table, with a column "
        "'sheet': pd.concat(pd.read_excel('b.xlsx', sheet_name=None), names=['sheet']).reset_index('sheet')"
    ) in described("b.xlsx")["text"]
    book.create_sheet("Notes").append(["text"])
    book.save("b.xlsx")
    assert "pd.concat" not in described("b.xlsx")["text"]


def test_tables_of_a_database_that_belong_together(here):
    connection = sqlite3.connect("d.db")
    connection.execute("CREATE TABLE customers (id INTEGER, name TEXT)")
    connection.execute("CREATE TABLE orders (id INTEGER, customer_id INTEGER, total REAL)")
    connection.execute("INSERT INTO customers VALUES (7, 'Ann')")
    connection.commit()
    connection.close()
    text = described("d.db")["text"]
    assert "table customers, 1 rows: id INTEGER, name TEXT; the first row: (7, 'Ann')\n" in text
    assert text.endswith("joined: FROM orders JOIN customers ON customers.id = orders.customer_id")
    assert text.count("joined:") == 1


def test_a_picture_that_was_not_changed_is_noticed(here):
    picture = Image.effect_noise((20, 10), 50).convert("RGB")
    picture.save("in.png")
    picture.convert("RGBA").save("same.png")
    picture.rotate(180).save("turned.png")
    picture.save("same.bmp")
    (here / "broken.png").write_bytes(b"no picture")
    names = ["same.png", "turned.png", "same.bmp", "broken.png"]
    found = json.loads(guest_inspect.main(names, 500, ["in.png"]))
    assert found["same.png"]["text"].endswith(", the same pixels as in.png")
    assert [name for name in names if "the same pixels" in found[name]["text"]] == ["same.png"]


def test_lists_of_one_length_are_a_table(here):
    (here / "w.json").write_text(json.dumps({"at": 1, "hourly": {"time": ["a", "b"], "mm": [1, 2]}}))
    assert "as a table: pd.DataFrame(data['hourly'])" in described("w.json")["text"]
