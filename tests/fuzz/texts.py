"""Text that a model or a program wrote, on its way to a terminal, a document or the sandbox."""

import unicodedata
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from fuzz.source import Source
from offline_ci.cli.export_html import html_bytes
from offline_ci.cli.export_markdown import markdown_document
from offline_ci.cli.tables import table_of
from offline_ci.cli.terminal import neutral, neutral_line
from offline_ci.interpreter.answer import Answer, Exchange, Timings, Turn, Usage, UserCell
from offline_ci.interpreter.extract import clean_code, extract_code, parses
from offline_ci.llm.base import ModelInfo

TERMINAL_SEEDS = [
    "\x1b]52;c;aGVsbG8=\x07 \x9b31m \u202e \x85 é 漢 \U000e0041".encode(),
    b"\rover\r\n\ttab",
    b"\x1b]8;;file:///etc/passwd\x1b\\link",
]
REPLY_SEEDS = [
    b"Here:\n```python\nprint(1)\n```\nand\n~~~\nx\n~~~",
    b">>> x = 1\n>>> x\n1\nIn [1]: y\n...     z",
    b"<think>no</think>```py\nimport os\n",
]
HTML_SEEDS = [
    b"<table><thead><tr><th>n</th></tr></thead><tr><td colspan=2>1</td><td>x</td></tr></table>",
    b"<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=a><!--><table><td>&lt;",
]
_ALLOWED = {"\n", "\t"}


def terminal(data: bytes) -> int:
    """Nothing that steers a terminal is left, and nothing that is read is lost."""
    text = data.decode("utf-8", "surrogateescape")
    for shown in (neutral(text), neutral_line(text)):
        for char in shown:
            assert char in _ALLOWED or unicodedata.category(char) not in {"Cc", "Cs"}, hex(ord(char))
            assert unicodedata.bidirectional(char) not in {
                "LRE",
                "RLE",
                "LRO",
                "RLO",
                "PDF",
                "LRI",
                "RLI",
                "FSI",
                "PDI",
            }
        shown.encode()
    assert "\n" not in neutral_line(text)
    assert neutral(neutral(text)) == neutral(text)
    return 1


def reply(data: bytes) -> int:
    """A program is found in whatever a model writes, or none is."""
    text = data.decode("utf-8", "replace")
    code = extract_code(text)
    for found in (code, clean_code(text)):
        if found:
            parses(found)
    return 1


class _Tags(HTMLParser):
    """Collects the tags of a document, and their attributes."""

    def __init__(self):
        super().__init__()
        self.tags = set()
        self.attributes = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, key) for key, _ in attrs}


_BAD_TAGS = {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "math"}


def _history(source):
    """A conversation in which the same text is everything that a stranger can write."""
    kind = source.pick(("text/html", "text/plain", "text/markdown", "image/svg+xml", "image/png"))
    text = source.rest().decode("utf-8", "surrogateescape")
    display = {"output_type": "display_data", "data": {kind: text, "text/plain": text}, "metadata": {}}
    outputs = [display, {"output_type": "stream", "name": "stdout", "text": text}]
    table_of(display)
    turn = Turn(0, text, "ok", outputs, 0.1)
    answer = Answer(text, "ok", [turn], [], Usage(), Timings(), ModelInfo(text, "", n_ctx=1, gpu_layers=0))
    return text, [Exchange(text, answer), UserCell(turn, [])]


def page(data: bytes) -> int:
    """An HTML document of a session: no tag and no handler in it is a stranger's."""
    text, history = _history(Source(data))
    tags = _Tags()
    tags.feed(html_bytes(history, title=text, model=text).decode())
    assert not tags.tags & _BAD_TAGS, tags.tags
    assert not [key for _, key in tags.attributes if key.startswith("on")], tags.attributes
    return 1


def markdown(data: bytes) -> int:
    """A Markdown document of a session, where HTML in it is shown too: no tag and no picture is a stranger's."""
    text, history = _history(Source(data))
    document, pictures = markdown_document(history, title=text, folder="pictures")
    tags = _Tags()
    tags.feed(MarkdownIt("commonmark").render(document.decode()))
    assert tags.tags <= _MARKDOWN_TAGS, tags.tags - _MARKDOWN_TAGS
    assert pictures or "img" not in tags.tags
    return 1


_MARKDOWN_TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "code", "em", "strong", "ul", "ol", "li", "blockquote", "hr", "br",
    "img", "a",
}  # fmt: skip
