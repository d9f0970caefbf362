"""Tables out of a program's HTML, on a terminal."""

import io

import pytest
from rich.console import Console

from offline_ci.cli.rich_table import drawn
from offline_ci.cli.tables import Cells, is_number, table_of


def shown(html):
    return table_of({"output_type": "execute_result", "data": {"text/html": html, "text/plain": "plain"}})


FRAME = """<div>
<style scoped>
    .dataframe th { text-align: right; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;">
      <th></th>
      <th>a</th>
      <th>b &lt;i&gt;</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <th>0</th>
      <td>1</td>
      <td>x\x1b[2J &lt;script&gt;</td>
    </tr>
    <tr>
      <th>1</th>
      <td>-2.5</td>
      <td></td>
    </tr>
  </tbody>
</table>
<p>2 rows</p>
</div>"""


def test_a_data_frame_is_a_table():
    assert shown(FRAME) == Cells(
        [["", "a", "b <i>"]], [["0", "1", "x\\x1b[2J <script>"], ["1", "-2.5", ""]], 1, "2 rows"
    )


def test_cells_over_several_columns_and_lines():
    html = (
        "<table><thead><tr><th></th><th></th><th colspan=2>n</th></tr>"
        "<tr><th>r</th><th>p</th><th>s</th><th>m</th></tr></thead><tbody>"
        "<tr><th rowspan=2>N</th><th>x</th><td>1</td><td>2</td></tr><tr><th>y</th><td>3</td><td>4</td></tr>"
        "<tr><th>S</th><th>x</th><td>5</td><td>6</td></tr></tbody></table>"
    )
    cells = shown(html)
    assert cells.header == [["", "", "n", "n"], ["r", "p", "s", "m"]]
    assert cells.rows == [["N", "x", "1", "2"], ["", "y", "3", "4"], ["S", "x", "5", "6"]]
    assert cells.n_labels == 2


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>text</p>",
        "<table></table>",
        "<table><tr></tr></table>",
        "<table><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tr><td>1</td></tr></table>" * 2,
        "<table><tr>" + "<td colspan=200>x</td>" * 40 + "</tr></table>",
        "<table>" + "<tr><td>x</td></tr>" * 7000 + "</table>",
        "<table" + " " * 400_000,
        "<table><![if <tr><td>1",
        7,
        ["<table><tr><td>1</td></tr></table>"],
    ],
)
def test_what_is_no_simple_table_is_none(html):
    assert shown(html) is None


@pytest.mark.parametrize("span", ["x", "-1", "0", "", "1e9", "\u0663"])
def test_a_strange_span_does_no_harm(span):
    cells = shown(f"<table><tr><td colspan='{span}' rowspan='{span}'>1</td></tr></table>")
    assert cells is None or cells.rows[0][0] == "1"


def test_what_counts_as_a_number():
    assert all(map(is_number, ["1", "-2.5", "1,234", "3e5", "12%"]))
    assert not any(map(is_number, ["", "a", "1 2", "2024-01-02"]))


def on_screen(cells, width):
    out = io.StringIO()
    Console(file=out, width=width).print(drawn(cells, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_numbers_stand_at_the_right():
    cells = Cells([["", "name", "n"]], [["0", "[bold]tea[/]", "7"], ["1", "x", "1,200"]], 1, "")
    lines = on_screen(cells, 60)
    assert "[bold]tea[/]" in lines[2]
    assert len(lines[2]) == len(lines[3])
    assert (lines[2][-1], lines[3][-5:]) == ("7", "1,200")


def test_columns_that_do_not_fit_are_left_out_in_the_middle():
    n = 30
    cells = Cells([["", *(f"column{i}" for i in range(n))]], [["0", *(str(i) * 6 for i in range(n))]], 1, "")
    lines = on_screen(cells, 80)
    assert all(len(line) <= 80 for line in lines)
    assert "column0" in lines[0]
    assert f"column{n - 1}" in lines[0]
    assert "…" in lines[0]
    assert "column15" not in lines[0]


def test_a_long_cell_is_cut():
    lines = on_screen(Cells([["text"]], [["word " * 40]], 0, ""), 80)
    assert len(lines[2]) <= 32
    assert lines[2].endswith("…")
