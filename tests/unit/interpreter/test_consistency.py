"""Words of a request that a program does not heed."""

import pytest

from offline_ci.interpreter.consistency import asks_question, find_neglected, suit_request
from offline_ci.interpreter.inspect_files import FileFacts

TABLE = [FileFacts("sales.csv", "sales.csv (1 kB): table, 9 rows", ["date", "units", "month"])]


@pytest.mark.parametrize(
    ("request_text", "neglects", "heeds"),
    [
        (
            "In which month were most units sold?",
            'df.groupby(df["date"].dt.strftime("%Y"))["units"].sum()',
            'df.groupby(df["date"].dt.strftime("%Y-%m"))["units"].sum()',
        ),
        ("Which month was best?", 'print("The month is", df["date"].dt.year.max())', 'df.groupby("month").sum()'),
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
