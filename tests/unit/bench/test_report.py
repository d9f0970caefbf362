"""Reports: complete, and harmless whatever a model wrote."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from offline_ci.bench import charts
from offline_ci.bench.formats import read_task
from offline_ci.bench.generate import Decoding
from offline_ci.bench.records import Record, RunFolder, new_header
from offline_ci.bench.report import WRITERS, csv_bytes, html_bytes, markdown_bytes, samples_bytes
from offline_ci.bench.score import Interval
from offline_ci.bench.tasks import Suite
from offline_ci.llm.base import ModelInfo

EVIL = "</pre></title></style><script>alert(1)</script><img src=x onerror=alert(1)>\" onload='x' | =1+1 \x00 \udcff"
TASK = {"task_id": "T/0", "prompt": "def f():\n", "entry_point": "f", "test": "def check(c): ..."}
SUITE = Suite("mine", "0" * 64, {"T/0": read_task(TASK)})


def a_run(tmp_path, name, outcomes, **decoding):
    model = ModelInfo(name, "1" * 64, n_ctx=1, gpu_layers=0)
    header = new_header(SUITE, model, Decoding(**decoding), 1, len(outcomes), 1)
    records = [
        Record(
            f"T/{i}",
            0,
            f"def f(): {EVIL}",
            outcome,
            "" if outcome == "PASS" else "exception",
            EVIL,
            0.1,
            2.0,
            0.5,
            9,
            40,
        )
        for i, outcome in enumerate(outcomes)
    ]
    return RunFolder(tmp_path / f"run-{name}", header, records)


@pytest.fixture
def runs(tmp_path):
    return [
        a_run(tmp_path, "good", ["PASS", "PASS", "FAIL", "TIMEOUT"]),
        a_run(tmp_path, f"evil {EVIL}", ["FAIL"] * 4, mode="loop"),
    ]


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def test_a_page_has_everything_and_runs_nothing(runs):
    page = Page(html_bytes(runs).decode())
    assert not set(page.tags) & {"script", "img", "iframe", "link", "object", "form", "a"}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href"}]
    assert page.tags.count("details") == 2 + 4  # each failure
    assert page.tags.count("svg") == 1 + 1 + 2  # scores, speed, a map for each run
    text = " ".join(page.text)
    assert {"good (raw)", "50.0 %", "exception"} <= set(re.findall(r"good \(raw\)|50\.0 %|exception", text))
    assert "<script>alert(1)</script>" in text


def test_a_page_fetches_nothing_and_allows_no_script(runs):
    text = html_bytes(runs).decode()
    assert re.search(r'Content-Security-Policy" content="default-src \'none\'; style-src \'sha256-', text)
    assert "http" not in text.replace("http-equiv", "")


def test_several_samples_have_a_curve(tmp_path):
    run = a_run(tmp_path, "many", ["PASS"])
    run.records += [Record("T/0", i, "", "FAIL", "exception") for i in (1, 2)]
    assert "<h2>pass@k</h2>" in html_bytes([run]).decode()
    assert "<h2>pass@k</h2>" not in html_bytes([a_run(tmp_path, "one", ["PASS"])]).decode()


def test_a_table_in_markdown(runs):
    lines = markdown_bytes(runs).decode().splitlines()
    assert lines[0].startswith("| run | pass@1 |")
    assert lines[2].startswith("| good (raw) | 50.0 % | 15.0 to 85.0 | 4 |")
    assert "<" not in lines[3]
    assert len(re.findall(r"(?<!\\)\|", lines[3])) == len(re.findall(r"\|", lines[0]))


def test_samples_in_csv_are_no_formulas(tmp_path):
    run = a_run(tmp_path, "=cmd()", ["FAIL"])
    (header, row) = csv.reader(io.StringIO(csv_bytes([run]).decode()))
    assert dict(zip(header, row, strict=True))["model"] == "'=cmd()"
    assert dict(zip(header, row, strict=True))["task_id"] == "T/0"


@pytest.mark.parametrize(
    "svg",
    [
        charts.bars([charts.Bar(EVIL.replace("\x00", ""), 0.5, Interval(0.2, 0.8))]),
        charts.bars([]),
        charts.scatter([charts.Point("a & b", 3.0, 0.4), charts.Point("c", 0.0, 1.0)], "x<", "y>"),
        charts.scatter([], "x", "y"),
        charts.heat_map([(f"<{i}>", "PASS") for i in range(100)]),
    ],
)
def test_charts_are_well_formed(svg):
    root = ET.fromstring(svg.encode("utf-8", "replace"))  # noqa: S314 - ours
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    for element in root.iter():
        assert -1 <= float(element.get("x", 0)) <= width
        assert -1 <= float(element.get("y", 0)) <= max(height, 1)


def test_each_kind_of_file_has_a_writer(runs):
    assert {suffix: bool(write(runs)) for suffix, write in WRITERS.items()} == {
        ".html": True,
        ".md": True,
        ".csv": True,
        ".jsonl": True,
    }


def test_samples_can_be_judged_by_other_tools():
    """human-eval puts the completion behind the prompt; EvalPlus takes the solution."""
    prompt = 'def one():\n    """1\n    >>> one()\n    1\n    """\n'
    record = Record("HumanEval/0", 0, "import math\ndef one():\n    return int(math.exp(0))", "PASS")
    run = RunFolder(Path("run"), {}, [record])
    (line,) = samples_bytes([run]).decode().splitlines()
    sample = json.loads(line)
    assert sample["solution"] == record.solution
    space = {}
    exec(f"{prompt}{sample['completion']}", space)  # noqa: S102 - ours
    assert space["one"]() == 1


def test_a_model_on_a_server_is_told_by_its_address(tmp_path):
    server = {"address": "http://127.0.0.1:8080/v1", "model": "qwen:7b", "software": "Ollama 0.12"}
    header = new_header(SUITE, ModelInfo("qwen:7b", "", 4096, 0), Decoding(), 1, 1, 1, server=server)
    run = RunFolder(tmp_path / "run", header, [Record("T/0", 0, "def f(): ...", "PASS")])
    assert header["model"]["server"] == server
    text = " ".join(Page(html_bytes([run]).decode()).text)
    assert "qwen:7b, qwen:7b of Ollama 0.12 at http://127.0.0.1:8080/v1" in text
