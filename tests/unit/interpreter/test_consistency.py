"""Words of a request that a program does not heed."""

import pytest

from offline_ci.interpreter.consistency import (
    asks_question,
    find_left_out,
    find_lost_file,
    find_lost_selection,
    find_neglected,
    find_unused_number,
    means_persons,
    selection_of,
    suit_request,
)
from offline_ci.interpreter.inspect_files import FileFacts

TABLE = [FileFacts("sales.csv", "sales.csv: table, 9 rows\n  'date': date as text", ["date", "units", "month"])]


@pytest.mark.parametrize(
    ("request_text", "neglects", "heeds"),
    [
        (
            "In which month were most units sold?",
            'df.groupby(df["date"].dt.strftime("%Y"))["units"].sum()',
            'df.groupby(df["date"].dt.strftime("%Y-%m"))["units"].sum()',
        ),
        ("Which month was best?", 'print("The month is", df["date"].dt.year.max())', 'df.groupby("month").sum()'),
        (
            "Replace Ann by Bo, only the whole word",
            "text = text.replace('Ann', 'Bo')",
            "text, n = re.subn(r'\\bAnn\\b', 'Bo', text)",
        ),
        ("median units?", 'df["units"].mean()', 'df["units"].median()'),
        ("the standard deviation of units", 'df["units"].mean()', 'df["units"].std()'),
        ("How many units on average?", 'df["units"].sum()', 'df["units"].sum() / len(df)'),
        ("Units by weekday, please", 'df.groupby("date").sum()', "df.groupby(df.date.dt.day_name()).sum()"),
        ("do price and units correlate", 'df["units"].sum()', 'df["units"].corr(df["price"])'),
        (
            "two bar charts side by side: units and price",
            "fig, ax = plt.subplots(figsize=(9, 5))",
            "fig, (left, right) = plt.subplots(1, 2)",
        ),
        ("a total column with real formulas", "df['a'] * df['b']", "sheet['D2'] = '=B2*C2'"),
        ("fill the rows of late payers with yellow", "df['colour'] = 'yellow'", "cell.fill = PatternFill('solid')"),
        ("one row per month, one column per category", "df.groupby(['month', 'x']).sum()", "df.month.pivot_table()"),
        ("a quarter turn clockwise", "image.rotate(90, expand=True)", "image.rotate(-90, expand=True)"),
        ("Put a red frame around it", "ImageOps.expand(image, 8, fill=(255, 255, 255))", "expand(image, 8, 'red')"),
        ("a thick blue line through it", 'draw.line(xy, fill="red")', 'draw.line(xy, fill="#0000ff")  # blue'),
    ],
)
def test_a_word_that_is_not_heeded_is_told(request_text, neglects, heeds):
    assert len(find_neglected(request_text, neglects, TABLE)) == 1
    assert find_neglected(request_text, heeds, TABLE) == []


@pytest.mark.parametrize(
    "request_text",
    [
        "How many units in all?",
        "What does 'mean' mean?",
        "Put both pictures side by side",
        "List the months of membership of each person",
        "The average price per unit: total divided by number",
        "Turn it 90 degrees counter-clockwise",
        "Turn it anticlockwise by 90 degrees",
    ],
)
def test_words_with_another_meaning_are_left_alone(request_text):
    assert find_neglected(request_text, "print(1)", TABLE) == []


def test_without_a_table_only_charts_count():
    assert find_neglected("the median of 1, 2 and 9", "print(2)", []) == []
    assert find_neglected("draw sin and cos as two plots side by side", "plt.plot(x, y)", [])


def test_comments_do_not_heed():
    assert find_neglected("the median of units", "# median\nprint(df['units'].mean())", TABLE)


@pytest.mark.parametrize("text", ["Which one is it?", "Crop it and tell me its size", "how many rows does it have?"])
def test_questions(text):
    assert asks_question(text)


@pytest.mark.parametrize("text", ["Can you add a column?", "Draw what I need", "Save the rows where x > 3 as b.csv."])
def test_no_questions(text):
    assert not asks_question(text)


