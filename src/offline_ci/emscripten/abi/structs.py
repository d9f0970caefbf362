"""Layouts of structures in guest memory (wasm32, little-endian).

Source: emscripten 5.0.3 ``src/struct_info_generated.json``; the tests hold the sizes and offsets against it.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

U8: Final = Struct("<B")
U16: Final = Struct("<H")
U32: Final = Struct("<I")
I32: Final = Struct("<i")
U64: Final = Struct("<Q")
I64: Final = Struct("<q")
F64: Final = Struct("<d")

STAT: Final = Struct("<IIIIIIqiiqI4xqI4xqI4xQ")
"""dev, mode, nlink, uid, gid, rdev, size, blksize, blocks, atime (s, ns), mtime (s, ns), ctime (s, ns), ino."""

STATFS: Final = Struct("<IIqqqqqqIII20x")
"""type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen, frsize, flags."""

DIRENT_HEADER: Final = Struct("<QqHB")
"""ino, off, reclen, type; the NUL-terminated name follows."""
DIRENT_BYTES: Final = 280
DIRENT_NAME_BYTES: Final = 256

IOVEC: Final = Struct("<II")
"""base, length."""
POLLFD: Final = Struct("<ihh")
"""fd, events, revents."""
TIMESPEC: Final = Struct("<qi4x")
"""seconds, nanoseconds."""
FDSTAT: Final = Struct("<BxH4xQQ")
"""filetype, flags, rights, inheriting rights."""
TM: Final = Struct("<10i")
"""sec, min, hour, mday, mon, year - 1900, wday, yday, isdst, gmtoff; the zone name's pointer follows, libc sets it."""
WINSIZE: Final = Struct("<HHHH")
"""rows, columns, pixels across, pixels down."""
TERMIOS_BYTES: Final = 60
FLOCK_TYPE: Final = Struct("<h")
"""``struct flock`` begins with its type."""
