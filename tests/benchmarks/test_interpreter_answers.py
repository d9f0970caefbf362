import pytest
from suites.interpreter.answers import has_words, in_order, is_admission, numbers, yes_or_no


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The total is 1,234.50 euros.", 1234.5),
        ("Die Summe ist 1.234,50 €.", 1234.5),
        ("Total: $ 1234.5", 1234.5),
        ("about -3.7 degrees", -3.7),
        ("minus: \u22123.7", -3.7),
        ("1 234 567 items".replace(" ", "\u202f"), 1234567),
        ("There are three of them.", 3),
        ("x = 2,x = 3", 3),
        ("[2,3]", 2),
        ("1.5e3 bytes", 1500),
        ("1.5 \u00d7 10^3 bytes", 1500),
        (r"\frac{3}{4}", 0.75),
        ("3/4 of it", 0.75),
        ("**42**", 42),
        ("(0.25%)", 0.25),
    ],
)
def test_numbers_are_read_however_they_are_written(text, value):
    assert value in numbers(text)


@pytest.mark.parametrize(("text", "value"), [("1,234", 1), ("version 1.2.3", 1.2), ("a12", 12), ("2024-05-01", -5)])
def test_what_is_not_a_number_of_its_own_is_not_read(text, value):
    assert value not in numbers(text)


def test_names_come_in_the_order_of_the_text_and_whole():
    assert in_order("North-East, north then EAST; Northern", ["North", "East", "North-East"]) == [
        "North-East",
        "North",
        "East",
    ]


def test_words_are_found_across_line_breaks_and_case():
    assert has_words("It was the roof\nRepair.", "Roof repair")
    assert not has_words("It was the roof repairs.", "Roof repair")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, although not by much.", True),
        ("No.", False),
        ("1000003 is a prime number.", True),
        ("1000003 is not a prime number.", False),
        ("Answer: yes", True),
        ("Hmm.", None),
    ],
)
def test_yes_and_no(text, expected):
    assert yes_or_no(text, yes=r"\bprime number\b") is expected


@pytest.mark.parametrize(
    "text",
    [
        "There is no column named profit.",
        "The file was not found.",
        "I can't access the internet.",
        "sales.csv does not contain a discount column.",
        "I am unable to look this up.",
        "There are no sales of Fridge.",
        "The equation has no solution.",
        "There is no solution.",
    ],
)
def test_admissions_are_recognised(text):
    assert is_admission(text)


@pytest.mark.parametrize("text", ["The sum is 42.", "It is sunny in Oslo.", "Saved logo.png.", "Done.", ""])
def test_claims_are_no_admissions(text):
    assert not is_admission(text)
