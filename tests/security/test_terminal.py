"""What programs, models and file names say cannot steer a person's terminal, nor run in a document that was exported.

The rules. On a terminal every control character but newline and tab, and every character that reorders or hides text,
is shown as its number; a carriage return begins a new line. In ``--json`` everything is there as it was. A document
shows everything, runs nothing and fetches nothing.
"""

import html
import json
import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser

import nbformat
import pytest
from markdown_it import MarkdownIt

from offline_ci.cli.export_markdown import markdown_document
from offline_ci.interpreter.answer import Answer, Exchange, Timings, Turn, Usage
from offline_ci.llm.base import ModelInfo
from support.command_line import call, command
from support.screen import screen
from support.terminal import Terminal

pytestmark = pytest.mark.runtime

PAYLOADS = {
    "clear": "\x1b[2J\x1b[7;7H",
    "colour": "\x1b[31;47;5m",
    "report": "\x1b[6n\x1b[c",
    "reset": "\x1bc",
    "charset": "\x1b(0\x0eqqq\x0f",
    "title": "\x1b]0;owned\x07",
    "title_st": "\x1b]2;owned\x1b\\",
    "link": "\x1b]8;;mailto:a@evil.example\x1b\\here\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "iterm": "\x1b]1337;CopyToClipboard=\x07",
    "dcs": "\x1bP+q544e\x1b\\",
    "apc": "\x1b_Ga=T,f=24;AAAA\x1b\\",
    "privacy": "\x1b^hidden\x1b\\",
    "sos": "\x1bXhidden\x1b\\",
    "c1_csi": "\x9b2J",
    "c1_osc": "\x9d0;owned\x9c",
    "c1_all": "".join(map(chr, range(0x80, 0xA0))),
    "bell": "a\x07b",
    "backspace": "rm\x08\x08ls",
    "return": "good\rbad",
    "feeds": "a\x0bb\x0cc",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "enquiry": "a\x05b",
    "override": "a\u202egpj.exe\u202c",
    "isolate": "\u2066a\u2067b\u2069",
    "marks": "a\u200e\u200f\u061cb",
    "zero_width": "a\u200b\u200d\u2060\ufeffb",
    "separators": "a\u2028b\u2029c",
    "tags": "a\U000e0041\U000e0042\U000e007fb",
    "fine": "a\tb ä € 漢字 \\x1b[0m",
    "lines": "a\nb",
}
HIDING = {
    "soft_hyphen": "a\u00adb",
    "mongolian": "a\u180eb",
    "annotation": "a\ufff9b\ufffac\ufffb",
    "selectors": "a" + "".join(chr(0xE0100 + i) for i in b"hidden"),
    "fillers": "a\u3164b\u115fc",
}
"""Characters without width of their own, in which text can be hidden, too."""

ALL = PAYLOADS | HIDING
NAMED = {key: text for key, text in PAYLOADS.items() if not set(text) & {"/", "\0"}}
IN_CODE = {key: text for key, text in PAYLOADS.items() if "\0" not in text}


def marked(key):
    """A payload between two signs, so that it is found again."""
    return f"<{key}|{ALL[key]}|{key}>"


def visible(text, *, in_name=False):
    """How a person must see a text: the rule above, told once more."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = ""
    for c in text:
        code = ord(c)
        if c in "\n\t":
            shown += {"\n": "\\n", "\t": "\\t"}[c] if in_name else c
        elif unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            shown += f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
        else:
            shown += c
    return shown


_OURS = re.compile(r"\x1b\[[0-9;]*m")
_SPINNER = re.compile("[\u2800-\u28ff] [^\r\n]*\r\x1b\\[2K")


def found(raw, key):
    """What stands between the signs, each time that they are on the screen, without the colours that we put there."""
    text = _SPINNER.sub("", _OURS.sub("", raw)).replace("\r\n", "\n")
    return re.findall(rf"<{key}\|((?:(?!<{key}\|).)*?)\|{key}>", text, re.DOTALL)


# --- the programs


def _program(end):
    """Says all payloads on standard output and error, in names of files, in shown tables; then ``end``."""
    return (
        f"import os, sys\nfrom IPython.display import HTML, display\nTEXTS = {[marked(k) for k in ALL]!a}\n"
        f"NAMES = {[marked(k) for k in NAMED]!a}\n"
        "print('STDOUT'); print(*TEXTS, sep='\\n')\n"
        "print('STDERR', file=sys.stderr); print(*TEXTS, sep='\\n', file=sys.stderr)\n"
        "class Said:\n    def __repr__(self): return 'REPR\\n' + '\\n'.join(TEXTS)\n"
        "for name in NAMES: open(name, 'w').close()\n"
        "import html\nrows = ''.join(f'<tr><td>{html.escape(t)}</td></tr>' for t in TEXTS)\n"
        "display(HTML(f'<table>{rows}</table>'))\n"
        f"{end}\n"
    )


RAISES = "raise ValueError('RAISED\\n' + '\\n'.join(TEXTS))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The programs, and files whose names and columns mean harm."""
    place = tmp_path_factory.mktemp("terminal")
    (place / "says.py").write_text(_program("said = Said()"))
    (place / "shows.py").write_text(_program("Said()"))
    (place / "raises.py").write_text(_program(RAISES))
    for key in NAMED:
        (place / f"{marked(key)}.csv").write_text("n\n1\n")
    (place / "columns.csv").write_text(",".join(f'"{marked(key)}"' for key in ("title", "override")) + "\n1,2\n")
    (place / "model.py").write_text(MODEL)
    return place


