"""Which pages of memory were written since they were mapped, from ``/proc/self/pagemap``.

A private mapping shows the file's own pages (or nothing) until it is written; the copy that a write makes is anonymous.
So a page is dirty where it is in memory or swapped out and belongs to no file. The kernel's shared page of zeros, which
reading untouched anonymous memory leaves, counts as dirty too: that costs a copy, nothing else. An entry that is both
swapped out and protected may only say that a page which is not there is watched (``pages_written``): it does not count.

Source: Linux, Documentation/admin-guide/mm/pagemap.rst.
"""

from __future__ import annotations

import os
import re
import weakref

from offline_ci.snapshot.pages import PAGE_BYTES, Span

PAGEMAP = "/proc/self/pagemap"
_ENTRY_BYTES = 8
_TOP_BYTE = 7
_PRESENT, _SWAPPED, _FILE, _WATCHED = 0x80, 0x40, 0x20, 0x02  # bits 63, 62, 61 and 57 of an entry
_IS_DIRTY = bytes(
    not top & _FILE and bool(top & _PRESENT or (top & _SWAPPED and not top & _WATCHED)) for top in range(256)
)
_DIRTY = re.compile(rb"\x01+")


class DirtyPages:
    """Reads this process's page tables.

    Raises:
        OSError: they cannot be read here.
    """

    def __init__(self) -> None:
        self._fd = os.open(PAGEMAP, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._fd).atexit = False

    def spans(self, address: int, memory_bytes: int) -> list[Span]:
        """The dirty pages of a memory, in order; neighbours are one span.

        Raises:
            OSError: the page tables cannot be read.
        """
        need = memory_bytes // PAGE_BYTES * _ENTRY_BYTES
        raw = os.pread(self._fd, need, address // PAGE_BYTES * _ENTRY_BYTES)
        if len(raw) != need:
            raise OSError(0, "the kernel hides this process's page tables")
        return [match.span() for match in _DIRTY.finditer(raw[_TOP_BYTE::_ENTRY_BYTES].translate(_IS_DIRTY))]
