"""Comparisons of pixels with one colour, and sums of products."""

import pytest

from offline_ci.interpreter.mend_silent import mend_silent

HEAD = "pixels = np.array(image)\n"


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("n = (pixels == (255, 0, 0)).sum()", "n = ((pixels == (255, 0, 0)).all(axis=-1)).sum()"),
        ("mask = pixels != [1, 2, 3]", "mask = (pixels != [1, 2, 3]).any(axis=-1)"),
        (
            "a = (pixels == (r, g, b)) | (pixels == (1, 2, 3))",
            "a = ((pixels == (r, g, b)).all(axis=-1)) | ((pixels == (1, 2, 3)).all(axis=-1))",
        ),
    ],
)
def test_whole_colours_are_compared(line, mended):
    assert mend_silent(HEAD + line) == HEAD + mended


@pytest.mark.parametrize(
    "line",
    [
        "mask = (pixels == (255, 0, 0)).all(axis=2)",
        "mask = np.all(pixels == (255, 0, 0), axis=-1)",
        "mask = pixels == 255",
        "mask = pixel == (255, 0, 0)",
        "is_same = shape == (3, 4, 5)",
        "def broken(",
    ],
)
def test_the_rest_is_left_alone(line):
    assert mend_silent(HEAD + line) == HEAD + line


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ('t = df["units"] * df["price"].sum()', "t = (df['units'] * df['price']).sum()"),
        (
            't = df.groupby("region")["units"] * df["price"].sum()',
            "t = (df['units'] * df['price']).groupby(df['region']).sum()",
        ),
        ("df['a'] / df['a'].sum()", "df['a'] / df['a'].sum()"),
        ("df['a'] * other['b'].sum()", "df['a'] * other['b'].sum()"),
        ("(df['a'] * df['b']).sum()", "(df['a'] * df['b']).sum()"),
    ],
)
def test_a_sum_of_products_is_meant(line, mended):
    assert mend_silent(line) == mended


def test_what_python_warns_of_in_a_program_is_not_our_warning():
    line = r'words = re.findall("\d+", text); mask = pixels == (1, 2, 3)'
    assert mend_silent(HEAD + line).endswith("(pixels == (1, 2, 3)).all(axis=-1)")
