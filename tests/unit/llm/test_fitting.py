import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_ci.llm.capacity import machine_with
from offline_ci.llm.devices import usable_gpus
from offline_ci.llm.fitting import CPU_ONLY, Need, Offload, fewer, fit, need_of, place, share
from offline_ci.llm.gguf import GgufInfo, read_gguf
from offline_ci.llm.llama_cpp_library import is_built_for_gpu
from offline_ci.llm.llama_cpp_look import look
from support.gguf_bytes import F32, Q4_0, gguf, tensor
from support.recorded_devices import GIB, H200, LLVMPIPE, M2, MIB, RADEON_780M, RTX_4060, TWO_3090

PLENTY = 64 * GIB


def qwen(size, n_layer, layer_bytes, output_bytes, *, n_embd, n_ff, n_head, n_head_kv):
    """A Qwen2.5-Coder Q4_K_M, from its header."""
    return GgufInfo(
        path=None, version=3, file_bytes=size, architecture="qwen2", model_name="", quantization="Q4_K_M", n_params=0,
        n_layer=n_layer, n_ctx_train=32768, n_embd=n_embd, n_ff=n_ff, n_head=n_head, n_head_kv=n_head_kv,
        n_vocab=152064, kv_bytes_per_token=2 * n_layer * n_head_kv * 2 * (n_embd // n_head), chat_template=None,
        licence="", n_files=1, file_index=0, kind="model", n_tensors=1, active_share=1.0, pooling=0, is_causal=True,
        unnamed=(), layer_bytes=(*[layer_bytes] * n_layer, output_bytes),
    )  # fmt: skip


QWEN_1_5B = qwen(1_117_320_768, 28, 31_450_000, 191_400_000, n_embd=1536, n_ff=8960, n_head=12, n_head_kv=2)
QWEN_7B = qwen(4_683_073_536, 28, 140_700_000, 447_100_000, n_embd=3584, n_ff=18944, n_head=28, n_head_kv=4)
QWEN_32B = qwen(19_851_335_840, 64, 288_500_000, 638_700_000, n_embd=5120, n_ff=27648, n_head=40, n_head_kv=8)


def need(model, n_ctx=16384, *, kv_scale=1.0, flash_attn=True):
    return need_of(model, n_ctx, kv_scale=kv_scale, flash_attn=flash_attn)


@pytest.mark.parametrize(
    ("model", "n_ctx", "devices", "expected"),
    [
        (QWEN_1_5B, 16384, RTX_4060, {"CUDA0": 29}),
        (QWEN_7B, 16384, RTX_4060, {"CUDA0": 29}),
        (QWEN_7B, 32768, RTX_4060, {"CUDA0": 27}),
        (QWEN_32B, 16384, RTX_4060, {"CUDA0": 16}),
        (QWEN_7B, 16384, TWO_3090, {"CUDA0": 29}),
        (QWEN_32B, 16384, TWO_3090, {"CUDA0": 65}),
        (QWEN_32B, 32768, TWO_3090, {"CUDA0": 34, "CUDA1": 31}),
        (QWEN_1_5B, 16384, M2, {"MTL0": 29}),
        (QWEN_7B, 16384, M2, {"MTL0": 17}),
        (QWEN_7B, 16384, RADEON_780M, {"Vulkan0": 29}),
        (QWEN_32B, 32768, H200, {"CUDA0": 65}),
        (QWEN_1_5B, 16384, LLVMPIPE, {}),
    ],
)
def test_what_goes_where(model, n_ctx, devices, expected):
    gpus = usable_gpus(devices)
    offload = fit(need(model, n_ctx), gpus, PLENTY)
    names = {device.index: device.name for device in devices}
    assert {names[i]: n for i, n in zip(offload.devices, offload.shares, strict=True)} == expected


def test_a_smaller_context_and_a_smaller_cache_make_room():
    gpus = usable_gpus(RTX_4060)
    some = fit(need(QWEN_32B), gpus, PLENTY).n_layers
    assert fit(need(QWEN_32B, 4096), gpus, PLENTY).n_layers > some
    assert fit(need(QWEN_32B, kv_scale=4.5 / 16), gpus, PLENTY).n_layers > some
    assert fit(need(QWEN_32B, flash_attn=False), gpus, PLENTY).n_layers < some


def test_where_memory_is_shared_what_others_use_counts():
    gpus = usable_gpus(RADEON_780M)
    assert fit(need(QWEN_7B), gpus, 7 * GIB).n_layers < 29
    assert fit(need(QWEN_7B), gpus, 2 * GIB) == CPU_ONLY


def test_a_split_is_taken_as_it_is():
    gpus = usable_gpus(TWO_3090)
    assert fit(need(QWEN_7B), gpus, PLENTY, split=(3, 1)) == Offload((0, 1), (22, 7))
    assert fit(need(QWEN_7B), gpus, PLENTY, split=(0, 1)) == Offload((1,), (29,))


def test_a_number_of_layers_is_placed_even_where_it_seems_too_many():
    gpus = usable_gpus(RTX_4060)
    assert place(need(QWEN_32B), gpus, 60, PLENTY, ()) == Offload((0,), (60,))
    assert place(need(QWEN_7B), gpus, 99, PLENTY, ()) == Offload((0,), (29,))
    assert place(need(QWEN_7B), gpus, 0, PLENTY, ()) == CPU_ONLY
    assert place(need(QWEN_7B), [], 5, PLENTY, ()) == CPU_ONLY
    silent = dataclasses.replace(gpus[0], free_bytes=0, total_bytes=0)
    assert place(need(QWEN_7B), [silent], 5, PLENTY, ()) == Offload((0,), (5,))


def test_what_could_not_be_allocated_is_tried_with_less():
    gpus = usable_gpus(RTX_4060)
    tries = [offload.n_layers for offload in fewer(24, lambda most: fit(need(QWEN_7B), gpus, PLENTY, most=most))]
    assert tries == [18, 12, 6, 0]
    assert [offload.n_layers for offload in fewer(1, lambda most: fit(need(QWEN_7B), gpus, PLENTY, most=most))] == [0]


@settings(max_examples=40)
@given(
    n_layers=st.integers(1, 130),
    weights=st.lists(st.integers(0, 1 << 38), min_size=1, max_size=8).filter(any),
)
def test_every_layer_goes_somewhere_and_none_to_a_device_without_weight(n_layers, weights):
    counts = share(n_layers, weights)
    assert sum(counts) == n_layers
    assert all(weight or not count for weight, count in zip(weights, counts, strict=True))
    # Counts as weights give themselves: what was computed here is what llama.cpp does with it.
    assert share(n_layers, counts) == counts


@settings(max_examples=25)
@given(free=st.lists(st.integers(0, 48 * GIB), min_size=1, max_size=4), n_ctx=st.integers(256, 32768))
def test_what_fits_fits(free, n_ctx):
    wanted = need(QWEN_32B, n_ctx)
    gpus = [dataclasses.replace(H200[0], index=i, free_bytes=n, total_bytes=n) for i, n in enumerate(free)]
    offload = fit(wanted, gpus, PLENTY)
    first = wanted.everything - offload.n_layers
    for index, count in zip(offload.devices, offload.shares, strict=True):
        assert wanted.takes(first, first + count) <= gpus[index].budget_bytes(PLENTY)
        first += count


def test_a_file_says_what_its_layers_take(tmp_path):
    path = tmp_path / "m.gguf"
    names = ("token_embd.weight", "blk.0.a", "blk.0.b", "blk.1.a", "output_norm.weight")
    tensors = tuple(tensor(name, [64, 2], Q4_0 if name == "blk.1.a" else F32) for name in names)
    path.write_bytes(gguf(tensors=tensors))
    info = read_gguf(path)
    # No output matrix: the output layer has a copy of the embedding.
    assert info.layer_bytes == (1024, 72, 512 + 512)
    split = dataclasses.replace(info, n_files=3, file_bytes=2000)
    assert need_of(split, 256, kv_scale=1, flash_attn=True).layer_bytes == (3000, 3000, 3000)
    assert Need((5, 7, 3), 100, 10).takes(1, 3) == 7 + 3 + 100 + 10
    assert MIB < need_of(info, 256, kv_scale=1, flash_attn=True).compute_bytes < 128 * MIB


def test_the_room_of_gpus_counts_once():
    """For the catalogue's choice: what the processor and a GPU share is not there twice."""
    for devices, available, gpu in ((RTX_4060, 16 * GIB, 6.0), (M2, 6 * GIB, 3.3), (LLVMPIPE, 16 * GIB, 0)):
        machine = machine_with(usable_gpus(devices), available)
        assert machine.gpu_bytes / GIB == pytest.approx(gpu, abs=0.1)
        expected = available if devices is not M2 else available - machine.gpu_bytes
        assert machine.available_bytes == expected


def test_whether_a_build_is_for_gpus_shows_in_its_files():
    assert is_built_for_gpu() == (set(look().backends) - {"CPU", "BLAS"} != set())
