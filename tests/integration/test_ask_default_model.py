"""``ask`` with the real default model on the real runtime: the requests that the project promises."""

import json
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
import zipfile

import nbformat
import numpy as np
import pytest
from PIL import Image

from support.command_line import call

pytestmark = [pytest.mark.runtime, pytest.mark.model, pytest.mark.slow]

MERGE = (
    "Split photo.png into two equal parts, left and right, invert the colors of the right part, "
    "put both parts back together side by side and save the new image as merged.png."
)
SALES = """\
date,region,units,price
2024-01-03,North,12,2.50
2024-01-09,South,7,4.00
2024-02-11,North,3,2.50
2024-02-20,East,20,1.25
2024-03-05,South,11,4.00
2024-03-30,East,5,1.25
"""


@pytest.fixture
def ask(tmp_path):
    def run(*arguments, **options):
        return call("ask", *arguments, cwd=tmp_path, **options)

    return run


@pytest.mark.parametrize("size", [(90, 160), (480, 640)])
def test_the_main_job_is_pixel_exact(ask, tmp_path, size):
    pixels = np.random.default_rng(5).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    ended = ask("-f", "photo.png", "-o", "out", "--json", MERGE)
    assert ended.status == 0, ended.err
    assert ended.err == ""
    document = json.loads(ended.out)
    assert list(document) == ["status", "answer", "turns", "files", "model", "usage", "timings"]
    assert document["status"] == "ok"
    assert document["answer"].strip()
    merged = tmp_path / "out" / "merged.png"
    assert document["files"] == [{"path": "out/merged.png", "bytes": merged.stat().st_size}]
    expected = pixels.copy()
    half = size[1] // 2
    expected[:, half:] = 255 - expected[:, half:]
    with Image.open(merged) as image:
        assert (np.asarray(image.convert("RGB")) == expected).all()
    for turn in document["turns"]:
        assert list(turn) == ["request", "code", "status", "outputs", "elapsed_s"]
    assert document["turns"][-1]["status"] == "ok"
    assert set(document["model"]) == {"name", "sha256", "n_ctx", "gpu_layers"}
    assert document["model"]["name"] == "qwen2.5-coder-1.5b-instruct"
    assert len(document["model"]["sha256"]) == 64
    assert set(document["usage"]) == {"prompt_tokens", "cached_tokens", "completion_tokens"}
    assert document["usage"]["completion_tokens"] > 20
    assert 0 < document["timings"]["first_token_s"] < document["timings"]["total_s"]
    assert document["timings"]["load_s"] > 0


def test_a_question_about_a_table_gets_its_number(ask, tmp_path):
    (tmp_path / "sales.csv").write_text(SALES)
    ended = ask("-f", "sales.csv", "--json", "How many units were sold in the region North in total?")
    assert ended.status == 0, ended.err
    assert "15" in json.loads(ended.out)["answer"]


def test_a_chart_and_a_notebook(ask, tmp_path):
    (tmp_path / "sales.csv").write_text(SALES)
    request = "Draw a bar chart of the total units per region and save it as units.png."
    ended = ask("-f", "sales.csv", "-o", "out", "--ipynb", "out/session.ipynb", request)
    assert ended.status == 0, ended.err
    assert "--- program\n" in ended.out
    assert "--- answer\n" in ended.out
    assert "Saved out/units.png (" in ended.out
    assert "\x1b" not in ended.out
    with Image.open(tmp_path / "out" / "units.png") as image:
        assert image.width >= 200
        assert len(image.convert("RGB").getcolors(1 << 24)) > 20
    notebook = nbformat.read(tmp_path / "out" / "session.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source == f"**Request:** {request}"
    assert any("savefig" in cell.source for cell in notebook.cells if cell.cell_type == "code")


def test_an_excel_conversion_and_a_second_request_about_it(ask, tmp_path):
    (tmp_path / "sales.csv").write_text(SALES)
    ended = ask(
        "-f",
        "sales.csv",
        "--json",
        "Convert sales.csv to an Excel file named sales.xlsx.",
        "How many rows does it have?",
    )
    assert ended.status == 0, ended.err
    document = json.loads(ended.out)
    assert {turn["request"] for turn in document["turns"]} == {0, 1}
    assert "6" in document["answer"].split("\n\n")[-1]
    with zipfile.ZipFile(tmp_path / "sales.xlsx") as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - the sandbox wrote it
    assert len(sheet.findall(".//{*}sheetData/{*}row")) == 7


def test_a_model_that_cannot_program_fails_honestly(ask):
    ended = ask(
        "-m", "smollm2-135m-instruct", "--max-turns", "2", "--json", "--seed", "3", "Reverse the word '\udcff'."
    )
    document = json.loads(ended.out)
    assert (ended.status, document["status"]) in {(0, "ok"), (1, "failed"), (3, "failed")}
    assert document["answer"]
    assert document["model"]["name"] == "smollm2-135m-instruct"


def test_a_request_longer_than_the_context_is_wrong_usage(ask):
    ended = ask("--n-ctx", "2048", "word " * 3000)
    assert (ended.status, ended.out) == (2, "")
    assert "it does not fit the model's context of 2048" in ended.err
    assert ended.err.count("\n") == 1


def test_a_context_that_makes_no_sense_is_wrong_usage(ask):
    for n_ctx in ("10", "999999999"):
        ended = ask("--n-ctx", n_ctx, "Do it")
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.count("\n") == 1


@pytest.mark.parametrize("delay_s", [0.0, 0.3, 1.0, 2.0, 5.0])
def test_ctrl_c_at_any_point(tmp_path, delay_s):
    code = (
        "import sys; from offline_ci.cli.main import main; print('go', flush=True);"
        "main(['ask', '--json', 'Write a program that prints the first 5000 prime numbers, each with a long comment.'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "go\n"
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    if out:
        assert json.loads(out)["status"] == "interrupted"
    else:
        assert err == "offline-ci: Interrupted.\n"
    assert list(tmp_path.iterdir()) == []
