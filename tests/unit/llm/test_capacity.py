import math

import pytest

from offline_ci.artifacts.catalog import catalog
from offline_ci.llm.capacity import (
    Cost,
    Machine,
    cost_of_figures,
    cost_of_file,
    expected_tokens_per_s,
    memory_bytes,
    verdict,
)
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.speed import Speed
from support.gguf_bytes import gguf, pair

GB = 10**9
DEFAULT = Cost(1_117_320_768, 32768, 28672)
MEASURED = Speed("qwen2.5-coder-1.5b-instruct", 1_117_320_768, 16.0, 95.0, 2, "build", 0)


def test_memory_grows_with_the_context_up_to_what_the_model_was_trained_for():
    assert memory_bytes(DEFAULT, 8192) - memory_bytes(DEFAULT, 4096) == 4096 * 28672
    assert memory_bytes(Cost(GB, 8192, 1000), 99_999) == memory_bytes(Cost(GB, 8192, 1000), 8192)
    assert 1.8 * GB < memory_bytes(DEFAULT) < 2.0 * GB


@pytest.mark.parametrize(("gigabytes", "expected"), [(3.0, "fits"), (2.2, "tight"), (1.2, "too large")])
def test_the_default_model_on_machines_of_several_sizes(gigabytes, expected):
    assert verdict(DEFAULT, Machine(round(gigabytes * GB))) == expected


def test_memory_of_a_gpu_counts():
    large = Cost(20 * GB, 32768, 262144)
    assert verdict(large, Machine(16 * GB)) == "too large"
    assert verdict(large, Machine(16 * GB, gpu_bytes=24 * GB)) == "fits"


def test_the_speed_goes_with_the_bytes_that_a_token_reads():
    machine = Machine(64 * GB, speed=MEASURED)
    assert expected_tokens_per_s(DEFAULT, machine) == 16.0
    eightfold = Cost(8 * DEFAULT.weights_bytes, 32768, 28672)
    assert 2.0 < expected_tokens_per_s(eightfold, machine) < 2.2
    experts = Cost(10 * DEFAULT.weights_bytes, 32768, 28672, active_share=0.1)
    assert math.isclose(expected_tokens_per_s(experts, machine), 16.0)
    assert 8.0 < expected_tokens_per_s(DEFAULT, machine, measured_share=0.5) < 9.0


def test_a_very_small_model_is_as_much_faster_as_was_measured():
    small = Cost(98_362_432, 8192, 23040)
    assert 5.4 < expected_tokens_per_s(small, Machine(64 * GB, speed=MEASURED)) / 16.0 < 6.3


def test_nothing_is_guessed():
    assert expected_tokens_per_s(DEFAULT, Machine(64 * GB)) is None
    assert expected_tokens_per_s(DEFAULT, Machine(GB, speed=MEASURED)) is None, "it does not fit"
    on_gpu = Speed("m", GB, 100.0, 1000.0, 2, "build", 29)
    assert expected_tokens_per_s(DEFAULT, Machine(64 * GB, gpu_bytes=GB, speed=on_gpu)) is None, "not on the GPU"
    assert expected_tokens_per_s(DEFAULT, Machine(64 * GB, gpu_bytes=8 * GB, speed=on_gpu)) is not None


def test_the_default_model_costs_what_its_header_says():
    offered = catalog().models["qwen2.5-coder-1.5b-instruct"]
    assert cost_of_figures(offered.figures, 1_117_320_768) == DEFAULT


def test_a_file_costs_what_its_header_says(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf())
    info = read_gguf(path)
    assert cost_of_file(info) == Cost(path.stat().st_size, 512, 2 * 2 * 2 * 32, 1.0)


def test_all_parts_of_a_split_model_count(tmp_path):
    parts = [tmp_path / f"m-0000{n}-of-00002.gguf" for n in (1, 2)]
    for path in parts:
        path.write_bytes(gguf((*LLAMA_SPLIT,)))
    assert cost_of_file(read_gguf(parts[0])).weights_bytes == 2 * parts[0].stat().st_size


LLAMA_SPLIT = (pair("general.architecture", "str", "llama"), pair("split.count", "u32", 2))
