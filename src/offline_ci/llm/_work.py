"""Work that somebody may want to end: who does it asks ``cancelled``, who waits for it calls ``cancel``."""

from __future__ import annotations


class Work:
    """Whether the running work should end; no lock is taken, so a signal handler may call everything here."""

    def __init__(self) -> None:
        self.closed = False
        self._cancelled = False

    def cancelled(self) -> bool:
        """Whether the running work should end soon."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the running work to end."""
        self._cancelled = True

    def begin(self) -> None:
        """New work: forget earlier cancellations, except by ``close``."""
        self._cancelled = self.closed

    def close(self) -> None:
        """Take no more work, and ask the running work to end; a second call does nothing."""
        self.closed = True
        self.cancel()

    def join(self) -> None:
        """Wait until nothing of it runs any more, after ``close``."""
