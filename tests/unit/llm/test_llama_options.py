import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import UsageError
from offline_ci.llm.llama_options import DEFAULTS, VARIABLE, LlamaOptions, from_environment, parse


def test_llama_cpps_names_long_and_short():
    long = parse(
        ["flash-attn=on", "cache-type-k=q8_0", "cache-type-v=q4_0", "threads=3", "tensor-split=3,1", "numa=isolate"]
    )
    assert long == LlamaOptions(
        threads=3, flash_attn="on", cache_type_k="q8_0", cache_type_v="q4_0", tensor_split=(3, 1), numa="isolate"
    )
    assert parse(["-fa=on", "-ctk=q8_0", "ctv=q4_0", "t=3", "-ts=3/1", "--numa=isolate"]) == long
    assert parse(["mlock", "no-mmap", "mg=1"]) == LlamaOptions(mlock=True, mmap=False, main_gpu=1)


def test_later_ones_win_and_the_rest_is_the_bases():
    base = parse(["t=3", "fa=on"])
    assert parse(["t=4", "t=5"], base) == LlamaOptions(threads=5, flash_attn="on")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("colour=red", "llama.cpp's 'colour' cannot be set here. There are: threads, flash-attn, "),
        ("", "llama.cpp's '' cannot be set here"),
        ("fa=perhaps", "flash-attn=perhaps makes no sense. Give: auto, on, off."),
        ("ctk=q5_1", "cache-type-k=q5_1 makes no sense. Give: f16, q8_0, q4_0."),
        ("t=0", "0 threads cannot compute"),
        ("t=-1", "threads=-1 makes no sense"),
        ("t=9999999", "threads=9999999 makes no sense"),
        ("ts=0,0", "tensor-split=0,0 makes no sense. Give: a number for each GPU, for example 3,1."),
        ("ts=nan", "tensor-split=nan makes no sense"),
        ("mlock=maybe", "mlock=maybe makes no sense. Give: on, off."),
    ],
)
def test_what_makes_no_sense_is_refused(setting, message):
    with pytest.raises(UsageError) as refused:
        parse([setting])
    assert message in str(refused.value)


def test_a_quantised_value_cache_needs_flash_attention():
    assert parse(["ctv=q8_0"]).uses_flash_attn(on_gpu=False)
    assert not parse(["ctk=q8_0"]).uses_flash_attn(on_gpu=False)
    with pytest.raises(UsageError, match="values of q8_0 needs flash attention, which is to be off"):
        parse(["ctv=q8_0", "fa=off"])


def test_by_default_flash_attention_is_for_gpus():
    assert (DEFAULTS.uses_flash_attn(on_gpu=True), DEFAULTS.uses_flash_attn(on_gpu=False)) == (True, False)
    assert not parse(["fa=off"]).uses_flash_attn(on_gpu=True)


def test_the_caches_size():
    assert DEFAULTS.kv_scale == 1
    assert parse(["ctk=q8_0", "ctv=q8_0"]).kv_scale == 8.5 / 16
    assert parse(["ctk=q4_0"]).kv_scale == (4.5 + 16) / 32


def test_the_environment(monkeypatch):
    monkeypatch.setenv(VARIABLE, " -fa=on  t=2 ")
    assert from_environment() == LlamaOptions(threads=2, flash_attn="on")
    monkeypatch.delenv(VARIABLE)
    assert from_environment() == DEFAULTS


@given(
    st.builds(
        LlamaOptions,
        threads=st.none() | st.integers(1, 999),
        flash_attn=st.sampled_from(["auto", "on"]),
        cache_type_k=st.sampled_from(["f16", "q8_0", "q4_0"]),
        cache_type_v=st.sampled_from(["f16", "q8_0", "q4_0"]),
        main_gpu=st.none() | st.integers(0, 7),
        tensor_split=st.just(()) | st.tuples(st.integers(1, 9).map(float), st.integers(0, 9).map(float)),
        mmap=st.booleans(),
        mlock=st.booleans(),
        numa=st.sampled_from(["off", "distribute", "isolate", "numactl"]),
    )
)
def test_written_out_and_read_back(options):
    assert parse(str(options).split()) == options
