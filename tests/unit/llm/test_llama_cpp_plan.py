import subprocess
import sys
from dataclasses import replace

import pytest

from offline_ci.errors import ModelLoadError, UsageError
from offline_ci.llm.fitting import CPU_ONLY
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_cpp_plan import Settings, choose_n_ctx, draft, n_ctx_on_gpu, need_for, plans, remark
from offline_ci.llm.llama_cpp_settings import without_crash
from offline_ci.llm.llama_options import LlamaOptions
from support.gguf_bytes import gguf
from support.recorded_devices import GIB, LLVMPIPE, RTX_4060, TWO_3090

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


def settings(devices, gpu_layers="auto", n_ctx=2048, **options):
    return Settings(n_ctx, gpu_layers, use_extra_bufts=True, devices=devices, options=LlamaOptions(**options))


@pytest.fixture
def big(info):
    """28 blocks of 200 MB."""
    return replace(info, n_layer=28, layer_bytes=(*[200 << 20] * 28, 400 << 20))


def layers(big, *args, **options):
    return [offload.n_layers for offload in plans(big, settings(*args, **options))]


def test_auto_tries_what_fits_then_less_then_nothing(big):
    assert layers(big, TWO_3090) == [29, 21, 14, 7, 0]
    first, *rest = layers(big, RTX_4060)
    assert 20 < first < 29
    assert rest == [first * 3 // 4, first // 2, first // 4, 0]
    assert layers(big, LLVMPIPE) == layers(big, ()) == [0]


def test_a_number_of_layers_is_tried_as_it_is(big):
    assert layers(big, TWO_3090, 5) == [5]
    assert layers(big, RTX_4060, 99) == [29]
    assert layers(big, LLVMPIPE, 5) == [5]
    assert layers(big, (), 5) == layers(big, RTX_4060, 0) == [0]
    with pytest.raises(UsageError, match="-1 GPU layers make no sense"):
        layers(big, (), -1)


def test_one_gpu_or_a_split_can_be_asked_for(big):
    assert next(plans(big, settings(TWO_3090, main_gpu=1))).devices == (1,)
    assert next(plans(big, settings(TWO_3090, tensor_split=(1.0, 3.0)))).shares == (8, 21)
    assert next(plans(big, settings(TWO_3090, tensor_split=(1.0,)))).devices == (0,)
    for options in ({"main_gpu": 2}, {"tensor_split": (1.0, 1.0, 1.0)}):
        with pytest.raises(
            UsageError, match=r"There is no GPU 2\. There are: 0: CUDA0 \(NVIDIA GeForce RTX 3090\), 1: "
        ):
            layers(big, TWO_3090, **options)
    assert layers(big, (), main_gpu=2) == [0]


def test_a_default_context_shrinks_where_then_all_layers_fit(big):
    wide = replace(big, kv_bytes_per_token=28 * 6000)
    on_two = n_ctx_on_gpu(16384, wide, settings(TWO_3090))
    medium = replace(wide, layer_bytes=(*[130 << 20] * 28, 300 << 20))
    assert (on_two, n_ctx_on_gpu(16384, medium, settings(RTX_4060))) == (16384, 8192)
    # Where not even that helps, the context stays.
    assert n_ctx_on_gpu(16384, wide, settings(RTX_4060)) == 16384
    assert n_ctx_on_gpu(16384, medium, settings(())) == 16384
    assert n_ctx_on_gpu(16384, medium, settings(RTX_4060, 5)) == 16384


def test_the_memory_of_gpus_counts_for_the_context(big):
    wide = replace(big, kv_bytes_per_token=1 << 20)
    assert draft(wide, 32768, "auto", LlamaOptions(), TWO_3090, GIB).n_ctx == 32768
    for devices, gpu_layers in ((LLVMPIPE, "auto"), (TWO_3090, 0)):
        with pytest.raises(ModelLoadError, match=r"a context of 32,768 tokens takes 34\.4 GB"):
            draft(wide, 32768, gpu_layers, LlamaOptions(), devices, GIB)
    four = draft(big, 4096, "auto", LlamaOptions(), TWO_3090, GIB, n_seq=4)
    assert (four.n_ctx, four.n_seq) == (4096, 4)
    assert need_for(big, four).kv_bytes == 4 * need_for(big, replace(four, n_seq=1)).kv_bytes


def test_what_is_told(big):
    for devices, gpu_layers in ((TWO_3090, "auto"), (LLVMPIPE, "auto"), ((), "auto"), ((), 0), (TWO_3090, 5)):
        wanted = settings(devices, gpu_layers)
        assert remark(next(plans(big, wanted)), big, wanted) == ""
    wanted = settings(RTX_4060)
    said = remark(next(plans(big, wanted)), big, wanted)
    assert " of 29 layers on CUDA0 (NVIDIA GeForce RTX 4060 Laptop GPU): CUDA0 has 7.4 GB free. For more: " in said
    assert remark(CPU_ONLY, big, wanted).startswith("The model runs on the processor alone: ")
    assert "sees no GPU" in remark(CPU_ONLY, big, settings((), 5))


def test_llama_cpp_is_only_imported_when_a_model_is_loaded():
    code = (
        "import sys, offline_ci.llm.llama_cpp, offline_ci.llm.scripted\n"
        "assert not {'llama_cpp', 'numpy', 'jinja2'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_gpu_on_which_llama_cpp_crashes_is_not_used(big, tmp_path, monkeypatch):
    """The crash is real: llama.cpp aborts where it is given a device that it does not have."""
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path / "home"))
    broken = replace(RTX_4060[0], index=99)
    found = without_crash(big, settings((broken,)), "")
    assert (found.devices, found.gpu_layers) == ((), "auto")
    (warning,) = found.warnings
    assert warning.startswith("llama.cpp crashes with this model on CUDA0 (NVIDIA GeForce RTX 4060 Laptop GPU), so it ")
    # It is tried anew the next time: another program may have been at fault.
    assert not (tmp_path / "home").exists()
    assert without_crash(big, settings(()), "").warnings == ()
