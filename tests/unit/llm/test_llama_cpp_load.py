import subprocess
import sys
from dataclasses import replace

import pytest

from offline_ci.errors import ModelLoadError, UsageError
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_cpp_load import choose_n_ctx, gpu_plans
from support.gguf_bytes import gguf

PLENTY = 1 << 40


@pytest.fixture
def info(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf())
    return replace(read_gguf(path), n_ctx_train=32768, kv_bytes_per_token=28672)


def test_the_default_context_is_what_was_trained_up_to_16k(info):
    assert choose_n_ctx(None, info, PLENTY) == 16384
    assert choose_n_ctx(None, replace(info, n_ctx_train=8192), PLENTY) == 8192
    assert choose_n_ctx(None, replace(info, n_ctx_train=0), PLENTY) == 4096


def test_the_default_context_shrinks_to_the_memory(info):
    assert choose_n_ctx(None, info, 28672 * 5000) == 4096
    with pytest.raises(
        ModelLoadError, match=r"m\.gguf does not fit the memory: a context of 2,048 tokens takes 0\.1 GB"
    ):
        choose_n_ctx(None, info, 28672 * 1000)


def test_a_wish_is_taken_as_it_is(info):
    assert choose_n_ctx(32768, info, PLENTY) == 32768
    assert choose_n_ctx(300, info, PLENTY) == 300


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (32769, r"32,769 tokens is more than the 32,768 that m\.gguf was trained for\. Give --n-ctx 32768 or less\."),
        (255, r"255 tokens holds no request\. Give --n-ctx 256 or more\."),
        (0, "0 tokens holds no request"),
        (-5, "-5 tokens holds no request"),
    ],
)
def test_a_senseless_wish_is_refused(info, wish, message):
    with pytest.raises(UsageError, match=message):
        choose_n_ctx(wish, info, PLENTY)


def test_a_wish_beyond_the_memory_is_refused(info):
    with pytest.raises(ModelLoadError, match="smaller --n-ctx"):
        choose_n_ctx(32768, info, 1 << 20)


def test_offloads_all_then_less_then_nothing():
    assert list(gpu_plans("auto", 28, supported=True)) == [29, 21, 14, 7, 0]
    assert list(gpu_plans("auto", 28, supported=False)) == [0]


def test_a_number_of_layers_is_tried_as_it_is():
    assert list(gpu_plans(5, 28, supported=True)) == [5]
    assert list(gpu_plans(99, 28, supported=True)) == [29]
    assert list(gpu_plans(5, 28, supported=False)) == [0]
    with pytest.raises(UsageError, match="-1 GPU layers make no sense"):
        list(gpu_plans(-1, 28, supported=True))


def test_llama_cpp_is_only_imported_when_a_model_is_loaded():
    code = (
        "import sys, offline_ci.llm.llama_cpp, offline_ci.llm.scripted\n"
        "assert not {'llama_cpp', 'numpy', 'jinja2'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
