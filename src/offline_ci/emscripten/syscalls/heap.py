"""Growing the guest's heap. Source: emscripten 5.0.3 ``src/lib/libcore.js`` (``emscripten_resize_heap``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.registry import env

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_SPARE_DIVISORS = (5, 10, 20)  # grow by a fifth of the size more than asked, or by less where that is refused
_MOST_SPARE_BYTES = 96 << 20


@env("emscripten_resize_heap", "ip")
def resize_heap(host: Host, wanted_bytes: int) -> int:
    """Grow memory to at least ``wanted_bytes``; 1, or 0 where that is not allowed, which malloc turns into NULL.

    Some spare room is added, so that a program that allocates steadily does not come here for each page. A refusal is
    noted in ``Host.memory_refused``.
    """
    memory = host.memory
    old = memory.size
    limit = host.heap_max_bytes
    if wanted_bytes <= limit:
        for divisor in _SPARE_DIVISORS:
            spare = min(old + old // divisor, wanted_bytes + _MOST_SPARE_BYTES)
            n_pages = (min(limit, max(wanted_bytes, spare)) - old + WASM_PAGE_BYTES - 1) // WASM_PAGE_BYTES
            if memory.grow(max(0, n_pages)):
                return 1
        if memory.grow(max(0, (wanted_bytes - old + WASM_PAGE_BYTES - 1) // WASM_PAGE_BYTES)):
            return 1
    host.memory_refused = (limit, wanted_bytes)
    return 0


@env("emscripten_get_heap_max", "p")
def get_heap_max(host: Host) -> int:
    """What the heap may grow to, in bytes."""
    return host.heap_max_bytes
