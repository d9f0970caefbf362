import struct
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_ci.errors import ModelLoadError
from offline_ci.llm.gguf import read_gguf
from support.gguf_bytes import LLAMA, TENSORS, gguf, pair, string, tensor

HUGE = 1 << 60


@pytest.fixture
def reading(tmp_path):
    def read(data: bytes):
        path = tmp_path / "m.gguf"
        path.write_bytes(data)
        return read_gguf(path)

    return read


def test_reads_what_the_header_says(reading, tmp_path):
    info = reading(gguf())
    assert (info.path, info.version, info.file_bytes) == (tmp_path / "m.gguf", 3, len(gguf()))
    assert (info.architecture, info.quantization, info.licence) == ("llama", "Q4_0", "mit")
    assert (info.n_layer, info.n_ctx_train, info.n_embd, info.n_head_kv, info.n_vocab) == (2, 512, 64, 2, 1500)
    assert info.n_params == 64 * 3 + 64 * 2
    assert info.kv_bytes_per_token == 2 * 2 * 2 * (16 + 16)
    assert info.chat_template == "{{ messages }}"
    assert info.n_files == 1


def test_names_cannot_carry_terminal_codes(reading):
    assert reading(gguf()).model_name == "Tiny [31mred"


def test_says_what_it_does_not_know(reading):
    info = reading(gguf(pairs=(), tensors=(tensor("a", [4]),), data_bytes=16))
    assert (info.architecture, info.quantization, info.n_layer, info.n_ctx_train) == ("unknown", "F32", 0, 0)
    assert info.chat_template is None


def test_takes_the_largest_of_values_per_layer(reading):
    pairs = (*LLAMA[:8], pair("llama.attention.head_count_kv", "[]u32", [1, 4, 2]))
    assert reading(gguf(pairs)).n_head_kv == 4


def test_explicit_head_widths_count(reading):
    pairs = (*LLAMA, pair("llama.attention.key_length", "u32", 100), pair("llama.attention.value_length", "u32", 28))
    assert reading(gguf(pairs)).kv_bytes_per_token == 2 * 2 * 2 * 128


def test_nonsense_numbers_count_as_absent(reading):
    pairs = (*LLAMA, pair("llama.context_length", "i32", -5), pair("llama.block_count", "str", "two"))
    info = reading(gguf(pairs))
    assert (info.n_ctx_train, info.n_layer) == (0, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n", "it is a PNG picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer, not the model itself"),
        (b"<!doctype html><html>", "it is a web page"),
        (
            struct.pack("<Q", 300) + b'{"__metadata__":',
            "it is a safetensors file; llama.cpp needs it converted to GGUF",
        ),
        (b"hello, world", "it begins with b'hell' instead of b'GGUF'"),
        (b"GGUF", "it ends inside its header (at byte 4)"),
        (gguf()[:300], "it ends inside its header (at byte 300)"),
        (gguf(data_bytes=100), f"it is cut short: {len(gguf(data_bytes=100)):,} bytes of {len(gguf()):,}"),
        (gguf(version=1), "its format version is 1, and 2 and 3 are known"),
        (gguf(version=3 << 24), "it is big-endian, made for another kind of machine"),
        (gguf(n_pairs=HUGE), f"it claims {HUGE:,} metadata entries (at most 4,096 are plausible)"),
        (gguf(n_tensors=HUGE), f"it claims {HUGE:,} tensors (at most 262,144 are plausible)"),
        (gguf(pairs=(struct.pack("<Q", HUGE),)), f"it claims {HUGE:,} bytes in one string"),
        (gguf(pairs=(string("k") + struct.pack("<I", 99),)), "the value of 'k' has the unknown type 99"),
        (gguf(pairs=(string("k") + struct.pack("<IIQ", 9, 9, 1),)), "the elements of 'k' have the unknown type 9"),
        (gguf(pairs=(string("k") + struct.pack("<IIQ", 9, 0, HUGE),)), f"it claims {HUGE:,} elements in 'k'"),
        (
            gguf(pairs=(string("k") + struct.pack("<IIQQ", 9, 8, 2000, HUGE),)),
            f"it claims {HUGE:,} bytes in one string",
        ),
        (gguf(pairs=(pair("general.alignment", "u32", 0),)), "its alignment is 0"),
        (gguf(pairs=(pair("split.count", "u64", 1 << 40),)), f"one of {1 << 40:,} files"),
        (gguf(tensors=(string("t") + struct.pack("<I", 7),)), "the tensor 't' has 7 dimensions"),
        (gguf(tensors=(tensor("t", [1 << 40, 1 << 40]),)), f"the tensor 't' has {1 << 80:,} elements"),
        (gguf(tensors=(tensor("t", [32], offset=1 << 40),)), "it is cut short"),
    ],
)
def test_refuses_with_the_reason(reading, tmp_path, data, reason):
    with pytest.raises(ModelLoadError) as caught:
        reading(data)
    assert reason in caught.value.message
    assert str(tmp_path / "m.gguf") in caught.value.message
    assert "offline-ci models list" in caught.value.hint


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(ModelLoadError, match=r"none\.gguf cannot be read: no such file or directory"):
        read_gguf(tmp_path / "none.gguf")
    with pytest.raises(ModelLoadError, match="cannot be read: it is a directory"):
        read_gguf(tmp_path)


