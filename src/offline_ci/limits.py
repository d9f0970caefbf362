"""What a sandbox may use."""

from __future__ import annotations

from dataclasses import dataclass, fields

from offline_ci.errors import UsageError


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """Limits of one sandbox; each must be positive.

    Attributes:
        time_s: seconds of wall-clock time that one cell may run; the clock starts at the cell's first byte-code.
        memory_bytes: the guest's linear memory, at most 4 GiB (wasm32).
        output_bytes: everything that one cell may print and display.
        disk_bytes: the contents of all files in the guest's file system together.
        open_files: descriptors open at once.
        files: files and directories that the guest may create.
    """

    time_s: float = 60.0
    memory_bytes: int = 2 << 30
    output_bytes: int = 1 << 20
    disk_bytes: int = 1 << 30
    open_files: int = 1024
    files: int = 100_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise UsageError(
                    f"The limit {field.name} is {getattr(self, field.name)!r}.", hint="Give a number above zero."
                )
