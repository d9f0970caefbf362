"""How a fetch says what it is doing; the command line draws it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told about one transfer at a time, never from two threads at once."""

    def start(self, name: str, total_bytes: int) -> None:
        """A transfer of so many bytes begins; bytes that are here already are not counted."""
        ...

    def advance(self, n_bytes: int) -> None:
        """So many more bytes have arrived; negative where bytes were lost and must come again."""
        ...

    def finish(self) -> None:
        """The transfer that was started is over, well or not."""
        ...

    def message(self, text: str) -> None:
        """One line worth telling between or during transfers."""
        ...


class SilentProgress:
    """Tells nobody."""

    def start(self, name: str, total_bytes: int) -> None:
        """See ``Progress``."""

    def advance(self, n_bytes: int) -> None:
        """See ``Progress``."""

    def finish(self) -> None:
        """See ``Progress``."""

    def message(self, text: str) -> None:
        """See ``Progress``."""
