"""Linear memory as an engine maps it: a private view of an image at the bottom, anonymous memory above."""

import ctypes
import mmap
import tempfile

from offline_ci.snapshot import pages_libc

WASM_PAGE = 65536


class LinearMemory:
    """Memory of one instance.

    Args:
        image: what instantiation puts at the bottom; whole wasm pages.
        memory_bytes: the size at first.
        limit_bytes: so far it may grow.
    """

    def __init__(self, image, memory_bytes, limit_bytes=None):
        self.limit_bytes = limit_bytes or 4 * memory_bytes
        self.memory_bytes = memory_bytes
        self.area = mmap.mmap(-1, self.limit_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.area))
        if image:
            with tempfile.TemporaryFile() as file:
                file.write(image)
                file.flush()
                pages_libc.map_over(self.address, len(image), file.fileno(), 0)

    def grow(self, wasm_pages):
        self.memory_bytes = min(self.limit_bytes, self.memory_bytes + wasm_pages * WASM_PAGE)

    def write(self, offset, data):
        self.area[offset : offset + len(data)] = data

    def read(self):
        return self.area[: self.memory_bytes]

    def close(self):
        self.area.close()
