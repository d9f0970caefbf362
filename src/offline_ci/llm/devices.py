"""What llama.cpp can compute on, as plain data, and which of it a model should go to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["gpu", "igpu", "cpu", "accel"]

_SOFTWARE: Final = re.compile(r"llvmpipe|lavapipe|softpipe|swiftshader|basic render|software", re.IGNORECASE)
_MIB: Final = 1 << 20
_GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Device:
    """One that a build of llama.cpp sees.

    Attributes:
        index: its place in llama.cpp's own list.
        name: llama.cpp's, for example ``CUDA0``.
        description: the maker's, for example ``NVIDIA GeForce RTX 3090``.
        backend: that drives it: ``CUDA``, ``ROCm``, ``Vulkan``, ``MTL`` (Metal), ``SYCL``, ``CPU``.
        kind: ``gpu`` has memory of its own (Metal's does not, whatever it says), ``igpu`` shares the processor's,
            ``accel`` helps the processor.
        free_bytes: of its memory, now; 0 where the driver does not tell.
        total_bytes: likewise.
        device_id: the PCI address, by which two back ends name the same device; empty where unknown.
    """

    index: int
    name: str
    description: str
    backend: str
    kind: Kind
    free_bytes: int
    total_bytes: int
    device_id: str = ""

    @property
    def is_software(self) -> bool:
        """Whether it is a GPU in name only: a program that computes on the processor, slower than llama.cpp itself."""
        return self.kind in {"gpu", "igpu"} and bool(_SOFTWARE.search(self.description))

    @property
    def shares_memory(self) -> bool:
        """Whether what it uses is taken from the processor's memory."""
        return self.kind == "igpu" or self.backend == "MTL"

    @property
    def margin_bytes(self) -> int:
        """Memory that is left alone: for the driver, the screen and other programs; where shared, the sandbox too."""
        if self.shares_memory:
            return max(self.total_bytes // 4, 2 * _GIB)
        return min(max(self.total_bytes // 8, 256 * _MIB), _GIB)

    def budget_bytes(self, available_bytes: int) -> int:
        """What a model may take of it.

        Args:
            available_bytes: of the processor's memory.
        """
        free = min(self.free_bytes, available_bytes) if self.shares_memory else self.free_bytes
        return max(0, free - self.margin_bytes)

    def __str__(self) -> str:
        return f"{self.name} ({self.description})"


def usable_gpus(devices: Sequence[Device]) -> list[Device]:
    """Those that a model should go to: GPUs of their own once each, integrated ones only where there is no other.

    The same choice as llama.cpp's own, but for software devices, which are left out.
    """
    found: list[Device] = []
    real = [device for device in devices if not device.is_software and device.backend != "RPC"]
    for device in real:
        known = device.device_id and any(other.device_id == device.device_id for other in found)
        if device.kind == "gpu" and not known:
            found.append(device)
    if found:
        return found
    integrated = [device for device in real if device.kind == "igpu"]
    return [device for device in integrated if device.backend == integrated[0].backend]