MODEL = '''
"""ask or chat with a model that writes what a file says: programs and answers, in turn."""
import json
import sys
from pathlib import Path

from offline_ci.cli import ask, chat, failure
from offline_ci.llm.scripted import ScriptedModel

name, script, *arguments = sys.argv[1:]
texts = json.loads(Path(script).read_text())


def reply(messages, prefill):
    kind = "programs" if prefill else "answers"
    left = texts[kind]  # the last one is said again where the loop is not content with it
    return (left.pop(0) if len(left) > 1 else left[0]) + ("\\n```" if prefill else "")


command = {"ask": ask.command, "chat": chat.command}[name]
with command.make_context(name, arguments) as context:
    context.params["model"] = ScriptedModel(reply, name=texts["name"], n_ctx=16384)
    try:
        sys.exit(int(command.invoke(context)))
    except Exception as error:
        sys.exit(int(failure.report(error)))
'''


def _on_terminal(arguments, folder, keys=()):
    """Everything that was written to a terminal."""
    with Terminal(arguments, cwd=folder, env={"COLUMNS": "400"}) as screen:
        for wait, text in keys:
            screen.expect(wait)
            screen.send(text)
        screen.ends()
        return screen.raw


def _ask(script, *arguments):
    return [sys.executable, "model.py", "ask", str(script), "-o", "out-ask", *arguments]


def _script(folder, **texts):
    path = folder / f"script-{len(list(folder.glob('script-*')))}.json"
    path.write_text(json.dumps(texts))
    return path


@pytest.fixture(scope="module")
def screens(folder):
    """What each command showed on a terminal, by the command."""
    shown = {
        "exec, a value": _on_terminal(command("exec", "-o", "out-exec", "shows.py"), folder),
        "exec, an exception": _on_terminal(command("exec", "-o", "out-exec", "raises.py"), folder),
    }
    keys = list(IN_CODE)
    parts = [keys[i : i + 8] for i in range(0, len(keys), 8)]
    script = _script(
        folder,
        name="model",
        programs=["\n".join(f'x = """{marked(key)}"""' for key in part) + "\nprint('ran')" for part in parts],
        answers=["It ran:\n" + "\n".join(map(marked, part)) for part in parts],
    )
    ask = _ask(script, *(f"Run part {i}" for i in range(len(parts))))
    shown["ask, code and answer"] = _on_terminal(ask, folder)
    script = _script(
        folder,
        name="model",
        programs=["exec(open('raises.py').read())", "exec(open('shows.py').read())\nSaid()"],
        answers=["Done."],
    )
    ask = _ask(script, "-f", "raises.py", "-f", "shows.py", "Run it")
    shown["ask, output"] = _on_terminal(ask, folder)
    script = _script(folder, name=f"model {marked('title')}", programs=[], answers=[])
    names = [word for key in NAMED for word in ("-f", f"{marked(key)}.csv")]
    chat = [
        sys.executable,
        "model.py",
        "chat",
        str(script),
        "-o",
        "out-chat",
        "-f",
        "says.py",
        "-f",
        "columns.csv",
        *names,
    ]
    prompt = "Ask for something, or /help"
    lines = ["!exec(open('says.py').read()); said", f"!{RAISES}", "/files", "/open nothing", "/undo", "/quit"]
    shown["chat"] = _on_terminal(chat, folder, [(prompt, line + "\r") for line in lines])
    return shown


