"""``models list``, ``recommend``, and the cautions of ``add`` and ``info``."""

import json

import pytest

from offline_ci.artifacts.catalog import catalog
from offline_ci.cli import models_choice
from offline_ci.cli.format import fitted_table, short_size
from offline_ci.llm import capacity
from offline_ci.llm.speed import Speed, remember
from support.gguf_bytes import LLAMA, gguf, pair

GB = 10**9
DEFAULT = "qwen2.5-coder-1.5b-instruct"
TABLE = """\
NAME                         PARAMS  QUANT     SIZE  HERE  FITS   TOKENS/S  HUMANEVAL  LICENCE
smollm2-135m-instruct          135M  Q4_1     98 MB  -     yes          98          -  Apache-2.0
qwen2.5-coder-0.5b-instruct    0.5B  Q4_K_M  491 MB  -     yes          33       61.6  Apache-2.0
qwen2.5-coder-1.5b-instruct    1.5B  Q4_K_M  1.1 GB  -     yes          16       70.7  Apache-2.0
qwen2.5-coder-3b-instruct        3B  Q4_K_M  2.1 GB  -     yes         8.8       84.1  Qwen-Research
phi-4-mini-instruct            3.8B  Q4_K_M  2.5 GB  -     yes         7.5          -  MIT
granite-4.0-h-tiny               7B  Q4_K_M  4.2 GB  -     yes          28       83.0  Apache-2.0
qwen2.5-coder-7b-instruct      7.6B  Q4_K_M  4.7 GB  -     yes         4.1       88.4  Apache-2.0
yi-coder-9b-chat               8.8B  Q4_K_M  5.3 GB  -     yes         3.6       85.4  Apache-2.0
qwen2.5-coder-14b-instruct    14.8B  Q4_K_M  9.0 GB  -     tight       2.1       89.6  Apache-2.0
phi-4                         14.7B  Q4_K_M  9.1 GB  -     tight       2.1       82.6  MIT
deepseek-coder-v2-lite        15.7B  Q4_K_M  ≈10 GB  -     tight        12       81.1  DeepSeek
qwen3-coder-30b-a3b           30.5B  Q4_K_M   19 GB  -     no            ?          -  Apache-2.0
qwen2.5-coder-32b-instruct    32.8B  Q4_K_M   20 GB  -     no            ?       92.7  Apache-2.0

Where none is named, qwen2.5-coder-1.5b-instruct is used. `offline-ci models pull NAME` gets one.
TOKENS/S are estimates: qwen2.5-coder-1.5b-instruct wrote 16.0 a second when it was measured here.
"""


@pytest.fixture(autouse=True)
def _twelve_gigabytes(monkeypatch):
    monkeypatch.setattr(capacity, "available_memory_bytes", lambda: 12 * GB)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def measured():
    remember(Speed(DEFAULT, 1_117_320_768, 16.0, 95.0, 2, "build", 0))


def test_the_table_at_a_hundred_columns(cli, measured):
    listed = cli("models", "list").out
    assert listed == TABLE
    assert max(map(len, listed.splitlines())) <= 100


def test_unknown_speed_is_not_guessed(cli):
    listed = cli("models", "list").out
    assert "  ?  " in listed.splitlines()[1]
    assert listed.endswith("is unknown; `offline-ci doctor --measure` measures it.\n")


@pytest.mark.parametrize(
    ("columns", "last"), [(64, "FITS"), (80, "TOKENS/S"), (85, "HUMANEVAL"), (100, "LICENCE"), (200, "DESCRIPTION")]
)
def test_columns_that_do_not_fit_are_left_out(cli, monkeypatch, columns, last):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = cli("models", "list").out.splitlines()[:14]
    assert lines[0].endswith(last)
    assert max(map(len, lines)) <= columns


def test_the_list_as_a_document(cli, measured):
    document = json.loads(cli("models", "list", "--json").out)
    assert document["default"] == DEFAULT
    assert document["machine"] == {
        "available_bytes": 12 * GB,
        "gpu_bytes": 0,
        "measured": {"model": DEFAULT, "tokens_per_s": 16.0},
    }
    models = {model["name"]: model for model in document["models"]}
    assert list(models) == list(catalog().models)
    assert models["deepseek-coder-v2-lite"]["sha256"] is None
    assert models["qwen2.5-coder-32b-instruct"]["fits"] == "too large"
    assert models["qwen2.5-coder-32b-instruct"]["tokens_per_s"] is None
    assert models[DEFAULT]["humaneval"] == 70.7
    assert len({frozenset(model) for model in models.values()}) == 1


