"""Less on the GPUs after a failed allocation: the arithmetic is the real one, the memory is a number."""

from dataclasses import replace

import pytest

from offline_ci.errors import ModelLoadError
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_cpp_load import Loaded, _with_fewer_layers
from offline_ci.llm.llama_cpp_plan import Settings
from support.gguf_bytes import gguf
from support.recorded_devices import LLVMPIPE, TWO_3090


@pytest.fixture
def info(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf())
    return replace(read_gguf(path), n_layer=28, layer_bytes=(*[200 << 20] * 28, 400 << 20))


def load(
    info, devices, room, *, gpu_layers="auto", message="ggml_vulkan: Device memory allocation failed: out of memory"
):
    def once(offload):
        if offload.n_layers > room:
            raise ModelLoadError(message)
        return Loaded(None, offload)

    settings = Settings(2048, gpu_layers, use_extra_bufts=True, devices=devices)
    return _with_fewer_layers(info, settings, lambda: False, once)


def test_what_fits_is_not_spoken_of(info):
    loaded = load(info, TWO_3090, 29)
    assert (loaded.offload.n_layers, loaded.notices) == (29, ())
    assert load(info, LLVMPIPE, 0).notices == ()


def test_each_step_is_told_in_one_line(info):
    loaded = load(info, TWO_3090, 15)
    assert loaded.offload.n_layers == 14
    gpu = "CUDA0 (NVIDIA GeForce RTX 3090)"
    assert loaded.notices[:2] == (
        f"There was no memory for 29 of 29 layers on {gpu} after all; trying 21 of 29 layers on {gpu}.",
        f"There was no memory for 21 of 29 layers on {gpu} after all; trying 14 of 29 layers on {gpu}.",
    )
    assert loaded.notices[2].startswith(f"The model runs on 14 of 29 layers on {gpu}: CUDA0 has 25.0 GB free")
    assert load(info, TWO_3090, 0).notices[3].endswith("after all; trying the processor alone.")


def test_after_another_failure_only_the_processor_is_tried(info):
    loaded = load(info, TWO_3090, 0, message="vk::Device::createComputePipeline: ErrorUnknown")
    gpu = "CUDA0 (NVIDIA GeForce RTX 3090)"
    assert loaded.notices[0] == f"llama.cpp failed on 29 of 29 layers on {gpu}; trying the processor alone."
    with pytest.raises(ModelLoadError, match="cannot be loaded by llama"):
        load(info, TWO_3090, -1, message="unsupported operation")


def test_a_number_of_layers_that_does_not_fit_is_an_error(info):
    with pytest.raises(ModelLoadError, match=r"GPU's memory with 20 layers there\. Give --gpu-layers auto"):
        load(info, TWO_3090, 10, gpu_layers=20)
    assert load(info, TWO_3090, 20, gpu_layers=20).offload.n_layers == 20