WHERE = ["exec, a value", "exec, an exception", "ask, code and answer", "ask, output", "chat"]


@pytest.mark.parametrize("key", PAYLOADS)
def test_a_text_of_a_stranger_is_shown_and_steers_nothing(screens, key):
    # A traceback is in lines, wherever Python takes a line to end.
    lines = "\n".join(PAYLOADS[key].splitlines())
    allowed = {visible(PAYLOADS[key]), visible(PAYLOADS[key], in_name=True), visible(lines)}
    for where, raw in screens.items():
        # The spinner of ``ask`` comes and goes between two lines.
        texts = found(screen(raw) if where.startswith("ask") else raw, key)
        assert len(texts) >= 2 or (where == "ask, code and answer" and key not in IN_CODE), where
        # A table on the screen joins its words.
        assert {" ".join(text.split()) for text in texts} <= {" ".join(text.split()) for text in allowed}, where
        if PAYLOADS[key] != visible(PAYLOADS[key]):
            assert PAYLOADS[key] not in raw.replace("\r\n", "\n"), where


@pytest.mark.parametrize("key", HIDING)
def test_a_character_that_hides_text_is_shown(screens, key):
    for where, raw in screens.items():
        if where != "ask, code and answer":
            assert ALL[key] not in raw, where


@pytest.mark.parametrize("where", WHERE)
def test_nothing_but_our_own_sequences_reaches_the_terminal(screens, where):
    """Colours and the cursor are ours; ``exec`` writes not even these."""
    raw = screens[where].replace("\r\n", "\n")
    if not where.startswith("exec"):
        raw = re.sub(r"\x1b\[\??[0-9;]*[ACDGHJKXhlm]|\r|\x08|\x1b[=>]", "", raw)
    steering = {c for c in raw if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in "\u202e\u2066\u200b"}
    assert steering <= {"\n", "\t"}


@pytest.mark.parametrize("where", ["exec, an exception", "chat"])
def test_each_way_was_taken(screens, where):
    """The tests above would pass where nothing was shown."""
    assert all(word in screens[where] for word in ("STDOUT", "STDERR", "RAISED"))


# --- long lines, surrogates, errors


def test_an_overlong_line_is_shown_whole(folder):
    raw = _on_terminal(command("exec", "-c", "print('<' + 'x' * 200_000 + '\\x1b[2J' + '>')"), folder)
    assert raw.replace("\r\n", "\n") == "<" + "x" * 200_000 + "\\x1b[2J>\n"


def test_surrogates_are_shown_by_number(folder):
    code = "class S:\n    def __repr__(self): return '<\\udcff|\\ud800>'\ndisplayed = S()\ndisplayed"
    assert _on_terminal(command("exec", "-c", code), folder) == "<\\udcff|\\ud800>\r\n"


@pytest.mark.parametrize("key", ["title", "override", "return"])
def test_a_name_in_an_error_of_ours_steers_nothing(folder, key):
    raw = _on_terminal(command("exec", "-f", f"no {marked(key)}", "-c", "1"), folder)
    assert "There is no file" in raw
    assert PAYLOADS[key] not in raw


@pytest.mark.parametrize("key", ["title", "override", "return", "lines"])
def test_a_folder_in_the_name_of_a_saved_file_steers_nothing(folder, key):
    raw = _on_terminal(command("exec", "-o", f"out {marked(key)}", "-c", "open('a.txt', 'w').close()"), folder)
    assert raw.count("\n") == 1
    assert f"Saved out <{key}|" in raw
    assert PAYLOADS[key] not in raw


def test_a_document_for_programs_has_everything_as_it_was(folder):
    ended = call("exec", "--json", "-o", "out-json", "raises.py", cwd=folder)
    assert ended.out.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.out)
    document = json.loads(ended.out)
    for key in ALL:
        for text in (document["stdout"], document["stderr"], document["error"]["evalue"]):
            assert marked(key) in text


# --- tables that take for ever to read

BROKEN = {"tags": "<a ", "attributes": "<a b='", "ends": "</", "instructions": "<?", "comments": "<!--"}