def test_the_best_that_is_fast_enough_is_recommended(cli, measured):
    said = cli("models", "recommend").out
    assert said.startswith(
        "qwen2.5-coder-3b-instruct: the best published HumanEval (84.1) of the models that fit 12.0 GB of memory with "
        "room to spare and write 5 tokens/s or more (it: about 8.8). Read its licence first (Qwen-Research)"
    )
    assert "Get it:     offline-ci models pull qwen2.5-coder-3b-instruct\n" in said
    assert "Then:       granite-4.0-h-tiny (4.2 GB, HumanEval 83.0, about 28 tokens/s, Apache-2.0)\n" in said
    assert "Here:" not in said


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ([], "qwen2.5-coder-7b-instruct"),
        (["--memory", "2.2"], "qwen2.5-coder-0.5b-instruct"),
        (["--memory", "80"], "qwen2.5-coder-32b-instruct"),
    ],
)
def test_without_a_measurement_the_memory_decides(cli, options, name):
    said = cli("models", "recommend", *options).out
    assert said.startswith(f"{name}: the best published HumanEval")
    assert said.endswith("is unknown; `offline-ci doctor --measure` measures it.\n")


def test_a_smaller_speed_allows_a_larger_model(cli, measured):
    assert cli("models", "recommend", "--min-speed", "3").out.startswith("qwen2.5-coder-7b-instruct")


def test_where_nothing_fits_it_says_so(cli, measured):
    ended = cli("models", "recommend", "--memory", "1")
    assert (ended.status, ended.out) == (1, "")
    assert "No model with a published HumanEval fits 1.0 GB of memory" in ended.err
    document = json.loads(cli("models", "recommend", "--memory", "1", "--json").out)
    assert (document["recommended"], document["command"], document["runners_up"]) == (None, None, [])


@pytest.mark.parametrize("option", ["--memory", "--min-speed"])
@pytest.mark.parametrize("value", ["nan", "-1", "many"])
def test_a_number_is_needed(cli, option, value):
    assert cli("models", "recommend", option, value).status == 2
    assert cli("models", "recommend", "--memory", "inf").status == 2


def test_the_recommendation_as_a_document(cli, measured, tmp_path):
    (tmp_path / "mine.gguf").write_bytes(gguf())
    cli("models", "add", "mine.gguf")
    ended = cli("models", "recommend", "--json")
    document = json.loads(ended.out)
    assert (ended.status, document["recommended"]["name"]) == (0, "qwen2.5-coder-3b-instruct")
    assert document["command"] == "offline-ci models pull qwen2.5-coder-3b-instruct"
    assert document["runners_up"][0]["name"] == "granite-4.0-h-tiny"
    assert [model["name"] for model in document["here"]] == ["mine"]


def test_a_model_with_cautions_is_added_and_they_go_to_standard_error(cli, tmp_path):
    (tmp_path / "odd.gguf").write_bytes(gguf((*LLAMA, pair("llama.attention.causal", "bool", False))))
    ended = cli("models", "add", "odd.gguf")
    assert ended.status == 0
    assert ended.out.startswith("odd is ")
    assert [line.split(": ", 2)[1] for line in ended.err.splitlines()] == ["odd"] * 2
    assert "diffusion model" in ended.err
    assert "trained for 512 tokens" in ended.err
    told = cli("models", "info", "odd")
    assert told.err == ""
    assert told.out.count("\ncaution ") == 2
    assert "odd " in cli("models", "list").out


def test_what_cannot_write_is_not_added(refused, cli, tmp_path):
    adapter = (pair("general.type", "str", "adapter"), *LLAMA)
    (tmp_path / "lora.gguf").write_bytes(gguf(adapter))
    assert refused(4, "models", "add", "lora.gguf").startswith("lora.gguf is a LoRA adapter")
    assert "lora" not in cli("models", "list").out
    assert "It cannot be used: " in cli("models", "info", "lora.gguf").out


def test_info_tells_what_the_catalogue_knows(cli, measured):
    told = cli("models", "info", "granite-4.0-h-tiny").out
    for part in (
        "HumanEval     83.0 (published, unquantised: its model card)",
        "repository    ibm-granite/granite-4.0-h-tiny-GGUF at 08d5a8a9741d",
        "here: fits",
        "about 27.6 tokens/s",
    ):
        assert part in told
    later = cli("models", "info", "deepseek-coder-v2-lite").out
    assert "about 10.36 GB" in later
    assert "the hub's at the first pull, then held to" in later


def test_sizes_are_short():
    assert [short_size(n) for n in (500, 98_362_432, 999_600_000, 1_117_320_768, 9_949_999_999, 19_851_335_872)] == [
        *("500 bytes", "98 MB", "1.0 GB", "1.1 GB", "9.9 GB", "20 GB")
    ]


def test_a_long_name_moves_only_its_own_row():
    long = "x" * 40
    lines = fitted_table(("NAME", "SIZE", "NOTE"), [("a", "1", "n"), (long, "2", "m" * 90)], 100, right={"SIZE"})
    head, short, moved = lines.splitlines()
    assert head.index("NOTE") == short.index("n")
    assert moved.startswith(f"{long}     2  mmm")
    assert moved.endswith("…")


def test_every_verdict_has_a_word():
    assert set(models_choice._FITS) == {"fits", "tight", "too large", None}
