"""Which way of copying changed memory this machine allows."""

from __future__ import annotations

import ctypes
import functools
import mmap
import os
import sys
from dataclasses import dataclass

from offline_ci.snapshot import pages_libc
from offline_ci.snapshot.pages import PAGE_BYTES, PageStore
from offline_ci.snapshot.pages_dirty import DirtyPages
from offline_ci.snapshot.pages_mapped import MappedStore
from offline_ci.snapshot.pages_portable import PortableStore


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How checkpoints find and keep what changed.

    Attributes:
        is_mapped: the kernel says what changed, and checkpoints are mapped; otherwise memory is compared and copied.
        reason: why, for people.
    """

    is_mapped: bool
    reason: str


@functools.cache
def mechanism() -> Mechanism:
    """What this machine allows, tried out once per process."""
    if sys.platform != "linux":
        return Mechanism(is_mapped=False, reason="only Linux tells which pages changed")
    if mmap.PAGESIZE != PAGE_BYTES:
        return Mechanism(is_mapped=False, reason=f"pages of memory have {mmap.PAGESIZE} bytes here, not {PAGE_BYTES}")
    try:
        is_told = _is_told()
    except OSError as error:
        return Mechanism(is_mapped=False, reason=error.strerror or str(error))
    if not is_told:
        return Mechanism(is_mapped=False, reason="/proc/self/pagemap does not tell which pages changed")
    return Mechanism(is_mapped=True, reason="/proc/self/pagemap tells which pages changed")


def _is_told() -> bool:
    """Write some pages of a small memory, and ask which."""
    pages = DirtyPages()
    image = os.memfd_create("offline-ci-probe", os.MFD_CLOEXEC)
    try:
        os.ftruncate(image, 2 * PAGE_BYTES)
        with mmap.mmap(-1, 4 * PAGE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as area:
            address = ctypes.addressof(ctypes.c_char.from_buffer(area))
            pages_libc.map_over(address, 2 * PAGE_BYTES, image, 0)
            area[0] = area[PAGE_BYTES] + 1
            area[2 * PAGE_BYTES] = 1
            return pages.spans(address, 4 * PAGE_BYTES) == [(0, 1), (2, 3)]
    finally:
        os.close(image)


def new_store() -> PageStore:
    """A store for the instances of one base."""
    return MappedStore() if mechanism().is_mapped else PortableStore()
