"""Files in memory. Anonymous mappings are libc's own business; only those of files come here.

The memory is a copy: a shared mapping reaches its file at msync and munmap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.ioctl import MAP_PRIVATE, PROT_WRITE
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.registry import REGISTRY, Convention, Support
from offline_ci.emscripten.vfs.node import RegularFile
from offline_ci.emscripten.vfs.stream import Stream

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_OFFSET_UNIT = 4096
_ZEROS = bytes(1 << 20)
_NOTE = "the mapping is a copy: other readers see changes after msync or munmap, and the mapping does not see theirs"


@dataclass(frozen=True, slots=True)
class MemoryMapping:
    """A file mapped into memory.

    Attributes:
        stream: the file, kept open by the mapping as POSIX demands.
        offset: where in the file it starts.
        length: bytes.
        writes_back: changes go to the file.
    """

    stream: Stream
    offset: int
    length: int
    writes_back: bool


@REGISTRY.register("_mmap_js", "ipiiijpp", convention=Convention.SYSCALL, support=Support.PARTIAL, note=_NOTE)
def mmap(
    host: Host, length: int, protection: int, flags: int, fd: int, offset: int, allocated_ptr: int, addr_ptr: int
) -> int:
    """Allocate memory and read the file into it.

    Raises:
        ErrnoError: EBADF; EACCES, not open as the mapping needs it; ENODEV, not a regular file; EINVAL; ENOMEM; EFAULT.
    """
    stream = host.fs.fds.get(fd)
    private = bool(flags & MAP_PRIVATE)
    writes_back = bool(protection & PROT_WRITE) and not private
    if not stream.can_read or (writes_back and not stream.can_write):
        raise ErrnoError(Errno.EACCES)
    if not isinstance(stream.node, RegularFile):
        raise ErrnoError(Errno.ENODEV)
    if not length or offset < 0 or offset % _OFFSET_UNIT:
        raise ErrnoError(Errno.EINVAL)
    host.memory.view(allocated_ptr, 4)
    host.memory.view(addr_ptr, 4)
    address = host.instance.call("emscripten_builtin_memalign", WASM_PAGE_BYTES, length + 15 & ~15) & 0xFFFFFFFF
    if not address:
        raise ErrnoError(Errno.ENOMEM)
    # the call may have grown the memory: take the view afterwards
    target = host.memory.view(address, length)
    n = 0
    while n < length and (got := stream.node.read_into(target[n:], offset + n)):
        n += got
    for start in range(n, length, len(_ZEROS)):
        end = min(start + len(_ZEROS), length)
        target[start:end] = _ZEROS[: end - start]
    stream.acquire()
    host.mappings[address] = MemoryMapping(stream, offset, length, writes_back)
    host.memory.write_u32(allocated_ptr, 1)
    host.memory.write_u32(addr_ptr, address)
    return 0


def _write_back(host: Host, address: int, mapping: MemoryMapping) -> None:
    """Copy to the file what lies within it: a mapping never makes a file longer."""
    n = min(mapping.length, mapping.stream.node.size - mapping.offset)
    if mapping.writes_back and n > 0:
        mapping.stream.node.write(host.memory.view(address, n), mapping.offset)


@REGISTRY.register("_msync_js", "ippiiij", convention=Convention.SYSCALL, support=Support.PARTIAL, note=_NOTE)
def msync(host: Host, address: int, _length: int, _protection: int, _flags: int, _fd: int, _offset: int) -> int:
    """Write a shared mapping, whole, to its file; ENOMEM, nothing is mapped there; ENOSPC."""
    mapping = host.mappings.get(address)
    if mapping is None:
        raise ErrnoError(Errno.ENOMEM)
    _write_back(host, address, mapping)
    return 0


@REGISTRY.register("_munmap_js", "ippiiij", convention=Convention.SYSCALL, support=Support.PARTIAL, note=_NOTE)
def munmap(host: Host, address: int, _length: int, _protection: int, _flags: int, _fd: int, _offset: int) -> int:
    """Write a shared mapping to its file and let the file go; libc frees the memory. EINVAL, nothing is mapped."""
    mapping = host.mappings.pop(address, None)
    if mapping is None:
        raise ErrnoError(Errno.EINVAL)
    try:
        _write_back(host, address, mapping)
    finally:
        mapping.stream.release()
    return 0
