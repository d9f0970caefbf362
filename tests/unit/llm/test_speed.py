import dataclasses
import json

import pytest

from offline_ci.llm import speed
from offline_ci.llm.speed import Speed

SPEED = Speed("qwen", 1_117_320_768, 14.5, 95.0, 2, "0123456789abcdef", 0)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path))
    return tmp_path / "cache" / "speed.json"


def test_what_is_remembered_is_the_last(file):
    assert speed.last() is None
    speed.remember(SPEED)
    assert speed.last() == SPEED
    faster = dataclasses.replace(SPEED, tokens_per_s=90)
    speed.remember(faster)
    assert speed.last() == faster
    assert [path.name for path in file.parent.iterdir()] == ["speed.json"]


GOOD = dataclasses.asdict(SPEED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        json.dumps({**GOOD, "more": 1}),
        json.dumps({key: value for key, value in GOOD.items() if key != "model"}),
        json.dumps({**GOOD, "tokens_per_s": "14"}),
        json.dumps({**GOOD, "tokens_per_s": True}),
        json.dumps({**GOOD, "tokens_per_s": float("nan")}),
        json.dumps({**GOOD, "tokens_per_s": -1.0}),
        json.dumps({**GOOD, "n_threads": 2.5}),
        json.dumps({**GOOD, "model": None}),
    ],
)
def test_a_damaged_file_is_no_measurement(file, text):
    file.parent.mkdir()
    file.write_text(text)
    assert speed.last() is None


def test_a_file_that_is_no_text_is_none_either(file):
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    assert speed.last() is None
