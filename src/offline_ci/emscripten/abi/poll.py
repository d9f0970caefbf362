"""Numbers of poll. Source: emscripten 5.0.3 ``src/struct_info_generated.json``."""

from __future__ import annotations

from typing import Final

POLLIN: Final = 0x001
POLLOUT: Final = 0x004
POLLERR: Final = 0x008
POLLHUP: Final = 0x010
POLLNVAL: Final = 0x020
POLLRDNORM: Final = 0x040
POLLWRNORM: Final = 0x100

READABLE: Final = POLLIN | POLLRDNORM
WRITABLE: Final = POLLOUT | POLLWRNORM