def test_a_lying_header_costs_no_memory(reading):
    data = gguf(pairs=(string("k") + struct.pack("<IIQ", 9, 8, 1 << 24),), n_tensors=1 << 18)
    tracemalloc.start()
    with pytest.raises(ModelLoadError):
        reading(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6), st.integers(0, 4000))
def test_damage_is_a_model_load_error_or_nothing(tmp_path, changes, length):
    data = bytearray(gguf(pairs=(*LLAMA[:9], pair("x", "[]str", ["a"] * 4)), tensors=TENSORS))
    for position, value in changes:
        data[position % len(data)] = value
    path = tmp_path / "damaged.gguf"
    path.write_bytes(data[:length] if length < 2000 else data)
    try:
        info = read_gguf(path)
    except ModelLoadError as error:
        assert error.hint  # noqa: PT017 - either outcome is right
    else:
        assert info.n_params >= 0


def test_a_mixture_of_experts_reads_only_some_of_its_weights(reading):
    experts = (
        pair("general.architecture", "str", "x"),
        pair("x.expert_count", "u32", 8),
        pair("x.expert_used_count", "u32", 2),
    )
    tensors = (tensor("attn", [100]), tensor("blk.0.ffn_up_exps.weight", [300], offset=400))
    info = reading(gguf(experts, tensors, data_bytes=1600))
    assert info.active_share == pytest.approx((100 + 300 * 2 / 8) / 400)
    assert reading(gguf()).active_share == 1.0


def test_only_layers_with_attention_have_a_cache(reading):
    hybrid = (
        pair("general.architecture", "str", "x"),
        pair("x.block_count", "u32", 4),
        pair("x.embedding_length", "u32", 64),
        pair("x.attention.head_count", "u32", 4),
        pair("x.attention.head_count_kv", "[]u32", [0, 2, 0, 2]),
    )
    assert reading(gguf(hybrid)).kv_bytes_per_token == 2 * 4 * (16 + 16)


def test_what_a_file_is_for_is_read(reading):
    info = reading(gguf((pair("general.type", "str", "adapter"), pair("split.no", "u32", 2), *LLAMA)))
    assert (info.kind, info.file_index, info.n_tensors, info.pooling, info.is_causal) == ("adapter", 2, 2, 0, True)
    assert info.unnamed == ()
    odd = reading(gguf((*LLAMA[:3], pair("general.file_type", "u32", 99)), (*TENSORS, tensor("c", [64], 77))))
    assert odd.unnamed == ("file type 99", "tensor type 77")
