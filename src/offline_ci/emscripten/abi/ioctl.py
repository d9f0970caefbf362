"""Numbers of ioctl and of memory mappings.

Source: emscripten 5.0.3 ``src/struct_info_generated.json``, musl ``arch/generic/bits/ioctl.h`` and
``include/sys/mman.h``.
"""

from __future__ import annotations

from typing import Final

TCGETS: Final = 0x5401
TCSETS: Final = 0x5402
TCSETSW: Final = 0x5403
TCSETSF: Final = 0x5404
TIOCGPGRP: Final = 0x540F
TIOCSPGRP: Final = 0x5410
TIOCGWINSZ: Final = 0x5413
TIOCSWINSZ: Final = 0x5414
FIONREAD: Final = 0x541B
FIONBIO: Final = 0x5421
FIONCLEX: Final = 0x5450
FIOCLEX: Final = 0x5451

PROT_READ: Final = 1
PROT_WRITE: Final = 2
MAP_SHARED: Final = 1
MAP_PRIVATE: Final = 2
