"""Failures as a small model can use them."""

import pytest

from offline_ci.interpreter.distil import Surroundings, closest, distil, failing_line
from offline_ci.interpreter.variables import Variable
from offline_ci.sandbox.result import ExecutionResult, GuestError, LimitHit

TABLE = Variable("df", "DataFrame of shape (120, 3)", ["Date", "Sales", "Region"])


def failed(ename, evalue, line=1, **options):
    traceback = [
        "Traceback (most recent call last):",
        f'  File "<cell 3>", line {line}, in <module>',
        '  File "/lib/python3.14/site-packages/pandas/core/frame.py", line 4113, in __getitem__',
        f"{ename}: {evalue}",
    ]
    return ExecutionResult("error", error=GuestError(ename, evalue, traceback), **options)


def test_exception_line_and_hint_without_library_frames():
    text = distil(failed("KeyError", "'Salse'", 2), "x = 1\nprint(df['Salse'].sum())", Surroundings(variables=[TABLE]))
    assert text == (
        "KeyError: 'Salse'\n"
        "in line 2: print(df['Salse'].sum())\n"
        "Hint: write 'Sales' instead of 'Salse'. df has the columns 'Date', 'Sales', 'Region'."
    )


@pytest.mark.parametrize(
    ("ename", "evalue", "code", "hint"),
    [
        (
            "ModuleNotFoundError",
            "No module named 'foo.bar'",
            "import foo.bar",
            "foo is not available here; use the libraries named above.",
        ),
        ("NameError", "name 'pd' is not defined", "pd.x", "give pd a value before you use it."),
        ("NameError", "name 'Image' is not defined", "Image.x", "import Image first."),
        ("NameError", "name 'dff' is not defined", "dff", "did you mean df?"),
        (
            "FileNotFoundError",
            "[Errno 44] No such file or directory: '/mnt/data/sale.csv'",
            "open('/mnt/data/sale.csv')",
            "did you mean 'sales.csv'? In the working directory there is: sales.csv, photo.png.",
        ),
        (
            "OSError",
            "[Errno 69] Read-only file system: 'sales.csv'",
            "open('sales.csv', 'w')",
            (
                "the attached files are read-only; save the result under a new name. "
                "Only where the user wants the file itself changed, os.remove() it first and write it anew."
            ),
        ),
        (
            "ValueError",
            "all the input array dimensions must match",
            "np.hstack([df])",
            "df is DataFrame of shape (120, 3).",
        ),
        (
            "AttributeError",
            "Can only use .dt accessor with datetimelike values",
            "df.x.dt",
            "convert the column with pd.to_datetime first.",
        ),
        (
            "OSError",
            "not supported for mode RGBA",
            "ImageOps.invert(image)",
            'convert the picture to RGB first: image.convert("RGB").',
        ),
        (
            "TypeError",
            "list indices must be integers or slices, not str",
            "df['a']",
            "df is DataFrame of shape (120, 3).",
        ),
        (
            "TypeError",
            "unsupported format string passed to Series.__format__",
            'f"{total:.2f}"',
            (
                "this is a Series of many values, not one number. For one number put brackets around the whole "
                'expression and sum it, as in (df["a"] * df["b"]).sum(); else print it without a format.'
            ),
        ),
        (
            "OperationalError",
            "no such column: VALUE",
            "pd.read_sql(query, connection)",
            "write the real names instead of others; the columns are 'id', 'total'.",
        ),
        ("ZeroDivisionError", "division by zero", "1 / 0", None),
    ],
)
def test_hints(ename, evalue, code, hint):
    around = Surroundings(files=["sales.csv", "photo.png"], columns=["id", "total"], variables=[TABLE])
    text = distil(failed(ename, evalue), code, around)
    assert text.split("\n")[2:] == ([f"Hint: {hint}"] if hint else [])


def test_columns_of_the_files_help_where_there_is_no_table():
    text = distil(failed("KeyError", "'regoin'"), "row['regoin']", Surroundings(columns=["region", "units"]))
    assert text.endswith("Hint: write 'region' instead of 'regoin'. The columns are 'region', 'units'.")


def test_a_column_of_another_table_is_told():
    series = Variable("revenue", "Series of shape (120,)", [])
    around = Surroundings(variables=[TABLE, series])
    text = distil(failed("KeyError", "'Region'"), "revenue.groupby('Region').sum()", around)
    assert text.endswith(
        "Hint: 'Region' is a column of df. revenue is Series of shape (120,). "
        "Add what is computed to df as a column, then work with df."
    )


def test_a_long_message_is_cut():
    text = distil(failed("ValueError", "x" * 5000), "f()", Surroundings())
    assert len(text) < 600


@pytest.mark.parametrize(
    ("limit", "status", "said"),
    [
        (LimitHit("time_s", 60.0, 61.2), "time_limit", "The program was stopped after 60 seconds."),
        (LimitHit("memory_bytes", 2 << 30, 3 << 30), "memory_limit", "The program needed more than 2048 MB of memory."),
        (LimitHit("output_bytes", 1 << 20, 1 << 21), "output_limit", "The program printed too much and was stopped."),
        (LimitHit("disk_bytes", 1 << 30, 1 << 31), "disk_limit", "The program wrote more to files than fits"),
    ],
)
def test_limits_are_explained(limit, status, said):
    text = distil(ExecutionResult(status, limit=limit, state_lost=True), "x", Surroundings())
    assert text.startswith(said)
    assert text.endswith("All variables are gone: import and load everything again.")
    text = distil(ExecutionResult(status, limit=limit, rolled_back=True), "x", Surroundings())
    assert text.endswith("Nothing that it did is left: variables are as they were before it.")


def test_exit_is_explained():
    text = distil(ExecutionResult("exit", exit_code=0), "exit()", Surroundings())
    assert text == "The program called exit() before it was done. Do not call exit() or quit()."


def test_the_failing_line_is_the_programs_innermost():
    error = GuestError(
        "E", "", ['  File "<cell 1>", line 5, in <module>', '  File "<cell 1>", line 2, in f', '  File "/x"']
    )
    assert failing_line(error, "def f():\n    boom()\n\n\nf()") == (2, "boom()")
    assert failing_line(error, "x") is None
    assert failing_line(GuestError("E", ""), "x") is None


def test_closest_ignores_case_and_knows_when_nothing_is_near():
    assert closest("SALES", ["sales", "units"]) == "sales"
    assert closest("zzz", ["sales", "units"]) is None
    assert closest("x", []) is None


@pytest.mark.parametrize(
    ("ename", "evalue"),
    [
        ("ModuleNotFoundError", "No module named 'cv2'. In this sandbox use PIL and numpy"),
        ("FileNotFoundError", "[Errno 44] No other programs can be started in this sandbox: use shutil: 'ls'"),
        ("gaierror", "[Errno -2] There is no network in this sandbox: attach the file with -f"),
    ],
)
def test_what_the_sandbox_says_itself_gets_no_hint(ename, evalue):
    text = distil(failed(ename, evalue), "f()", Surroundings(files=["a.csv"]))
    assert text.split("\n") == [f"{ename}: {evalue}", "in line 1: f()"]
