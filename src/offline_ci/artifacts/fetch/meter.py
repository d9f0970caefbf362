"""Add up several transfers at once into one progress."""

from __future__ import annotations

import threading
from contextlib import suppress

from offline_ci.artifacts.fetch.children import OnPosition
from offline_ci.artifacts.progress import Progress


class Meter:
    """Turns positions of transfers, from any thread, into ``advance`` calls, one at a time.

    Args:
        progress: who is told.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()

    def transfer(self, total_bytes: int, here_bytes: int = 0) -> OnPosition:
        """A new transfer.

        Args:
            total_bytes: how long it will be; positions beyond it (a client's second copy) do not count.
            here_bytes: where it begins.

        Returns:
            What to tell the position to; it may go back where bytes were lost.
        """
        position = here_bytes

        def on_position(n_bytes: int) -> None:
            nonlocal position
            with self._lock:
                now = max(here_bytes, min(n_bytes, total_bytes))
                if now != position:
                    self._progress.advance(now - position)
                    position = now

        return on_position

    def message(self, text: str) -> None:
        """Pass a message on."""
        with self._lock, suppress(BrokenPipeError):
            self._progress.message(text)
