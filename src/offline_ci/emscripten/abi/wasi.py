"""Numbers of WASI preview 1. Source: emscripten 5.0.3 ``system/include/wasi/api.h``."""

from __future__ import annotations

from typing import Final

CLOCK_REALTIME: Final = 0
CLOCK_MONOTONIC: Final = 1
CLOCK_PROCESS_CPUTIME: Final = 2
CLOCK_THREAD_CPUTIME: Final = 3

FILETYPE_UNKNOWN: Final = 0
FILETYPE_CHARACTER_DEVICE: Final = 2
FILETYPE_DIRECTORY: Final = 3
FILETYPE_REGULAR_FILE: Final = 4
FILETYPE_SYMBOLIC_LINK: Final = 7

FDFLAGS_APPEND: Final = 1
FDFLAGS_NONBLOCK: Final = 4
ALL_RIGHTS: Final = (1 << 29) - 1
"""Every right of the fdstat structure; nothing in Emscripten's libc reads them."""
