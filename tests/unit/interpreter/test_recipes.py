"""Which worked examples a request gets; each is real Python."""

import ast

import pytest

from offline_ci.interpreter.mend import IMPORTS
from offline_ci.interpreter.recipes import MAX_RECIPES, _recipes, choose_recipes, file_kinds, left_over


def titles(request, names=(), tables=(), **options):
    return [code.split("\n")[0].removeprefix("# ") for code in choose_recipes(request, names, tables, **options)]


def test_each_recipe_is_python_that_begins_with_what_it_does():
    for recipe in _recipes():
        ast.parse(recipe.code)
        assert recipe.code.startswith("# ")
        assert len(recipe.code) < 900, recipe.code
        assert max(map(len, recipe.code.split("\n"))) < 150


def test_each_recipe_can_be_reached():
    tables = "a.csv b.xlsx c.db d.png e.zip l.tar f.pdf g.md h.html i.json j.xml k.csv m.jpg n.docx o.pptx"
    reachable = file_kinds([]) | file_kinds(tables.split()) | file_kinds(["a.zip", "a/b.txt", "c.docx"], ["c.docx"])
    for recipe in _recipes():
        assert recipe.words
        assert recipe.files <= reachable | file_kinds(["a.pdf", "b.pdf"]) | {"rows"}


@pytest.mark.parametrize(
    ("request_text", "names", "first"),
    [
        ("Which city has the highest revenue in total?", ["a.csv"], "the group with the largest total"),
        ("draw the share of each city as a pie", ["a.csv"], "pie chart: one slice per group, never one per row"),
        ("make a jpeg of it", ["a.webp"], "another format, nothing else changed"),
        ("make a table of it in csv", ["a.xml"], "XML records as a table"),
        (
            "What do the totals of all notes add up to?",
            ["a.zip", "a/b.txt"],
            "all texts of a zip archive, and the values in them by the pattern that is given with the file",
        ),
        ("How many days until 2030-01-01?", [], "dates"),
        ("Solve the equation 3*x = 9", [], "symbolic mathematics; write 2*x and x**2"),
    ],
)
def test_the_best_fitting_one_comes_last(request_text, names, first):
    assert first in titles(request_text, names)


def test_a_recipe_needs_its_kind_of_file():
    assert titles("crop the left half", ["a.png"]) == ["parts of a picture: crop((left, top, right, bottom))"]
    assert titles("crop the left half", ["a.csv"]) == []
    assert titles("crop the left half") == []


def test_words_of_file_names_do_not_count():
    assert titles("Open pie_histogram_scatter.csv", ["pie_histogram_scatter.csv"]) == []
    assert "a table as JSON, a list of records" in titles("Put it into months.json", ["a.csv"])


def test_no_more_than_a_few_are_shown():
    request = "sort, filter, join, clean the missing, pivot, share of each month, pie, histogram, bar chart, json, pdf"
    assert len(titles(request, ["a.csv", "b.csv"])) == MAX_RECIPES


def test_placeholders_that_a_program_has_kept_are_found():
    recipes = ['df.groupby("GROUP")["VALUE"].sum()', "re.search(r'LABEL (\\d+)', text).convert('RGB')"]
    recipes.append("re.findall(PATTERN, text), OTHERS")
    code = 'OTHERS = PATTERN; df["VALUE"], re.search(r"^LABEL\\\\W", text), "RGB", TITLE, "OTHER", "VALUES", "LABELled"'
    assert left_over(code, recipes, ["Add it up"]) == ["VALUE", "LABEL", "PATTERN"]
    assert left_over(code, recipes, ["Add it up", "columns: 'VALUE'"]) == ["LABEL", "PATTERN"]
    assert left_over("this is no Python", recipes, []) == []


def test_a_recipe_for_tables_in_documents_needs_one():
    asked = "Which city is in the table most often?"
    assert "a table of a Word document" in titles(asked, ["a.docx"], ["a.docx"])
    assert "a table of a Word document" not in titles(asked, ["a.docx"])


def test_nothing_for_a_request_that_none_fits():
    assert choose_recipes("Hello!", []) == []


def test_names_that_recipes_use_without_importing_them_can_be_imported_for_them():
    for recipe in _recipes():
        tree = ast.parse(recipe.code)
        loaded = {
            node.value.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        modules = loaded & {"np", "pd", "plt", "re", "json", "zipfile", "sqlite3", "sympy", "ImageOps", "ImageDraw"}
        assert modules <= set(IMPORTS)


def test_rows_are_counted_where_no_column_of_numbers_is_named():
    rows = "how many rows each group has (a number of things, where a row is one thing)"
    assert rows in titles("How many visits per studio?", ["a.csv"], counts_rows=True)
    assert rows not in titles("How many units per region?", ["a.csv"])
