"""The C library's memory functions that Python does not offer for addresses."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys

_released = ctypes.CDLL(None, use_errno=True)
_held = ctypes.PyDLL(None)

_mmap = _released.mmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
_munmap = _released.munmap
_munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_madvise = _released.madvise
_madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

# Short and called often: giving up the interpreter lock would cost more than the comparison.
_memcmp = _held.memcmp
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]

_MAP_FIXED = 0x10  # the same on Linux and macOS
_MAP_NORESERVE = 0x4000 if sys.platform == "linux" else 0
_MAP_FAILED = ctypes.c_void_p(-1).value
_PUNCH_HOLE_KEEP_SIZE = 0x02 | 0x01


def map_over(address: int, size: int, fd: int, offset: int) -> None:
    """Replace writable memory by a private, copy-on-write view of a file.

    Raises:
        OSError: the kernel refuses; memory is as it was.
    """
    _map(address, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | _MAP_FIXED, fd, offset)


def map_view(fd: int, size: int) -> int:
    """A read-only view of a file's first bytes, also of those that it gets only later; its address."""
    return _map(None, size, mmap.PROT_READ, mmap.MAP_SHARED | _MAP_NORESERVE, fd, 0)


def _map(address: int | None, size: int, protection: int, flags: int, fd: int, offset: int) -> int:
    result: int = _mmap(address, size, protection, flags, fd, offset)
    if result == _MAP_FAILED:
        _raise()
    return result


def unmap(address: int, size: int) -> None:
    """Remove a mapping."""
    if _munmap(address, size):
        _raise()


def discard(address: int, size: int) -> None:
    """Drop private pages: the memory is again what is mapped there.

    Raises:
        OSError: the kernel refuses.
    """
    if _madvise(address, size, mmap.MADV_DONTNEED):
        _raise()


def punch_hole(fd: int, offset: int, size: int) -> None:
    """Give a file's bytes back to the system; they read as zeros.

    Raises:
        OSError: the file system cannot.
    """
    # Looked up here because only Linux has it.
    fallocate = _released.fallocate
    if fallocate(fd, _PUNCH_HOLE_KEEP_SIZE, ctypes.c_int64(offset), ctypes.c_int64(size)):
        _raise()


def is_equal(address: int, other: int | bytes, size: int) -> bool:
    """Whether two pieces of memory hold the same bytes."""
    return not _memcmp(address, other, size)


def view(address: int, size: int) -> memoryview:
    """Memory as bytes; the caller knows how long it stays mapped."""
    return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")


def _raise() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
