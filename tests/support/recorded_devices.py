"""Devices as llama.cpp lists them on real machines: names, kinds and sizes as their drivers report them."""

from offline_ci.llm.devices import Device

MIB = 1 << 20
GIB = 1 << 30

CPU = Device(9, "CPU", "AMD Ryzen 7 7840HS w/ Radeon 780M Graphics", "CPU", "cpu", 32 * GIB, 32 * GIB)


def _gpu(index, name, description, backend, free, total, kind="gpu", device_id=""):
    return Device(index, name, description, backend, kind, free, total, device_id)


RTX_4060 = (
    _gpu(0, "CUDA0", "NVIDIA GeForce RTX 4060 Laptop GPU", "CUDA", 7099 * MIB, 8188 * MIB, device_id="0000:01:00.0"),
    CPU,
)
TWO_3090 = (
    _gpu(0, "CUDA0", "NVIDIA GeForce RTX 3090", "CUDA", 23866 * MIB, 24124 * MIB, device_id="0000:01:00.0"),
    _gpu(1, "CUDA1", "NVIDIA GeForce RTX 3090", "CUDA", 22940 * MIB, 24124 * MIB, device_id="0000:02:00.0"),
    CPU,
)
M2 = (_gpu(0, "MTL0", "Apple M2", "MTL", 5461 * MIB, 5461 * MIB), CPU)
"""With 8 GB."""

LAPTOP_VULKAN = (
    _gpu(0, "Vulkan0", "NVIDIA GeForce RTX 4060 Laptop GPU", "Vulkan", 7605 * MIB, 8188 * MIB),
    _gpu(1, "Vulkan1", "AMD Radeon 780M (RADV PHOENIX)", "Vulkan", 15800 * MIB, 16200 * MIB, "igpu"),
    CPU,
)
RADEON_780M = (_gpu(0, "Vulkan0", "AMD Radeon 780M (RADV PHOENIX)", "Vulkan", 15800 * MIB, 16200 * MIB, "igpu"), CPU)
H200 = (_gpu(0, "CUDA0", "NVIDIA H200", "CUDA", 142_500 * MIB, 143_167 * MIB, device_id="0000:8b:00.0"), CPU)
LLVMPIPE = (_gpu(0, "Vulkan0", "llvmpipe (LLVM 15.0.6, 256 bits)", "Vulkan", 16 * GIB, 16 * GIB), CPU)
TWICE = (
    *RTX_4060[:1],
    _gpu(
        1, "Vulkan0", "NVIDIA GeForce RTX 4060 Laptop GPU", "Vulkan", 7605 * MIB, 8188 * MIB, device_id="0000:01:00.0"
    ),
)
"""A build with two back ends, both of which see the same GPU."""
