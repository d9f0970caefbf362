"""What running a cell gives back. Whatever guest code does ends up here, as a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "ok", "error", "exit", "time_limit", "memory_limit", "output_limit", "disk_limit", "trap", "interrupted"
]
LIMIT_STATUSES: frozenset[str] = frozenset({"time_limit", "memory_limit", "output_limit", "disk_limit"})

Output = dict[str, Any]
"""A notebook output, nbformat 4: ``stream``, ``execute_result``, ``display_data`` or ``error``."""
OnOutput = Callable[[Output], None]
OnInput = Callable[[str], str]
"""Answers the guest's ``input(prompt)``."""


@dataclass(frozen=True, slots=True)
class GuestError:
    """An exception that ended a cell.

    Attributes:
        ename: class name.
        evalue: its text.
        traceback: lines as Python prints them; frames are the cell's own and the libraries', never ours or the host's.
    """

    ename: str
    evalue: str
    traceback: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LimitHit:
    """Which limit ended a cell.

    Attributes:
        name: ``time_s``, ``memory_bytes``, ``output_bytes`` or ``disk_bytes``.
        limit: its value.
        used: what was used or asked for, in the same unit.
    """

    name: str
    limit: float
    used: float


@dataclass(frozen=True, slots=True)
class GuestFile:
    """A file below ``/mnt/data``.

    Attributes:
        path: relative to ``/mnt/data``, POSIX.
        bytes: its size.
    """

    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """The outcome of one cell.

    Attributes:
        status: see ``Status``.
        stdout: everything printed to standard output.
        stderr: everything printed to standard error.
        result: repr of the last expression's value, None where there is none.
        error: the exception, for ``error``, and for limits that Python code saw as one.
        outputs: nbformat 4 outputs in the order in which they happened.
        files: created or changed by this cell.
        limit: which limit was hit, else None.
        exit_code: for ``exit``.
        rolled_back: the cell ran out of time or memory, or lost its interpreter: variables and files are as they were
            before it. After ``os._exit`` only the variables are: what it wrote stays.
        state_lost: the session had to start afresh. Its process died: variables and files are gone. Or an earlier cell
            had broken Python itself: variables are gone, and this cell ran without them; ``stderr`` says so.
        elapsed_s: seconds the cell ran.
    """

    status: Status
    stdout: str = ""
    stderr: str = ""
    result: str | None = None
    error: GuestError | None = None
    outputs: list[Output] = field(default_factory=list)
    files: list[GuestFile] = field(default_factory=list)
    limit: LimitHit | None = None
    exit_code: int | None = None
    rolled_back: bool = False
    state_lost: bool = False
    elapsed_s: float = 0.0

    @property
    def ok(self) -> bool:
        """True where the cell ran to its end."""
        return self.status == "ok"
