import dataclasses

import pytest

from offline_ci.llm.devices import usable_gpus
from support.recorded_devices import (
    CPU,
    GIB,
    H200,
    LAPTOP_VULKAN,
    LLVMPIPE,
    M2,
    RADEON_780M,
    RTX_4060,
    TWICE,
    TWO_3090,
)


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        (RTX_4060, ["CUDA0"]),
        (TWO_3090, ["CUDA0", "CUDA1"]),
        (M2, ["MTL0"]),
        (LAPTOP_VULKAN, ["Vulkan0"]),
        (RADEON_780M, ["Vulkan0"]),
        (H200, ["CUDA0"]),
        (TWICE, ["CUDA0"]),
        (LLVMPIPE, []),
        ((CPU,), []),
        ((), []),
    ],
    ids=["4060", "3090s", "m2", "igpu and gpu", "igpu", "h200", "one gpu twice", "software", "cpu", "nothing"],
)
def test_which_devices_a_model_should_go_to(devices, expected):
    assert [gpu.name for gpu in usable_gpus(devices)] == expected


def test_integrated_gpus_of_one_back_end_only():
    other = dataclasses.replace(RADEON_780M[0], name="SYCL0", backend="SYCL")
    assert [gpu.name for gpu in usable_gpus((RADEON_780M[0], other))] == ["Vulkan0"]


def test_what_a_model_may_take_leaves_a_margin():
    plenty = 64 * GIB
    rtx, mac, shared, big = RTX_4060[0], M2[0], RADEON_780M[0], H200[0]
    assert rtx.budget_bytes(0) == rtx.free_bytes - rtx.total_bytes // 8
    assert big.budget_bytes(0) == big.free_bytes - GIB
    assert mac.budget_bytes(plenty) == mac.free_bytes - 2 * GIB
    assert shared.budget_bytes(plenty) == shared.free_bytes - shared.total_bytes // 4
    # What others use of the memory that it shares is not there, whatever the driver says.
    assert shared.budget_bytes(6 * GIB) == 6 * GIB - shared.total_bytes // 4
    assert shared.budget_bytes(GIB) == 0


def test_a_device_that_does_not_tell_its_memory_gets_nothing():
    assert dataclasses.replace(RTX_4060[0], free_bytes=0, total_bytes=0).budget_bytes(64 * GIB) == 0
