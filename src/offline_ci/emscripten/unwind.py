"""Control flow that leaves the guest. None of these crosses ``offline_ci.sandbox``."""

from __future__ import annotations


class GuestExit(Exception):  # noqa: N818 - control flow, not an error
    """The guest ended its process (``proc_exit``); the instance must be discarded."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit {code}")
        self.code = code


class GuestTrap(Exception):  # noqa: N818 - a trap is the field's word
    """The guest trapped, or a host function refused to go on; the instance must be discarded.

    Attributes:
        kind: ``interrupt`` (it was stopped), ``stack`` (call stack exhausted), ``memory`` (out of bounds),
            ``host`` (a host function said no), ``abort`` or ``other``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
