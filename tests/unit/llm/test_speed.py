import json

import pytest

from offline_ci import _env
from offline_ci.llm.speed import Speed, last, remember

SPEED = Speed("tiny", 1000, 12.5, 90.0, 2, "abc", 0)


def test_the_last_measurement_is_kept():
    assert last() is None
    remember(SPEED)
    remember(Speed("other", 2000, 6.0, 45.0, 2, "abc", 33))
    assert last() == Speed("other", 2000, 6.0, 45.0, 2, "abc", 33)


@pytest.mark.parametrize(
    "change",
    [
        {"tokens_per_s": "fast"},
        {"tokens_per_s": 0},
        {"prompt_tokens_per_s": None},
        {"file_bytes": 0},
        {"n_threads": -1},
        {"gpu_layers": True},
        {"model": 3},
        {"more": 1},
    ],
)
def test_a_damaged_measurement_is_none(change):
    remember(SPEED)
    file = _env.home() / "cache" / "speed.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert last() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000])
def test_what_is_no_measurement_is_none(text):
    remember(SPEED)
    (_env.home() / "cache" / "speed.json").write_text(text)
    assert last() is None


def test_a_home_that_cannot_be_written_to_costs_only_the_memory(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path / "file"))
    remember(SPEED)
    assert last() is None
