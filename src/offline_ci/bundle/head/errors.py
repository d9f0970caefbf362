"""The one kind of error here."""

from __future__ import annotations


class BundleError(Exception):
    """A bundle cannot be used, or not here.

    Attributes:
        message: what is wrong, naming the thing.
        hint: what to do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint
