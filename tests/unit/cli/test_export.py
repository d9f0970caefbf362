"""Documents of a conversation: complete, and harmless whatever the model and its programs put into them."""

import base64
import io
import re
from html.parser import HTMLParser

import nbformat
import pytest
from PIL import Image

from offline_ci.cli.export_html import html_bytes
from offline_ci.cli.export_markdown import markdown_document
from offline_ci.interpreter.answer import Answer, Exchange, Timings, Turn, Usage, UserCell
from offline_ci.interpreter.notebook import notebook_bytes
from offline_ci.llm.base import ModelInfo

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> ![x](http://evil.example/p.png) </pre></style> "
    "\"'> \x1b[2J \u202e ```\n<b>&amp;</b> javascript:alert(1) \udcff"
)


def png():
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return out.getvalue()


def display(**data):
    return {
        "output_type": "display_data",
        "data": {key.replace("_", "/"): v for key, v in data.items()},
        "metadata": {},
    }


TABLE = "<table><thead><tr><th>n</th><th>&lt;script></th></tr></thead><tr><td>1</td><td>x</td></tr></table>"
OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": EVIL},
    {"output_type": "stream", "name": "stderr", "text": "careful"},
    display(image_png=base64.b64encode(png()).decode(), text_plain="<Figure>"),
    {**display(text_html=TABLE, text_plain="plain table"), "output_type": "execute_result", "execution_count": None},
    {**display(text_html=EVIL, text_plain=EVIL), "output_type": "execute_result", "execution_count": None},
    {**display(), "data": {"image/svg+xml": "<svg><script>alert(1)</script></svg>"}},
    {**display(), "data": {"image/png": "bm90IGEgcG5n", "text/plain": "no picture"}},
    {**display(), "data": {"image/png": 7, "text/html": ["<b>"], "application/json": {"a": 1}, "text/plain": ["t"]}},
    {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL, "NameError: x"]},
]


@pytest.fixture
def history():
    turn = Turn(0, f"print('''{EVIL}''')", "error", OUTPUTS, 0.1)
    info = ModelInfo(name=f"m {EVIL}", sha256="", n_ctx=1, gpu_layers=0)
    answer = Answer(f"There are **two**.\n{EVIL}", "ok", [turn], [], Usage(), Timings(), info)
    return (Exchange(f"How many?\n{EVIL}", answer), UserCell(Turn(1, "x = 1", "ok", [], 0.1), []))


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = set(), [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data


def test_the_page_shows_everything_as_text_and_does_nothing(history):
    text = html_bytes(history, title=EVIL, model=EVIL).decode()
    page = Page(text)
    assert page.tags == {
        *("html", "head", "meta", "title", "style", "body", "h1", "footer", "div", "p", "pre", "span"),
        *("img", "table", "thead", "tbody", "tr", "th", "td"),
    }
    names = {name for _, name, _ in page.attributes}
    assert names <= {"lang", "charset", "http-equiv", "content", "name", "class", "alt", "src"}
    sources = [value for _, name, value in page.attributes if name == "src"]
    assert [source.partition(";")[0] for source in sources] == ["data:image/png", "data:image/svg+xml"]
    assert base64.b64decode(sources[0].partition(",")[2]) == png()
    for shown in (
        "<script>alert(1)</script>",
        "onerror=alert(1)",
        "careful",
        "no picture",
        "NameError: x",
        "**two**",
        "x = 1",
    ):
        assert shown in page.text
    assert "plain table" not in page.text
    assert not re.search("[\x00-\x08\x1b\u202e]", text)


def test_the_page_may_load_and_run_nothing(history):
    text = html_bytes(history, title="t", model="m").decode()
    (policy,) = (v for tag, name, v in Page(text).attributes if name == "content" and "default-src" in v)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert text.index("Content-Security-Policy") < text.index("<style>")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_markdown_brings_no_markup_of_strangers(history):
    data, pictures = markdown_document(history, title="talk", folder="talk-files")
    text = data.decode()
    assert pictures == {
        "picture-1.png": png(),
        "picture-2.svg": b"<?xml version='1.0' encoding='utf-8'?>\n<svg />",
    }
    assert "![a picture](talk-files/picture-1.png)" in text
    outside, inside, fence = [], [], None
    for line in text.split("\n"):
        found = re.match("`{3,}", line)
        if fence is None and found:
            fence = found[0]
        elif fence is not None and line == fence:
            fence = None
        else:
            (inside if fence else outside).append(line)
    assert fence is None
    words = "\n".join(outside)
    assert "<script>" not in words
    assert "![x]" not in words
    assert "There are **two**." in words
    assert "> How many?" in words
    assert sum("<script>alert(1)</script>" in line for line in inside) == 4
    assert "\x1b" not in text


def test_the_notebook_is_valid_whatever_programs_show(history):
    notebook = nbformat.reads(notebook_bytes(history).decode(), as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells][1] == "x = 1"
    data = [output.data for output in cells[0].outputs if "data" in output]
    assert base64.b64decode(data[0]["image/png"]) == png()
    assert "plain table" in data[1]["text/plain"]
    assert dict(data[-1]) == {"text/html": "<b>", "application/json": {"a": 1}, "text/plain": "t"}
