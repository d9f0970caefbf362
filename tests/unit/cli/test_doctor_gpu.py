import pytest

from offline_ci.cli.doctor_gpu import gpu_check
from offline_ci.llm.backends import PresentGpu
from support.recorded_devices import CPU, LAPTOP_VULKAN, LLVMPIPE, M2, RTX_4060, TWICE

NVIDIA = PresentGpu("NVIDIA", "NVIDIA GeForce RTX 4060", ("cuda", "vulkan"))
UNDRIVEN = PresentGpu("NVIDIA", "a GPU of NVIDIA without its driver", ())
NOTHING_MISSING = lambda _backend: []  # noqa: E731
ALL_MISSING = lambda backend: list(backend.tools)  # noqa: E731


@pytest.mark.parametrize(
    ("backends", "devices", "present", "state", "said"),
    [
        (("CUDA", "CPU"), RTX_4060, [NVIDIA], "ok", "Laptop GPU), 7.44 GB of 8.59 GB free"),
        (("MTL", "CPU"), M2, [], "ok", "MTL0 (Apple M2), 5.73 GB of 5.73 GB free, shared"),
        (("Vulkan", "CPU"), LAPTOP_VULKAN, [NVIDIA], "ok", "not used: Vulkan1 (AMD Radeon 780M (RADV PHOENIX))"),
        (("CUDA", "Vulkan"), TWICE, [NVIDIA], "ok", "not used: Vulkan0 (NVIDIA GeForce RTX 4060 Laptop GPU)"),
        (("CPU",), [CPU], [], "ok", "none found; models run on the processor (CPU)"),
        (("Vulkan", "CPU"), LLVMPIPE, [], "ok", "256 bits)) computes on the processor, so it is not"),
        (("CPU",), [CPU], [NVIDIA], "note", "4060 is there, but this build of llama.cpp cannot use it (CPU)"),
        (("CUDA", "CPU"), [CPU], [NVIDIA], "note", "NVIDIA's CUDA sees none: its driver is missing"),
        (("CPU",), [CPU], [UNDRIVEN], "note", "a GPU of NVIDIA without its driver is there, but its driver is not"),
    ],
)  # fmt: skip
def test_which_is_used_and_why_not(backends, devices, present, state, said):
    check = gpu_check(backends, devices, present, NOTHING_MISSING)
    assert (check.name, check.state) == ("gpu", state)
    assert said in check.detail
    assert bool(check.mend) == (state == "note")


def test_the_exact_command_and_what_must_come_before_it():
    assert gpu_check(("CPU",), [CPU], [NVIDIA], NOTHING_MISSING).mend == (
        "Run `offline-ci setup --backend cuda`, which builds the right one."
    )
    mend = gpu_check(("CPU",), [CPU], [NVIDIA], ALL_MISSING).mend
    assert mend.startswith("Install nvcc: NVIDIA's CUDA toolkit (Debian: `apt-get install nvidia-cuda-toolkit`)")
    assert mend.endswith("Run `offline-ci setup --backend cuda`, which builds the right one.")
    no_nvcc = gpu_check(
        ("CPU",), [CPU], [NVIDIA], lambda backend: ALL_MISSING(backend) if backend.name == "cuda" else []
    )
    assert "--backend vulkan" in no_nvcc.mend
