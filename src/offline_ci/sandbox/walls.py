"""The walls around a worker: what its process gives up before a guest lives in it.

A guest that broke out of WebAssembly would find a process that can read Python and our own runtime, talk to its parent,
and do nothing else. What the system does not offer is left out; ``doctor`` says what stands.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from offline_ci.sandbox import landlock, seccomp

_MAX_OPEN_FILES: Final = 512
_MAX_MEMORY_BYTES: Final = 16 << 30
"""A guest's 4 GiB, its state before the cell and one that is kept, its files, and as much again.

Linear memory is reserved without being data; only what can be written to counts (setrlimit(2), Linux 4.7).
"""
_CAPABILITY_VERSION_3: Final = 0x20080522
_DAC_READ_SEARCH: Final = 1 << 2
_SYSTEM: Final = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/dev/zero",
    "/lib",
    "/lib64",
    "/proc",  # its own pages; of other processes Landlock hides all but the name
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/zoneinfo",
)


def raise_walls(readable: Iterable[str]) -> list[str]:
    """Give up what a worker does not need; before it starts threads, since Landlock holds for one and those it starts.

    Args:
        readable: our own files and folders, which it must read.

    Returns:
        What stands now, in words.

    Raises:
        OSError: the system offers a wall, and it cannot be had.
    """
    standing = (
        "resource limits" if _limit() else None,
        "no capabilities" if _drop_capabilities() else None,
        landlock.restrict([*readable, *_python(), *_SYSTEM], writable=[os.devnull]),
        seccomp.restrict(),
    )
    return [wall for wall in standing if wall is not None]


def _limit() -> bool:
    """No core dump, which would hold the guest's data; few descriptors; not all of the machine's memory."""
    try:
        import resource
    except ImportError:  # Windows
        return False
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
        resource.RLIMIT_DATA: min(_MAX_MEMORY_BYTES, _physical_memory_bytes() * 3 // 4),
    }
    for what, limit in limits.items():
        _, hard = resource.getrlimit(what)
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (wanted, wanted))
    return True


def _physical_memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_capabilities() -> bool:
    """Root's, too: with CAP_PERFMON one reads other processes' environment.

    Root keeps reading files of others, which may be where our own lie (``sudo``); which ones, Landlock says.
    Source: capabilities(7), capset(2).
    """
    if not sys.platform.startswith("linux"):
        return False
    capset = ctypes.CDLL(None, use_errno=True).capset
    header = ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0))
    data = (ctypes.c_uint32 * 6)(_DAC_READ_SEARCH, _DAC_READ_SEARCH)  # effective and permitted; inheritable: none
    return int(capset(header, data)) == 0 or int(capset(header, (ctypes.c_uint32 * 6)())) == 0


def _python() -> Iterator[str]:
    """Where modules are that a worker has not imported yet."""
    yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
