"""What a cell shows, beyond text: every kind arrives as its MIME type, in order."""

import base64
import io

import pytest
from PIL import Image

pytestmark = pytest.mark.runtime

FIGURES = """
import matplotlib.pyplot as plt

for i in range(3):
    plt.figure(figsize=(3 * i + 3, 2))
    plt.plot([0, i])
"""


def shown(result):
    """The richest type of each output."""
    assert result.status == "ok", result.error
    return [max(output["data"], key=lambda mime: mime != "text/plain") for output in result.outputs]


def test_every_figure_of_a_cell_is_shown_in_order(sandbox):
    result = sandbox.run(FIGURES)
    widths = [Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"]))).width for output in result.outputs]
    assert len(widths) == 3
    assert widths == sorted(widths)
    result = sandbox.run("plt.plot([1]); plt.show(); print('between'); plt.plot([2]); plt.show()")
    assert [output["output_type"] for output in result.outputs] == ["display_data", "stream", "display_data"]


def test_a_figure_in_pixels_is_refused_and_does_no_harm(sandbox):
    result = sandbox.run("import matplotlib.pyplot as plt\nplt.figure(figsize=(800, 600))\nplt.plot([1, 2])")
    assert (result.status, result.error.ename) == ("error", "ValueError")
    assert result.error.evalue == (
        "Image size of 80000x60000 pixels is too large: it takes 19.2 GB. "
        "figsize is in inches, each of 100 pixels here."
    )
    assert shown(sandbox.run("plt.plot([1, 2]); plt.show()")) == ["image/png"]


@pytest.mark.parametrize(
    ("code", "mime", "says"),
    [
        ("import pandas as pd\npd.DataFrame({'a': [1]})", "text/html", "<td>1</td>"),
        ("import pandas as pd\npd.DataFrame({'a': [1]}).style.highlight_max()", "text/html", "<style"),
        ("import sympy\nsympy.Integral(sympy.Symbol('x') ** 2)", "text/latex", r"\int x^{2}"),
        (
            "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
            "image/svg+xml",
            "<svg",
        ),
        ("from IPython.display import HTML\nHTML('<b>x</b>')", "text/html", "<b>x</b>"),
        ("from IPython.display import Markdown\nMarkdown('**x**')", "text/markdown", "**x**"),
        ("from IPython.display import Math\nMath('x^2')", "text/latex", "x^2"),
    ],
)
def test_objects_are_shown_as_what_they_are(sandbox, code, mime, says):
    result = sandbox.run(code)
    assert shown(result) == [mime]
    assert says in result.outputs[0]["data"][mime]
    assert result.outputs[0]["data"]["text/plain"] == result.result


def test_display_shows_several_of_several_kinds(sandbox):
    result = sandbox.run("import pandas as pd\ndisplay(pd.Series([1]).to_frame(), 3)\nprint('x')\ndisplay('y')")
    assert [output["output_type"] for output in result.outputs] == ["display_data"] * 2 + ["stream", "display_data"]
    assert [output["data"]["text/plain"] for output in result.outputs if "data" in output][1:] == ["3", "'y'"]


def test_what_was_shown_can_be_updated(sandbox):
    code = """
from IPython.display import FileLink, update_display
handle = display(1, display_id='a')
handle.update(2)
update_display(3, display_id='a')
display({'text/plain': 'x', 'text/html': '<b>x</b>'}, raw=True)
FileLink('out.csv')
"""
    result = sandbox.run(code)
    assert shown(result)[3] == "text/html"
    assert [output["data"]["text/plain"] for output in result.outputs] == ["1", "2", "3", "x", "out.csv"]


def test_bytes_and_lone_surrogates_on_standard_output_are_no_end(sandbox):
    result = sandbox.run("import sys\nsys.stdout.buffer.write(b'a\\xff\\x00b\\n')\nprint('\\ud800')")
    assert (result.status, result.stdout) == ("ok", "a\N{REPLACEMENT CHARACTER}\0b\n?\n")
    assert sandbox.run("print('after')").stdout == "after\n"
