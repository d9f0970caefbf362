"""What ``doctor`` says about the machine itself: system, processor, threads, memory, disk."""

from __future__ import annotations

import platform
import shutil
import sys

from offline_ci import _env
from offline_ci.cli.doctor_check import Check
from offline_ci.cli.format import size

_MIN_MEMORY_BYTES = 3_000_000_000
_MIN_DISK_BYTES = 4_000_000_000
_NOTABLE_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16", "asimd", "sve")


def python() -> Check:
    """The interpreter."""
    return Check("python", "ok", f"{platform.python_version()} ({sys.executable})")


def system() -> Check:
    """The operating system."""
    detail = f"{platform.system()} {platform.release()}, {platform.machine()}"
    if platform.system() == "Linux":
        return Check("platform", "ok", detail)
    return Check("platform", "note", detail, "Only Linux is tested.")


def processor() -> Check:
    """Its name, and the instruction sets that matter."""
    flags = [flag for flag in _NOTABLE_FLAGS if flag in _env.cpu_flags()]
    return Check("processor", "ok", f"{_env.cpu_name()}, {_env.usable_cpus()} usable, {' '.join(flags) or 'no flags'}")


def memory() -> Check:
    """What is free."""
    from offline_ci.llm._hardware import available_memory_bytes

    available = available_memory_bytes()
    if available == sys.maxsize:
        return Check("memory", "note", "unknown")
    detail = f"{size(available)} available"
    if available < _MIN_MEMORY_BYTES:
        return Check("memory", "note", detail, "The default model and a sandbox take 3 GB: close other programs.")
    return Check("memory", "ok", detail)


def disk() -> Check:
    """What is free where our files live."""
    home = _env.home()
    existing = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{size(free)} free for {home}"
    if free < _MIN_DISK_BYTES:
        return Check("disk", "note", detail, "A first setup takes 4 GB: free some, or set OFFLINE_CI_HOME elsewhere.")
    return Check("disk", "ok", detail)


def threads() -> Check:
    """How many compute, and why."""
    from offline_ci.llm._hardware import choose_threads
    from offline_ci.llm.llama_options import VARIABLE, from_environment

    choice = choose_threads()
    why = [f"{choice.n_cpus} processors may be used"]
    if choice.n_cores:
        why.append(f"they are {choice.n_cores} physical cores")
    if choice.n_quota:
        why.append(f"the control group grants {choice.n_quota}")
    if (asked := from_environment().threads) is not None:
        return Check("threads", "ok", f"{asked}, as ${VARIABLE} says ({', '.join(why)})")
    return Check("threads", "ok", f"{choice.n_threads} ({', '.join(why)}); fewer while other programs keep some busy")
