"""The page that all compiled code polls: readable while a guest may run, gone when it has to stop.

``offline_ci.wasmbin.polls`` puts the loads into the code. The page lies in the 4 GiB that wasmtime reserves for a
linear memory, behind all that the memory can grow to: nothing but a poll can touch it, since everything else that goes
there, wasmtime's own ``memory.copy`` as well as host functions, checks its bounds first, and so nothing but compiled
code, where a fault is a trap, ever meets the page while it is gone.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from typing import Final

from offline_ci.errors import HostInvariantError

GATE_ADDRESS: Final = (1 << 32) - (1 << 16)
"""Where it is in linear memory, whose size must never exceed this."""


class Gate:
    """The page of one linear memory; wasmtime frees it together with the memory.

    Args:
        memory_address: where the memory begins in this process.

    Raises:
        HostInvariantError: the system refuses the page.
    """

    def __init__(self, memory_address: int) -> None:
        self._address = memory_address + GATE_ADDRESS
        _check(_commit(self._address))

    def close(self) -> None:
        """Stop the guest: whatever it runs traps within microseconds. From any thread."""
        _check(_protect(self._address, readable=False))

    def open(self) -> None:
        """Let the guest run again."""
        _check(_protect(self._address, readable=True))


def _check(refusal: str | None) -> None:
    if refusal is not None:
        raise HostInvariantError(
            f"The page that stops guests cannot be set: {refusal}.",
            hint="The process may have too many memory mappings: run fewer sandboxes in it.",
        )


if sys.platform == "win32":  # not run by our tests. Source: Microsoft's documentation of memoryapi.h
    from ctypes import wintypes

    _KERNEL32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _KERNEL32.VirtualAlloc.restype = ctypes.c_void_p
    _KERNEL32.VirtualAlloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t, wintypes.DWORD, wintypes.DWORD]
    _KERNEL32.VirtualProtect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, wintypes.DWORD, wintypes.LPDWORD]
    _MEM_COMMIT, _PAGE_NOACCESS, _PAGE_READONLY = 0x1000, 0x01, 0x02

    def _commit(address: int) -> str | None:
        if _KERNEL32.VirtualAlloc(address, mmap.PAGESIZE, _MEM_COMMIT, _PAGE_READONLY):
            return None
        return ctypes.FormatError(ctypes.get_last_error())

    def _protect(address: int, *, readable: bool) -> str | None:
        access, before = _PAGE_READONLY if readable else _PAGE_NOACCESS, wintypes.DWORD()
        if _KERNEL32.VirtualProtect(address, mmap.PAGESIZE, access, ctypes.byref(before)):
            return None
        return ctypes.FormatError(ctypes.get_last_error())

else:
    _LIBC = ctypes.CDLL(None, use_errno=True)
    _LIBC.mmap.restype = ctypes.c_void_p
    _LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
    _LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    _NO_ACCESS = 0
    _FLAGS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10  # MAP_FIXED, the same on Linux and macOS
    _MAP_FAILED = ctypes.c_void_p(-1).value

    def _commit(address: int) -> str | None:
        if _LIBC.mmap(address, mmap.PAGESIZE, mmap.PROT_READ, _FLAGS, -1, 0) != _MAP_FAILED:
            return None
        return os.strerror(ctypes.get_errno())

    def _protect(address: int, *, readable: bool) -> str | None:
        if not _LIBC.mprotect(address, mmap.PAGESIZE, mmap.PROT_READ if readable else _NO_ACCESS):
            return None
        return os.strerror(ctypes.get_errno())
