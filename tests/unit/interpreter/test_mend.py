"""Names that are right but for case, spaces and underscores, and imports that were forgotten."""

import pytest

from offline_ci.interpreter.mend import mend
from offline_ci.sandbox.result import ExecutionResult
from support.scripted_sandbox import error, ok

NAMES = ["birth date", "City", "sales report.csv", "a_b", "a b"]


@pytest.mark.parametrize(
    ("ename", "evalue", "code", "mended"),
    [
        ("KeyError", "'birth_date'", "df['birth_date']; x['birth_date']", "df['birth date']; x['birth date']"),
        (
            "KeyError",
            "\"['CITY', 'birthDate'] not in index\"",
            'df[["CITY", "birthDate"]]',
            "df[['City', 'birth date']]",
        ),
        (
            "FileNotFoundError",
            "[Errno 44] No such file or directory: '/mnt/data/sales_report.csv'",
            "pd.read_csv('/mnt/data/sales_report.csv')",
            "pd.read_csv('sales report.csv')",
        ),
        ("NameError", "name 'np' is not defined", "np.ones(3)", "import numpy as np\nnp.ones(3)"),
        ("NameError", "name 'ImageOps' is not defined", "ImageOps.flip", "from PIL import ImageOps\nImageOps.flip"),
        ("NameError", "name 'np' is not defined", "import numpy as np; del np; np", None),
        ("NameError", "name 'total' is not defined", "total", None),
        ("NameError", "cannot access free variable 'np'", "np", None),
        (
            "AttributeError",
            "'XlsxWriter' object has no attribute 'save'",
            "book = pd.ExcelWriter('a.xlsx')\nbook.save('a.xlsx'); image.save('b.png')",
            "book = pd.ExcelWriter('a.xlsx')\nbook.close(); image.save('b.png')",
        ),
        ("AttributeError", "'Writer' object has no attribute 'save'", "writer.save()", None),
        (
            "TypeError",
            "Cannot handle this data type: (1, 1, 3), <i8",
            "Image.fromarray(pixels).save('a.png')",
            "Image.fromarray(pixels.clip(0, 255).astype(\"uint8\")).save('a.png')",
        ),
        ("TypeError", "Cannot handle this data type: (1, 1, 5), |u1", "Image.fromarray(pixels)", None),
        ("TypeError", "unsupported operand", "Image.fromarray(pixels)", None),
        ("KeyError", "'birth'", "df['birth']", None),
        ("KeyError", "'A-B'", "df['A-B']", None),
        ("KeyError", "'City'", "other['City']", None),
        ("KeyError", "3", "d[3]", None),
        ("KeyError", "0", "pd.x; row['a'][0], row[0], [0]", "pd.x; row['a'].iloc[0], row.iloc[0], [0]"),
        ("ValueError", "'birth_date'", "df['birth_date']", None),
    ],
)
def test_mending(ename, evalue, code, mended):
    assert mend(error(ename, evalue), code, NAMES) == mended


READ_ONLY = error("OSError", "[Errno 69] Read-only file system: '/mnt/data/a.json'", 2)


def test_a_given_file_that_is_written_becomes_the_programs_own():
    code = "if True:\n    with open('/mnt/data/a.json', 'w') as file:\n        pass"
    mended = mend(READ_ONLY, code, NAMES, ["a.json"])
    own = "    os.replace(shutil.copyfile('/mnt/data/a.json', '/tmp/own'), '/mnt/data/a.json')"
    assert mended == "\n".join(["import os, shutil", "if True:", own, *code.split("\n")[1:]])
    assert mend(READ_ONLY, code, NAMES, ["b.json"]) is None
    assert mend(READ_ONLY, mended, NAMES, ["a.json"]) is None


@pytest.mark.parametrize(
    ("code", "mended"),
    [
        ("df['a'].fillna(0, inplace=True)", "df['a'] = df['a'].fillna(0)"),
        (
            "if x:\n  df['a'].replace(\n  1, 2,\n  inplace=True)\nprint(1)",
            "if x:\n  df['a'] = df['a'].replace(1, 2)\nprint(1)",
        ),
        ("df.dropna(inplace=True)", None),
        ("df['a'][0] = 1", None),
        ("this is no Python", None),
    ],
)
def test_changes_of_a_copy_become_assignments(code, mended):
    warned = ExecutionResult("ok", stderr="<cell 2>:1: ChainedAssignmentError: A value is being set on a copy")
    assert mend(warned, code, NAMES) == mended


def test_what_ran_is_left_alone():
    assert mend(ok(), "df['birth_date']", NAMES) is None


SERIES = """revenue = df["units"] * df["price"]
best = revenue.groupby("region").sum()"""


def test_a_computed_column_is_grouped_by_its_tables_column():
    assert mend(error("KeyError", "'region'", 2), SERIES, NAMES) == SERIES.replace(
        'groupby("region")', 'groupby(df["region"])'
    )
    assert mend(error("KeyError", "'region'", 2), SERIES.replace('df["units"] *', "total *"), NAMES) is None
    assert mend(error("KeyError", "'area'", 2), SERIES, NAMES) is None
