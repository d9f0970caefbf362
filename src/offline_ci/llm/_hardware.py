"""What this machine offers to a model: processors, memory, matrix extensions."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from offline_ci import _env


@dataclass(frozen=True, slots=True)
class ThreadChoice:
    """How many threads compute on an idle machine, and why.

    Attributes:
        n_threads: the choice.
        n_cpus: processors that this process may run on.
        n_cores: physical cores that these are; 0 where the platform does not tell.
        n_quota: processors that the control group grants; 0 without a limit.
    """

    n_threads: int
    n_cpus: int
    n_cores: int
    n_quota: int


def choose_threads(topology: Path = Path("/sys/devices/system/cpu")) -> ThreadChoice:
    """Threads to compute with: one for each usable physical core.

    Two hyper-threads of a core share its arithmetic units, which one thread of matrix products already fills.
    """
    usable = _env.usable_cpus()
    if not hasattr(os, "sched_getaffinity"):
        return ThreadChoice(max(1, usable // 2) if usable > 4 else usable, usable, 0, 0)
    cpus = os.sched_getaffinity(0)
    cores = set()
    for cpu in cpus:
        try:
            cores.add((topology / f"cpu{cpu}" / "topology" / "core_cpus_list").read_text(encoding="ascii").strip())
        except OSError:
            cores.add(str(cpu))
    n_quota = usable if usable < len(cpus) else 0
    return ThreadChoice(max(1, min(usable, len(cores))), len(cpus), len(cores), n_quota)


def default_threads(topology: Path = Path("/sys/devices/system/cpu")) -> int:
    """The number of ``choose_threads``."""
    return choose_threads(topology).n_threads


def available_memory_bytes(meminfo: Path = Path("/proc/meminfo"), cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Memory that can be had without swapping, the control group's limit considered; without end where unknown."""
    available = sys.maxsize
    try:
        for line in meminfo.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                available = int(line.split()[1]) << 10
        limit = (cgroup / "memory.max").read_text(encoding="ascii").strip()
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError, IndexError):
        return available
    return available if limit == "max" else min(available, max(0, int(limit) - used))


def has_amx() -> bool:
    """Whether this processor claims Intel's matrix extensions."""
    return any(flag.startswith("amx") for flag in _env.cpu_flags())


def reads_faster_unpacked() -> bool:
    """Whether llama.cpp reads prompts faster with the weights as they are in the file: on x86-64 without matrices."""
    return platform.machine().lower() in {"x86_64", "amd64"} and not has_amx()
