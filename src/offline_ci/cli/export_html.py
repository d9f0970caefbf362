"""A conversation as one HTML file that shows everything and does nothing.

What the model wrote and what programs gave out is text or a picture, never markup; the page's Content-Security-Policy
allows its own style sheet and pictures inside the file, no script and nothing from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Final

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from offline_ci.cli.tables import Cells, is_number, table_of
from offline_ci.cli.terminal import neutral
from offline_ci.interpreter.answer import Exchange, Step, Turn, turns_of
from offline_ci.interpreter.html_page import html_page
from offline_ci.interpreter.outputs import picture_of
from offline_ci.sandbox.result import Output

_FORMATTER: Final = HtmlFormatter(nowrap=True, style="default", classprefix="p-")
_STYLE: Final = """\
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; }
h1 { font-size: 1.4rem; } footer { color: #777; font-size: .85rem; margin-top: 3rem; }
.request { background: #eef3fb; border-radius: .6rem; padding: .6rem 1rem; margin-top: 2.5rem; font-weight: 600; }
.request, .answer { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: #f6f6f4; border-radius: .4rem; padding: .7rem 1rem; overflow-x: auto; font-size: .85rem; }
pre.output { background: none; border-left: 3px solid #ddd; border-radius: 0; } pre.error { color: #a4262c; }
img { max-width: 100%; } table { border-collapse: collapse; font-size: .85rem; margin: .7rem 0; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #e4e4e4; text-align: left; } .n { text-align: right; }
""" + str(_FORMATTER.get_style_defs("pre"))


def html_bytes(history: Sequence[Step], *, title: str, model: str) -> bytes:
    """The file, UTF-8.

    Args:
        history: the session.
        title: of the page.
        model: whose answers these are.
    """
    body = "\n".join(part for step in history for part in _step(step))
    return html_page(_text(title), body, f"offline-ci, {_text(model)}", style=_STYLE, has_pictures=True)


def _step(step: Step) -> list[str]:
    parts = [f'<div class="request">{_text(step.request)}</div>'] if isinstance(step, Exchange) else []
    parts += [part for turn in turns_of(step) for part in _turn(turn)]
    if isinstance(step, Exchange):
        parts.append(f'<p class="answer">{_text(step.answer.text)}</p>')
    return parts


def _turn(turn: Turn) -> list[str]:
    code = highlight(neutral(turn.code), PythonLexer(), _FORMATTER)
    return [f"<pre>{code.rstrip()}</pre>", *filter(None, map(_output, turn.outputs))]


def _output(output: Output) -> str:
    if output["output_type"] == "stream":
        return f'<pre class="output">{_text(str(output["text"]))}</pre>'
    if output["output_type"] == "error":
        return f'<pre class="output error">{_text(chr(10).join(map(str, output["traceback"])))}</pre>'
    if (picture := picture_of(output)) is not None:
        encoded = base64.b64encode(picture.data).decode("ascii")
        return f'<p><img alt="a picture" src="data:{picture.mime};base64,{encoded}"></p>'
    if (cells := table_of(output)) is not None:
        return _table(cells)
    text = str(output.get("data", {}).get("text/plain", ""))
    return f'<pre class="output">{_text(text)}</pre>' if text else ""


def _table(cells: Cells) -> str:
    def line(row: Sequence[str], tag: str) -> str:
        inner = "".join(_cell("th" if i < cells.n_labels else tag, text) for i, text in enumerate(row))
        return f"<tr>{inner}</tr>"

    head = "".join(line(row, "th") for row in cells.header)
    rows = "\n".join(line(row, "td") for row in cells.rows)
    footer = f"<p>{escape(cells.footer)}</p>" if cells.footer else ""
    return f"<table><thead>{head}</thead><tbody>\n{rows}</tbody></table>{footer}"


def _cell(tag: str, text: str) -> str:
    side = ' class="n"' if is_number(text) else ""
    return f"<{tag}{side}>{escape(text)}</{tag}>"


def _text(text: str) -> str:
    return escape(neutral(text))
