"""Which pages of memory were written since they were last asked for, told by Linux 6.7 and later.

The kernel takes the right to write from pages that ``arm`` names, gives it back at the first write without telling
anybody, and says afterwards which pages have it. Asking takes a twentieth of the time of reading the page tables, and
nothing needs to be compared.

Source: Linux, Documentation/admin-guide/mm/userfaultfd.rst (``UFFD_FEATURE_WP_ASYNC``) and pagemap.rst
(``PAGEMAP_SCAN``); numbers from include/uapi/linux/userfaultfd.h and fs.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import weakref
from fcntl import ioctl
from typing import Final

from offline_ci.snapshot.pages import PAGE_BYTES, Span

_SYS_USERFAULTFD: Final = {"x86_64": 323, "aarch64": 282}
_USER_MODE_ONLY: Final = 1
_UFFD_API: Final = 0xAA
_WP_ASYNC: Final = 1 << 15
_UFFDIO_API: Final = 0xC018AA3F
_UFFDIO_REGISTER: Final = 0xC020AA00
_UFFDIO_UNREGISTER: Final = 0x8010AA01
_MODE_WP: Final = 2
_PAGEMAP_SCAN: Final = 0xC0606610
_SCAN: Final = struct.Struct("=12Q")
_WP_MATCHING, _CHECK_WPASYNC = 1, 2
_IS_WRITTEN, _IS_FILE = 2, 4
_MAX_REGIONS: Final = 512
"""Linux 6.18 goes astray after so many."""
_MAX_ROUNDS: Final = 256


class _Region(ctypes.Structure):
    _fields_ = (("start", ctypes.c_uint64), ("end", ctypes.c_uint64), ("categories", ctypes.c_uint64))


class WrittenPages:
    """Watches memory of this process; of a process that it is forked into it knows nothing.

    Raises:
        OSError: the kernel is older, or forbids it.
    """

    def __init__(self) -> None:
        number = _SYS_USERFAULTFD.get(platform.machine())
        if number is None:
            raise OSError(0, f"userfaultfd has no known number on {platform.machine()}")
        self._uffd = _userfaultfd(number)
        weakref.finalize(self, os.close, self._uffd).atexit = False
        ioctl(self._uffd, _UFFDIO_API, struct.pack("=3Q", _UFFD_API, _WP_ASYNC, 0))
        self._pagemap = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._pagemap).atexit = False

    def arm(self, address: int, memory_bytes: int) -> None:
        """Begin to watch; what was written so far is forgotten.

        Raises:
            OSError: the memory cannot be watched.
        """
        ioctl(self._uffd, _UFFDIO_REGISTER, struct.pack("=4Q", address, memory_bytes, _MODE_WP, 0))
        for _ in range(_MAX_ROUNDS):
            if not self._scan(address, memory_bytes, (_Region * _MAX_REGIONS)()):
                return
        raise OSError(0, "the pages that are there cannot all be watched")

    def disarm(self, address: int, memory_bytes: int) -> None:
        """Watch no longer, and leave no trace in the page tables.

        Raises:
            OSError: the memory was not watched.
        """
        ioctl(self._uffd, _UFFDIO_UNREGISTER, struct.pack("=2Q", address, memory_bytes))

    def take(self, address: int, memory_bytes: int, *, rearm: bool = True) -> list[Span] | None:
        """Pages written since they were armed or taken, in order; None where they are too many to tell.

        Args:
            address: of the memory.
            memory_bytes: its size.
            rearm: watch them anew; else they are told again next time, written or not, and writing them costs nothing.

        Raises:
            OSError: some of the memory is not watched.
        """
        regions = (_Region * _MAX_REGIONS)()
        count = self._scan(address, memory_bytes, regions, rearm=rearm)
        if count >= _MAX_REGIONS:
            return None
        return [((r.start - address) // PAGE_BYTES, (r.end - address) // PAGE_BYTES) for r in regions[:count]]

    def _scan(self, address: int, memory_bytes: int, regions: ctypes.Array[_Region], *, rearm: bool = True) -> int:
        # Pages of the file are left out, and so never protected: where one is written, a copy takes its place.
        mask, vec, end = _IS_WRITTEN | _IS_FILE, ctypes.addressof(regions), address + memory_bytes
        flags = _WP_MATCHING | _CHECK_WPASYNC if rearm else _CHECK_WPASYNC
        arguments = (address, end, 0, vec, len(regions), 0, _IS_FILE, mask, 0, _IS_WRITTEN)
        count: int = ioctl(self._pagemap, _PAGEMAP_SCAN, bytearray(_SCAN.pack(_SCAN.size, flags, *arguments)))
        return count


def _userfaultfd(number: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    fd: int = libc.syscall(ctypes.c_long(number), ctypes.c_int(os.O_CLOEXEC | os.O_NONBLOCK | _USER_MODE_ONLY))
    if fd < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return fd