def test_the_sheet_that_is_named_is_read():
    text = (
        "b.xlsx: Excel workbook, sheets ['Jan', 'Feb']; read one sheet with pd.read_excel('b.xlsx', sheet_name='Jan')"
    )
    fact = FileFacts("b.xlsx", text, ["a"])
    assert suit_request(fact, "sum of the sheet Feb") == text.replace("sheet_name='Jan'", "sheet_name='Feb'")
    assert suit_request(fact, "sum of February") == text
    assert suit_request(fact, "feb against jan") == text
    assert suit_request(FileFacts("c.txt", "c.txt: text"), "Feb") == "c.txt: text"
    cut = FileFacts("b.xlsx", "Excel workbook, sheets ['Jan', 'Fe];")
    assert suit_request(cut, "Feb") == cut.text


@pytest.mark.parametrize(
    ("request_text", "code"),
    [
        ("the 3-day moving average", 'df["3_DAY"] = df.x.rolling(4).mean()'),
        ("the top 5 cities", "df.head(10)"),
        ("at least 18 years old", "df[df.age >= 21]"),
        ("crop 40 px from each side", "image.crop((0, 0, 100, 100))"),
    ],
)
def test_a_number_that_is_not_used_is_told(request_text, code):
    assert "does not use it" in find_unused_number(request_text, code)


@pytest.mark.parametrize(
    ("request_text", "code"),
    [
        ("the 3-day moving average", "df.x.rolling(3).mean()"),
        ("5 % more for all", "df.x * 1.05"),
        ("turn it by 180 degrees", "image.transpose(Image.ROTATE_180)"),
        ("a 2x2 grid", "np.tile(pixels, (2, 2, 1))"),
        ("the 60 days of 2024", "print(df)"),
        ("the sheet of 2024", "df[df.date.str.startswith('2024')]"),
        ("page 3 of the PDF", "reader.pages[2]"),
        ("scan1.png and scan2.png as one PDF", "images = [Image.open(n) for n in names]"),
        ("the sum of 1, 2, 3, 4, 5, 6 and 7", "sum(range(8))"),
        ("until 2024-12-24", "date.today()"),
        ("what costs 1,250.50?", "print(x)"),
        ("the top 5", "this is no program"),
    ],
)
def test_a_number_that_is_used_in_some_form_is_not(request_text, code):
    assert find_unused_number(request_text, code) is None


def test_the_rows_that_a_program_chose():
    selection = selection_of("n = df[df['city'] == 'Rome']['x'].count()")
    assert selection is not None
    assert selection.code == "df[df['city'] == 'Rome']"
    assert selection_of("print(df['x'].sum())") is None
    assert selection_of("no program") is None
    assert means_persons("what do they earn?")
    assert not means_persons("then the others")


def test_a_program_that_goes_back_to_the_first_file_is_told():
    present = ["photo.png", "turned.png"]
    code = 'Image.open("photo.png")'
    assert "turned.png" in find_lost_file("Now mirror that one", code, ["turned.png"], present)
    assert find_lost_file("Now mirror that one", 'Image.open("turned.png")', ["turned.png"], present) is None
    assert find_lost_file("Now mirror that one", "mirror(turned)", ["turned.png"], present) is None
    assert find_lost_file("Mirror photo.png, too, and show it", code, ["turned.png"], present) is None
    assert find_lost_file("Now mirror the first", code, ["turned.png"], present) is None
    assert find_lost_file("Now mirror that one", code, [], present) is None


def test_a_program_that_reads_some_of_several_files_is_told():
    names = ["a.pdf", "b.pdf", "c.csv"]
    assert "There are 2 such files: a.pdf, b.pdf" in find_left_out("What do I owe?", 'PdfReader("a.pdf")', names)
    assert find_left_out("What do I owe?", 'PdfReader("a.pdf"), PdfReader("b.pdf")', names) is None
    assert find_left_out("What do I owe?", 'glob("*.pdf"), "a.pdf"', names) is None
    assert find_left_out("What do I owe by a.pdf?", 'PdfReader("a.pdf")', names) is None
    assert find_left_out("What do I owe?", 'read_csv("c.csv")', names) is None


def test_the_rows_of_the_request_before_are_missed():
    selection = selection_of("hamburg = df[df['city'] == 'Rome']\nprint(len(hamburg))")
    assert selection is not None
    assert selection.signs == ("Rome", "hamburg")
    assert "df[df['city'] == 'Rome']" in str(find_lost_selection(selection, "df['pay'] *= 1.05"))
    assert find_lost_selection(selection, "df.loc[df['city'] == 'Rome', 'pay'] *= 1.05") is None
    assert find_lost_selection(selection, "hamburg['pay'] *= 1.05") is None
    assert find_lost_selection(None, "df['pay'] *= 1.05") is None
