"""SQL that names what is not there."""

from offline_ci.interpreter.hints_sql import sql_hint

BASE = (
    "library.db (9 kB): SQLite database; open it with connection = sqlite3.connect('library.db')\n"
    "  table books, 3 rows: id INTEGER, genre TEXT; the first row: (1, 'x')\n"
    "  table loans, 9 rows: id INTEGER, book_id INTEGER\n"
    "  joined: FROM loans JOIN books ON books.id = loans.book_id"
)


def test_the_table_that_has_a_column_is_named_with_its_join():
    assert sql_hint("Execution failed on sql '...': no such column: genre", [BASE]) == (
        "genre is a column of books. Join it: SELECT ... FROM loans JOIN books ON books.id = loans.book_id."
    )
    assert sql_hint("no such column: b.Genre", [BASE]).startswith("Genre is a column of books.")


def test_what_is_nowhere_is_said_with_what_there_is():
    there = "books has id, genre; loans has id, book_id."
    assert sql_hint("no such column: author", [BASE]) == f"no table has a column author. {there}"
    assert sql_hint("no such table: book", [BASE]) == f"there is no table book. {there}"


def test_other_failures_and_unknown_databases_get_none():
    assert sql_hint("near 'SELCT': syntax error", [BASE]) is None
    assert sql_hint("no such column: genre", []) is None
