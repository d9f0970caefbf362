"""The report in a real browser: as people see it, by day and by night, on a narrow screen and on paper."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from offline_ci.bench.records import RunFolder
from offline_ci.bench.report import html_bytes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from browser import render  # noqa: E402 - a tool of ours, which is no package

RUNS = sorted((ROOT / "benchmarks" / "results" / "bench").glob("humaneval-*"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    assert len(RUNS) >= 3
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(html_bytes([RunFolder.read(run) for run in RUNS]))
    return path


def drawn(page, **options):
    out = page.with_name(f"{'-'.join(map(str, options.values())) or 'plain'}.png")
    render(page, out, **options)
    return np.asarray(Image.open(out).convert("RGB")).astype(int)


def test_by_day_it_is_light_and_has_its_charts(page):
    picture = drawn(page)
    assert np.median(picture) > 230
    assert 0.03 < (picture.min(axis=2) < 200).mean() < 0.5  # there is something on it, and room around it
    coloured = (picture.max(axis=2) - picture.min(axis=2)) > 60
    assert coloured.mean() > 0.005  # bars and squares


def test_by_night_it_is_dark_and_can_be_read(page):
    picture = drawn(page, dark=True)
    assert np.median(picture) < 60
    assert (picture.min(axis=2) > 150).mean() > 0.005  # the words


@pytest.mark.parametrize("width", [500, 1400])
def test_nothing_is_cut_off_at_the_side(page, width):
    picture = drawn(page, width=width)
    edge = picture[:, -4:]
    assert (np.abs(edge - np.median(picture, axis=(0, 1))).max(axis=2) < 12).all()


def test_on_paper_all_of_it_is_there(page, tmp_path):
    out = tmp_path / "report.pdf"
    render(page, out)
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(out).pages)
    assert "Scores" in text
    for run in map(RunFolder.read, RUNS):
        assert run.label in text
        assert run.header["suite_sha256"][:16] in text
