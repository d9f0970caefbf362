import sys

import pytest

from offline_ci.errors import ArtifactMissingError, UsageError
from offline_ci.llm import llama_install
from offline_ci.llm.backends import BACKENDS, PresentGpu, choose, cmake_arguments, missing_tools, present_gpus

NVIDIA = PresentGpu("NVIDIA", "NVIDIA GeForce RTX 4060", ("cuda", "vulkan"))
INTEL = PresentGpu("Intel", "a GPU of Intel", ("vulkan",))
AMD = PresentGpu("AMD", "a GPU of AMD", ("rocm", "vulkan"))

linux = pytest.mark.skipif(sys.platform == "darwin", reason="as Linux lists them")


def make(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@linux
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        (
            {
                "proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t NVIDIA GeForce RTX 4060\nIRQ: 1\n",
                "sys/class/drm/card0/device/vendor": "0x8086\n",
                "sys/class/drm/card1/device/vendor": "0x10de\n",
            },
            [NVIDIA, INTEL],
        ),
        ({"sys/class/drm/card0/device/vendor": "0x1002\n", "dev/kfd": ""}, [AMD]),
        ({"sys/class/drm/card0/device/vendor": "0x1002\n"}, [PresentGpu("AMD", "a GPU of AMD", ("vulkan",))]),
        (
            {"sys/class/drm/card0/device/vendor": "0x10de\n"},
            [PresentGpu("NVIDIA", "a GPU of NVIDIA without its driver", ())],
        ),
        ({"sys/class/drm/card0/device/vendor": "0x1234\n"}, []),
        ({"dev/nvidia0": ""}, [PresentGpu("NVIDIA", "a GPU of NVIDIA", ("cuda", "vulkan"))]),
        ({"dev/dxg": ""}, [PresentGpu("NVIDIA", "a GPU of NVIDIA", ("cuda", "vulkan"))]),
    ],
    ids=["none", "laptop", "amd", "amd without kfd", "nvidia without driver", "virtual", "container", "wsl"],
)
def test_the_gpus_that_the_system_knows(tmp_path, files, expected):
    make(tmp_path, files)
    assert present_gpus(tmp_path) == expected


def test_the_best_that_can_be_built():
    assert choose([NVIDIA], lambda _name: True) == "cuda"
    assert choose([NVIDIA], lambda name: name == "vulkan") == "vulkan"
    assert choose([NVIDIA, INTEL], lambda _name: False) == "cpu"
    assert choose([], lambda _name: True) == "cpu"
    # The GPU that comes first decides, although another has a back end as well.
    assert choose([INTEL, AMD], lambda _name: True) == "vulkan"


def test_what_a_build_lacks(tmp_path):
    def lacking(name, *programs, sdk=""):
        found = missing_tools(
            BACKENDS[name],
            which=lambda program: program if program in programs else None,
            root=tmp_path,
            environment={"VULKAN_SDK": str(sdk)},
        )
        return [tool.what for tool in found]

    assert lacking("cpu") == lacking("metal") == []
    assert (lacking("cuda"), lacking("cuda", "nvcc")) == (["nvcc"], [])
    assert lacking("vulkan") == ["glslc", "vulkan.hpp of Vulkan 1.3.275 or newer", "SPIRV-Headers"]
    make(tmp_path, {"usr/include/vulkan/vulkan_hpp_macros.hpp": "", "usr/local/cuda/bin/nvcc": ""})
    assert lacking("vulkan", "glslc") == ["SPIRV-Headers"]
    assert lacking("cuda") == []
    make(tmp_path / "sdk", {"bin/glslc": "", "share/cmake/SPIRV-Headers/SPIRV-HeadersConfig.cmake": ""})
    assert lacking("vulkan", sdk=tmp_path / "sdk") == []


def test_a_compiler_that_is_not_on_path_is_named(tmp_path):
    make(tmp_path, {"usr/local/cuda/bin/nvcc": ""})
    cuda = BACKENDS["cuda"]
    assert cmake_arguments(cuda, which=lambda _program: None, root=tmp_path) == [
        "-DGGML_CUDA=on",
        "-DCMAKE_CUDA_COMPILER=/usr/local/cuda/bin/nvcc",
    ]
    assert cmake_arguments(cuda, which=lambda program: program, root=tmp_path) == ["-DGGML_CUDA=on"]


@linux
def test_a_back_end_that_cannot_be_built_here_is_refused_before_anything_is(monkeypatch):
    monkeypatch.setattr(llama_install, "missing_tools", lambda backend: list(backend.tools))
    for name, said in (
        ("cuda", r"for NVIDIA's CUDA here: nvcc missing\. Install NVIDIA's CUDA .* again"),
        (
            "vulkan",
            r"for Vulkan here: glslc, vulkan.hpp of Vulkan 1.3.275 or newer, SPIRV-Headers missing\. Install ",
        ),
    ):
        with pytest.raises(ArtifactMissingError, match=said):
            llama_install.pick(name, print)
    with pytest.raises(UsageError, match="Metal is for macOS"):
        llama_install.pick("metal", print)


@linux
def test_auto_says_why(monkeypatch):
    said = []
    monkeypatch.setattr(llama_install, "present_gpus", lambda: [NVIDIA])
    monkeypatch.setattr(llama_install, "missing_tools", lambda backend: list(backend.tools))
    assert llama_install.pick("auto", said.append).name == "cpu"
    assert said[0] == "This machine has NVIDIA GeForce RTX 4060: llama.cpp is to be for the processor alone."
    assert said[1].startswith("For NVIDIA's CUDA, first install NVIDIA's CUDA toolkit")
    monkeypatch.setattr(llama_install, "missing_tools", lambda _backend: [])
    assert llama_install.pick("auto", said.append).name == "cuda"
