"""Which GPU is used, and why one that is present is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from offline_ci.cli.doctor_check import Check
from offline_ci.cli.format import size
from offline_ci.llm.backends import BACKENDS, Backend, Name, PresentGpu, Tool, missing_tools
from offline_ci.llm.devices import Device, usable_gpus

_DRIVERS: Final[dict[str, str]] = {
    "CUDA": "its driver is missing, too old for this build, or hidden (CUDA_VISIBLE_DEVICES); `nvidia-smi` tells",
    "ROCm": "its driver is missing, or you may not use /dev/kfd (groups render and video); `rocminfo` tells",
    "Vulkan": "its Vulkan driver is missing, or you may not use /dev/dri (group render); `vulkaninfo --summary` tells",
    "MTL": "Metal offers none",
}


def gpu_check(
    backends: Sequence[str],
    devices: Sequence[Device],
    present: Sequence[PresentGpu],
    missing: Callable[[Backend], Sequence[Tool]] = missing_tools,
) -> Check:
    """What there is to say.

    Args:
        backends: of this build of llama.cpp.
        devices: that they see.
        present: that the operating system knows.
        missing: what a build with a back end lacks here.
    """
    gpus = usable_gpus(devices)
    if gpus:
        seen = "; ".join(
            f"{gpu}, {size(gpu.free_bytes)} of {size(gpu.total_bytes)} free{', shared' * gpu.shares_memory}"
            for gpu in gpus
        )
        unused = [device for device in devices if device.kind in {"gpu", "igpu"} and device not in gpus]
        rest = f"; not used: {', '.join(map(str, unused))}" if unused else ""
        return Check("gpu", "ok", seen + rest)
    named = ", ".join(backends) or "CPU"
    able = [name for name in backends if name in _DRIVERS]
    software = [device for device in devices if device.is_software]
    if not present:
        if software:
            return Check("gpu", "ok", f"{software[0]} computes on the processor, so it is not used")
        return Check("gpu", "ok", f"none found; models run on the processor ({named})")
    there = ", ".join(dict.fromkeys(gpu.description for gpu in present))
    fitting = [BACKENDS[name] for gpu in present for name in gpu.backends]
    if seeing := [backend for backend in fitting if backend.registered in able]:
        why = f"{seeing[0].title} sees none: {_DRIVERS[seeing[0].registered]}"
        return Check("gpu", "note", f"{there} is there and this build is for {named}, but {why}", "Mend the driver.")
    if not fitting:
        return Check("gpu", "note", f"{there} is there, but its driver is not", "Install its driver.")
    why = f"{there} is there, but this build of llama.cpp cannot use it ({named})"
    return Check("gpu", "note", why, _mend([backend.name for backend in fitting], missing))


def _mend(names: Sequence[Name], missing: Callable[[Backend], Sequence[Tool]]) -> str:
    name = next((name for name in names if not missing(BACKENDS[name])), names[0])
    first = "".join(f"Install {tool.what}: {tool.mend}. " for tool in missing(BACKENDS[name]))
    return f"{first}Run `offline-ci setup --backend {name}`, which builds the right one."
