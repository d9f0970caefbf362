"""Guest memory as host functions may touch it.

Invariant: no access leaves the linear memory. A pointer that does raises ``ErrnoError(EFAULT)``, as Linux does it; the
engine's own accessors would read short or wrap. Pointers are unsigned (signature letter ``p``).
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from struct import error as struct_error
from typing import Any

from offline_ci.emscripten.abi import structs
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.fcntl import IOV_MAX, PATH_MAX
from offline_ci.emscripten.ports import GuestMemory, GuestPtr

_CSTR_CHUNK_BYTES = 192  # nearly every path of a CPython installation ends within


class CheckedMemory:
    """Bounds-checked access to one linear memory.

    The view of the memory is kept between calls, so whoever grows the memory calls ``refresh`` afterwards, and nobody
    keeps what ``view`` returned across a call into the guest.

    Args:
        port: the engine's memory.
    """

    __slots__ = ("_port", "_view", "size")

    def __init__(self, port: GuestMemory) -> None:
        self._port = port
        self.refresh()

    def refresh(self) -> None:
        """Take a new view, after the memory grew or was replaced."""
        self._view = self._port.view()
        self.size = len(self._view)

    def grow(self, n_pages: int) -> bool:
        """Add pages of 64 KiB; False where that is not allowed."""
        if not self._port.grow(n_pages):
            return False
        self.refresh()
        return True

    # --- bytes

    def view(self, ptr: GuestPtr, n: int) -> memoryview:
        """``n`` writable bytes of guest memory, shared, not copied.

        Raises:
            ErrnoError: EFAULT, they do not lie in the memory.
        """
        end = ptr + n
        if ptr < 0 or n < 0 or end > self.size:
            raise ErrnoError(Errno.EFAULT)
        return self._view[ptr:end]

    def read_bytes(self, ptr: GuestPtr, n: int) -> bytes:
        """A copy of ``n`` bytes; EFAULT as ``view``."""
        return bytes(self.view(ptr, n))

    def write_bytes(self, ptr: GuestPtr, data: bytes | bytearray | memoryview) -> None:
        """Copy ``data`` into the guest; EFAULT as ``view``."""
        self.view(ptr, len(data))[:] = data

    def read_cstr(self, ptr: GuestPtr, limit: int = PATH_MAX) -> bytes:
        """The NUL-terminated string at ``ptr``, without its NUL.

        Args:
            ptr: its address.
            limit: its most bytes, NUL included.

        Raises:
            ErrnoError: EFAULT, it runs out of the memory; ENAMETOOLONG, there is no NUL within ``limit``.
        """
        if ptr < 0 or ptr >= self.size:
            raise ErrnoError(Errno.EFAULT)
        n = min(limit, _CSTR_CHUNK_BYTES)
        while True:
            chunk = bytes(self._view[ptr : ptr + n])
            end = chunk.find(0)
            if end >= 0:
                return chunk[:end]
            if len(chunk) < n:
                raise ErrnoError(Errno.EFAULT)
            if n >= limit:
                raise ErrnoError(Errno.ENAMETOOLONG)
            n = min(n * 4, limit)

    def read_path(self, ptr: GuestPtr) -> str:
        """A path; bytes that are not UTF-8 become surrogates, as Python's own file system encoding does it."""
        return self.read_cstr(ptr).decode("utf-8", "surrogateescape")

    def iovecs(self, ptr: GuestPtr, n: int) -> Iterator[tuple[GuestPtr, int]]:
        """The (address, length) pairs of an iovec array; their targets are not checked yet.

        Raises:
            ErrnoError: EINVAL, more than ``IOV_MAX`` or a negative number of them; EFAULT.
        """
        if not 0 <= n <= IOV_MAX:
            raise ErrnoError(Errno.EINVAL)
        return structs.IOVEC.iter_unpack(self.view(ptr, n * structs.IOVEC.size))

    # --- numbers

    def read_u8(self, ptr: GuestPtr) -> int:
        """An unsigned byte."""
        return self._read(structs.U8, ptr)

    def read_u16(self, ptr: GuestPtr) -> int:
        """An unsigned 16-bit number."""
        return self._read(structs.U16, ptr)

    def read_u32(self, ptr: GuestPtr) -> int:
        """An unsigned 32-bit number."""
        return self._read(structs.U32, ptr)

    def read_i32(self, ptr: GuestPtr) -> int:
        """A signed 32-bit number."""
        return self._read(structs.I32, ptr)

    def read_u64(self, ptr: GuestPtr) -> int:
        """An unsigned 64-bit number."""
        return self._read(structs.U64, ptr)

    def read_i64(self, ptr: GuestPtr) -> int:
        """A signed 64-bit number."""
        return self._read(structs.I64, ptr)

    def read_f64(self, ptr: GuestPtr) -> float:
        """A double."""
        return float(self.unpack(structs.F64, ptr)[0])

    def write_u8(self, ptr: GuestPtr, value: int) -> None:
        """The low 8 bits of ``value``."""
        self.pack(structs.U8, ptr, value & 0xFF)

    def write_u16(self, ptr: GuestPtr, value: int) -> None:
        """The low 16 bits of ``value``."""
        self.pack(structs.U16, ptr, value & 0xFFFF)

    def write_u32(self, ptr: GuestPtr, value: int) -> None:
        """The low 32 bits of ``value``."""
        self.pack(structs.U32, ptr, value & 0xFFFFFFFF)

    def write_u64(self, ptr: GuestPtr, value: int) -> None:
        """The low 64 bits of ``value``."""
        self.pack(structs.U64, ptr, value & 0xFFFFFFFFFFFFFFFF)

    def write_f64(self, ptr: GuestPtr, value: float) -> None:
        """A double."""
        self.pack(structs.F64, ptr, value)

    # --- structures

    def unpack(self, layout: Struct, ptr: GuestPtr) -> tuple[Any, ...]:
        """The fields of a structure; EFAULT."""
        if ptr < 0 or ptr + layout.size > self.size:
            raise ErrnoError(Errno.EFAULT)
        return layout.unpack_from(self._view, ptr)

    def pack(self, layout: Struct, ptr: GuestPtr, *fields: float) -> None:
        """Write a structure; EFAULT. Padding is zeroed; values must fit their fields."""
        if ptr < 0 or ptr + layout.size > self.size:
            raise ErrnoError(Errno.EFAULT)
        layout.pack_into(self._view, ptr, *fields)

    def _read(self, layout: Struct, ptr: GuestPtr) -> int:
        try:
            value: int = layout.unpack_from(self._view, ptr)[0]
        except struct_error:
            raise ErrnoError(Errno.EFAULT) from None
        return value
