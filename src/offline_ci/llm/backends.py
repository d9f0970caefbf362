"""llama.cpp's back ends: what each needs to be built, and which suits this machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Name = Literal["cpu", "cuda", "vulkan", "metal", "rocm"]
Which = Callable[[str], str | None]
_SDK: Final = "$VULKAN_SDK"
"""Where LunarG's Vulkan SDK is; its setup-env.sh sets it, and CMake looks there first."""

_VENDORS: Final = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}


@dataclass(frozen=True, slots=True)
class Tool:
    """What a build needs.

    Attributes:
        what: its name.
        places: programs on PATH, or files by their path, those of the Vulkan SDK after ``$VULKAN_SDK``;
            one of them is enough.
        mend: where it comes from.
    """

    what: str
    places: tuple[str, ...]
    mend: str


@dataclass(frozen=True, slots=True)
class Backend:
    """One that llama.cpp can be built with.

    Attributes:
        name: ours.
        registered: llama.cpp's, in the list of a build that has it.
        title: for people.
        cmake: arguments.
        tools: that the build needs, besides a compiler.
    """

    name: Name
    registered: str
    title: str
    cmake: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()


_OFF: Final = ("-DGGML_CUDA=off", "-DGGML_VULKAN=off", "-DGGML_HIP=off", "-DGGML_METAL=off")
BACKENDS: Final[dict[Name, Backend]] = {
    backend.name: backend
    for backend in (
        Backend("cpu", "CPU", "the processor alone", _OFF if sys.platform == "darwin" else ()),
        Backend(
            "cuda",
            "CUDA",
            "NVIDIA's CUDA",
            ("-DGGML_CUDA=on",),
            (
                Tool(
                    "nvcc",
                    ("nvcc", "/usr/local/cuda/bin/nvcc"),
                    "NVIDIA's CUDA toolkit (Debian: `apt-get install nvidia-cuda-toolkit`), its bin folder on PATH",
                ),
            ),
        ),
        Backend(
            "vulkan",
            "Vulkan",
            "Vulkan",
            ("-DGGML_VULKAN=on",),
            (
                Tool("glslc", ("glslc", f"{_SDK}/bin/glslc"), "`apt-get install glslc` (or the Vulkan SDK)"),
                Tool(
                    "vulkan.hpp of Vulkan 1.3.275 or newer",
                    # A file that older ones, which lack VK_EXT_layer_settings, do not have.
                    tuple(f"{prefix}/include/vulkan/vulkan_hpp_macros.hpp" for prefix in ("/usr", "/usr/local", _SDK)),
                    "`apt-get install libvulkan-dev` (Debian 13 or newer; Debian 12's is too old: the Vulkan SDK)",
                ),
                Tool(
                    "SPIRV-Headers",
                    tuple(
                        f"{prefix}/cmake/SPIRV-Headers/SPIRV-HeadersConfig.cmake"
                        for prefix in ("/usr/share", "/usr/lib", "/usr/local/share", f"{_SDK}/share")
                    ),
                    "`apt-get install spirv-headers`",
                ),
            ),
        ),
        Backend("metal", "MTL", "Apple's Metal", ("-DGGML_METAL=on",)),
        Backend(
            "rocm",
            "ROCm",
            "AMD's ROCm",
            ("-DGGML_HIP=on",),
            (
                Tool(
                    "hipcc",
                    ("hipcc", "/opt/rocm/bin/hipcc"),
                    "AMD's ROCm (Debian: `apt-get install hipcc libhipblas-dev librocblas-dev`)",
                ),
            ),
        ),
    )
}


_COMPILERS: Final = (
    ("cuda", "nvcc", "CMAKE_CUDA_COMPILER", ("/usr/local/cuda/bin/nvcc",)),
    ("rocm", "hipcc", "CMAKE_HIP_COMPILER", ("/opt/rocm/llvm/bin/clang++", "/opt/rocm/lib/llvm/bin/clang++")),
)


@dataclass(frozen=True, slots=True)
class PresentGpu:
    """A GPU that the operating system knows, whatever llama.cpp can use.

    Attributes:
        vendor: ``NVIDIA``, ``AMD``, ``Intel``, ``Apple``, or what the system calls it.
        description: with its model where the system tells.
        backends: that could drive it, the best first.
    """

    vendor: str
    description: str
    backends: tuple[Name, ...]


def present_gpus(root: Path = Path("/")) -> list[PresentGpu]:
    """The GPUs of this machine, as its kernel lists them; on Linux and Apple's processors.

    Args:
        root: where ``proc``, ``sys`` and ``dev`` are.
    """
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return [PresentGpu("Apple", "Apple's GPU", ("metal",))]
    models = [_nvidia_model(path) for path in sorted(root.glob("proc/driver/nvidia/gpus/*/information"))]
    found = [PresentGpu("NVIDIA", model, ("cuda", "vulkan")) for model in models]
    has_kfd = (root / "dev/kfd").exists()
    for path in sorted(root.glob("sys/class/drm/card*/device/vendor")):
        vendor = _VENDORS.get(_read(path), "")
        if vendor == "AMD":
            found.append(PresentGpu("AMD", "a GPU of AMD", ("rocm", "vulkan") if has_kfd else ("vulkan",)))
        elif vendor == "Intel":
            found.append(PresentGpu("Intel", "a GPU of Intel", ("vulkan",)))
        elif vendor == "NVIDIA" and not models:
            found.append(PresentGpu("NVIDIA", "a GPU of NVIDIA without its driver", ()))
    # In a container the devices may be all there is.
    if not any(gpu.vendor == "NVIDIA" for gpu in found) and (
        (root / "dev/nvidia0").exists() or (root / "dev/dxg").exists()
    ):
        found.insert(0, PresentGpu("NVIDIA", "a GPU of NVIDIA", ("cuda", "vulkan")))
    return found


def missing_tools(
    backend: Backend,
    *,
    which: Which = shutil.which,
    root: Path = Path("/"),
    environment: Mapping[str, str] = os.environ,
) -> list[Tool]:
    """What a build of it lacks here."""

    def here(place: str) -> bool:
        if place.startswith(_SDK):
            sdk = environment.get(_SDK[1:], "")
            return bool(sdk) and Path(sdk + place.removeprefix(_SDK)).exists()
        return (root / place[1:]).exists() if place.startswith("/") else which(place) is not None

    return [tool for tool in backend.tools if not any(map(here, tool.places))]


def cmake_arguments(backend: Backend, *, which: Which = shutil.which, root: Path = Path("/")) -> list[str]:
    """CMake's arguments for it; a compiler that is not on PATH is named."""
    found = list(backend.cmake)
    for name, program, option, places in _COMPILERS:
        if backend.name == name and which(program) is None:
            found += [f"-D{option}={place}" for place in places if (root / place[1:]).exists()][:1]
    return found


def choose(gpus: Iterable[PresentGpu], buildable: Callable[[Name], bool]) -> Name:
    """The back end for these GPUs: of the first that has one, the best that can be built here; else the processor."""
    for gpu in gpus:
        for name in gpu.backends:
            if buildable(name):
                return name
    return "cpu"


def _nvidia_model(path: Path) -> str:
    for line in _read(path).splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Model":
            return value.strip()
    return "a GPU of NVIDIA"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
