"""Names that are right but for case, spaces and underscores, and imports that were forgotten."""

import pytest

from offline_ci.interpreter.mend import mend
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
        ("KeyError", "'birth'", "df['birth']", None),
        ("KeyError", "'A-B'", "df['A-B']", None),
        ("KeyError", "'City'", "other['City']", None),
        ("KeyError", "3", "d[3]", None),
        ("ValueError", "'birth_date'", "df['birth_date']", None),
    ],
)
def test_mending(ename, evalue, code, mended):
    assert mend(error(ename, evalue), code, NAMES) == mended


def test_what_ran_is_left_alone():
    assert mend(ok(), "df['birth_date']", NAMES) is None
