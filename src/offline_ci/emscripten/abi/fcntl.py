"""Numbers of open, fcntl, the ``*at`` calls, access and stat modes.

Source: emscripten 5.0.3 ``src/struct_info_generated.json`` and ``system/lib/libc/musl`` (``include/fcntl.h``,
``include/sys/stat.h``, ``arch/generic/bits/fcntl.h``).
"""

from __future__ import annotations

from typing import Final

O_RDONLY: Final = 0
O_WRONLY: Final = 1
O_RDWR: Final = 2
ACCESS_MODE: Final = 3
"""The access mode's bits without ``O_PATH``, which musl's ``O_ACCMODE`` includes."""
O_CREAT: Final = 0o100
O_EXCL: Final = 0o200
O_NOCTTY: Final = 0o400
O_TRUNC: Final = 0o1000
O_APPEND: Final = 0o2000
O_NONBLOCK: Final = 0o4000
O_LARGEFILE: Final = 0o100000
O_DIRECTORY: Final = 0o200000
O_NOFOLLOW: Final = 0o400000
O_CLOEXEC: Final = 0o2000000
O_PATH: Final = 0o10000000
O_TMPFILE: Final = 0o20200000

AT_FDCWD: Final = -100
AT_SYMLINK_NOFOLLOW: Final = 0x100
AT_EACCESS: Final = 0x200
AT_REMOVEDIR: Final = 0x200
AT_NO_AUTOMOUNT: Final = 0x800
AT_EMPTY_PATH: Final = 0x1000

F_DUPFD: Final = 0
F_GETFD: Final = 1
F_SETFD: Final = 2
F_GETFL: Final = 3
F_SETFL: Final = 4
F_GETLK: Final = 12
F_SETLK: Final = 13
F_SETLKW: Final = 14
F_DUPFD_CLOEXEC: Final = 1030
FD_CLOEXEC: Final = 1
F_UNLCK: Final = 2

F_OK: Final = 0
X_OK: Final = 1
W_OK: Final = 2
R_OK: Final = 4

SEEK_SET: Final = 0
SEEK_CUR: Final = 1
SEEK_END: Final = 2

S_IFMT: Final = 0o170000
S_IFIFO: Final = 0o010000
S_IFCHR: Final = 0o020000
S_IFDIR: Final = 0o040000
S_IFBLK: Final = 0o060000
S_IFREG: Final = 0o100000
S_IFLNK: Final = 0o120000
S_IFSOCK: Final = 0o140000
PERMISSION_BITS: Final = 0o7777
OWNER_READ: Final = 0o400
OWNER_WRITE: Final = 0o200
OWNER_EXECUTE: Final = 0o100

DT_FIFO: Final = 1
DT_CHR: Final = 2
DT_DIR: Final = 4
DT_REG: Final = 8
DT_LNK: Final = 10

UTIME_NOW: Final = 0x3FFFFFFF
UTIME_OMIT: Final = 0x3FFFFFFE

NAME_MAX: Final = 255
"""Bytes of one path component."""
PATH_MAX: Final = 4096
"""Bytes of a path with its terminating NUL."""
SYMLOOP_MAX: Final = 40
"""Symbolic links followed in one resolution; Linux's number."""
IOV_MAX: Final = 1024