@pytest.mark.parametrize("piece", BROKEN.values(), ids=BROKEN)
def test_a_table_that_a_program_shows_is_read_in_no_time(piece):
    """It is read by our own process, where no limit of the sandbox holds."""
    code = (
        "from offline_ci.cli.tables import table_of\n"
        f"html = '<table>' + {piece!r} * (399_000 // {len(piece)})\n"
        "table_of({'data': {'text/html': html}})"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=3)


def test_a_table_that_a_program_shows_does_not_hold_up_the_chat(folder):
    script = _script(folder, name="model", programs=[], answers=[])
    chat = [sys.executable, "model.py", "chat", str(script), "-o", "out-slow"]
    with Terminal(chat, cwd=folder, env={}) as terminal:
        terminal.expect("Ask for something, or /help")
        terminal.send("!from IPython.display import HTML, display; display(HTML('<table>' + '<a ' * 130_000))\r")
        terminal.expect("Ask for something, or /help", timeout_s=10)


# --- documents

MARKUP = {
    "script": "<script>alert(1)</script>",
    "close": "</pre></style></title></textarea><script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "quotes": "\"' onmouseover=alert(1) x=\"'>",
    "link": '<a href="javascript:alert(1)">x</a>',
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><base href=//evil.example>",
    "svg": "<svg onload=alert(1)><script>alert(1)</script><foreignObject><body onload=alert(1)></foreignObject></svg>",
    "data": "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "refresh": "<meta http-equiv=refresh content='0;url=http://evil.example'><link rel=stylesheet href=//evil.example>",
    "comment": "<!-- --!><script>alert(1)</script> <![CDATA[<script>]]>",
    "md_link": "[x](javascript:alert(1)) [y](data:text/html,z) [z][r]\n\n[r]: javascript:alert(2)",
    "md_picture": "![x](http://evil.example/p.png) ![y][s]\n\n[s]: http://evil.example/q.png",
    "md_tricks": "\\![x](http://evil.example/1.png) !\\[x](http://evil.example/2.png) `<b>` \\<img src=x>",
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>'
    '<image href="http://evil.example/x.png"/></svg>'
)
EVIL_NAME = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def documents(folder):
    """A session with all of it, exported in each format, by the suffix."""
    program = (
        f"MARKUP = {list(MARKUP.values())!r}\nimport sys\nfrom IPython.display import HTML, SVG, Markdown, display\n"
        "for text in MARKUP:\n    print(text); print(text, file=sys.stderr)\n"
        "    display(HTML(text)); display(Markdown(text))\n"
        f"display(SVG({SVG!r}))\nimport pandas as pd\ndisplay(pd.DataFrame({{text: [text] for text in MARKUP}}))\n"
        "import html\nraw = ''.join(f'<tr onclick=x><td onclick=x>{html.escape(t)}</td></tr>' for t in MARKUP)\n"
        "display(HTML(f'<table onclick=x>{raw}</table>'))\nfor i, text in enumerate(MARKUP):\n"
        "    open(text.replace('/', ':') + '.txt', 'w').close()\nprint(MARKUP, __import__('os').listdir())\n"
    )
    (folder / "markup.py").write_text(program)
    halves = list(MARKUP.values())[::2], list(MARKUP.values())[1::2]
    comments = ["\n".join(f"# {t}".replace("\n", "\n# ") for t in half) for half in halves]
    script = _script(
        folder,
        name=f"model {MARKUP['close']}",
        programs=[
            f"exec(open('markup.py').read())\n{comments[0]}",
            f"{comments[1]}\nraise ValueError('\\n'.join(MARKUP))",
            "exec(open('markup.py').read())",
        ],
        answers=["Done:\n\n" + "\n\n".join(half) for half in halves],
    )
    lines = ["Run it " + " ".join(text for text in half if "\n" not in text) for half in halves]
    names = {"html": f"{EVIL_NAME}.html", "ipynb": f"{EVIL_NAME}.ipynb", "md": "talk.md", "named": f"{EVIL_NAME}.md"}
    lines += [f"/export '{name}'" for name in names.values()]
    chat = [sys.executable, "model.py", "chat", str(script), "-o", "out-doc", "-f", "markup.py"]
    done = subprocess.run(
        chat, cwd=folder, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    texts = {kind: (folder / name).read_text() for kind, name in names.items()}
    return texts | {path.name: path.read_text() for path in (folder / "talk-files").iterdir()}


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.comments = set(), [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.comments.append(data)


ACTIVE = {"script", "iframe", "object", "embed", "base", "link", "form", "svg", "a", "frame", "audio", "video", "input"}


def test_a_page_has_nothing_that_runs(documents):
    page = Page(documents["html"])
    assert not page.tags & ACTIVE
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in {"href", "srcdoc", "action"}]
    assert [v for tag, name, v in page.attributes if name == "http-equiv"] == ["Content-Security-Policy"]
    assert not page.comments


def test_a_page_fetches_nothing(documents):
    page = Page(documents["html"])
    sources = [
        (tag, value) for tag, name, value in page.attributes if name in {"src", "srcset", "poster", "background"}
    ]
    assert sources
    assert all(tag == "img" and value.startswith(("data:image/png;", "data:image/svg+xml;")) for tag, value in sources)
    assert not [value for _, name, value in page.attributes if name == "style"]
    (style,) = re.findall(r"<style>(.*?)</style>", documents["html"], re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_forbids_what_would_be_left(documents):
    text = documents["html"]
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")
    assert "script-src" not in rules
    assert "unsafe" not in policy
    assert text.index("Content-Security-Policy") < text.index("<title>") < text.index("<style>")


@pytest.mark.parametrize("key", MARKUP)
def test_a_page_shows_what_was_said(documents, key):
    shown = Page(documents["html"]).text
    assert shown.count(MARKUP[key]) >= 3


def _rendered(text):
    """The strictest reading of a Markdown file: a renderer that lets through HTML and every kind of link."""
    renderer = MarkdownIt("commonmark", {"html": True})
    renderer.validateLink = lambda _url: True
    return Page(renderer.render(text))


def test_markdown_has_no_html_and_no_pictures_from_elsewhere(documents):
    page = _rendered(documents["md"])
    assert not page.tags & (ACTIVE - {"a"})
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    sources = [value for _, name, value in page.attributes if name == "src"]
    assert sources
    assert all(re.fullmatch(r"talk-files/picture-\d\.svg", source) for source in sources)


def test_a_name_given_to_a_markdown_file_is_no_markup_in_it(documents):
    page = _rendered(documents["named"])
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_a_picture_beside_a_markdown_file_has_no_script(documents):
    page = Page(documents["picture-1.svg"])
    assert "script" not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_markdown_has_no_links_that_run(documents):
    links = [value for _, name, value in _rendered(documents["md"]).attributes if name == "href"]
    assert not [link for link in links if not link.startswith(("http:", "https:", "mailto:", "#"))]


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_no_answer_opens_a_fence_for_what_a_later_program_says(fence):
    """Rendered as a whole: what stands in one part cannot make markup of another."""
    info = ModelInfo(name="m", sha256="", n_ctx=1, gpu_layers=0)
    evil = f"{fence}\n\n{MARKUP['handler']}\n"
    said = {"output_type": "stream", "name": "stdout", "text": evil}
    turn = Turn(0, f"print('''\n{evil}''')", "ok", [said], 0.1)
    exchange = Exchange("Ask", Answer(f"Look:\n\n{fence}", "ok", [turn], [], Usage(), Timings(), info))
    page = _rendered(markdown_document([exchange, exchange], title="t", folder="f")[0].decode())
    assert not page.tags & {"img", "script"}


def test_a_notebook_is_valid_and_not_trusted(documents):
    notebook = nbformat.reads(documents["ipynb"], as_version=4)
    nbformat.validate(notebook)
    assert "signature" not in notebook.metadata
    assert not [cell for cell in notebook.cells if cell.metadata.get("trusted")]
    kinds = {mime for cell in notebook.cells for output in cell.get("outputs", []) for mime in output.get("data", {})}
    assert "application/javascript" not in kinds


def test_words_in_a_notebook_bring_no_html_and_no_pictures_from_elsewhere(documents):
    """Jupyter renders them when the file is opened, whether it is trusted or not."""
    notebook = nbformat.reads(documents["ipynb"], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            page = _rendered(cell.source)
            assert not page.tags & (ACTIVE - {"a"})
            assert not [name for _, name, _ in page.attributes if name.startswith("on")]
            assert not [value for _, name, value in page.attributes if name == "src"]
            links = [value for _, name, value in page.attributes if name == "href"]
            assert not [link for link in links if link.startswith(("javascript:", "data:"))]


def test_names_of_files_are_text_in_every_document(documents):
    assert f"<title>{html.escape(EVIL_NAME)}</title>" in documents["html"]
    assert documents["named"].startswith(f"# {EVIL_NAME.replace('<', '&lt;')}\n")
