"""Work that waits for a pause."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

IDLE_S = 0.05
"""A pause this long is worth using: whoever runs cell after cell is not kept waiting."""


def take(items: queue.SimpleQueue[T], on_pause: Callable[[], object]) -> T:
    """The next item; where there is none for ``IDLE_S``, ``on_pause`` is called once meanwhile."""
    try:
        return items.get(timeout=IDLE_S)
    except queue.Empty:
        on_pause()
    return items.get()
