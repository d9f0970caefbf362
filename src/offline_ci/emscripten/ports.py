"""All that the Emscripten host may ask of an engine.

The host is engine-free: tests drive it with a ``bytearray`` for memory; ``offline_ci.engine`` implements the same
protocols on wasmtime. Both pass ``tests/support/port_contracts.py``.
"""

from __future__ import annotations

from typing import NewType, Protocol

GuestPtr = int
"""An address in linear memory, unsigned, 0 … 2**32 - 1."""
Fd = int
"""A guest file descriptor."""
FuncRef = NewType("FuncRef", object)
"""An opaque reference to a wasm or host function."""

WASM_PAGE_BYTES = 65536


class GuestMemory(Protocol):
    """Linear memory of one instance."""

    def view(self) -> memoryview:
        """The whole memory as writable bytes (format ``B``); valid until the next ``grow``."""
        ...

    def grow(self, n_pages: int) -> bool:
        """Add pages of 64 KiB; False where the limit or the module's maximum forbids it."""
        ...


class GuestInstance(Protocol):
    """The main module's instance."""

    @property
    def memory(self) -> GuestMemory:
        """Its linear memory."""
        ...

    def call(self, name: str, *args: int) -> int:
        """Call an export with i32/i64 arguments; the result as an unsigned integer, 0 for none.

        Raises:
            GuestExit, GuestTrap: see ``offline_ci.emscripten.unwind``.
        """
        ...

    def call_table(self, index: int, *args: int) -> int:
        """Call an entry of the indirect function table, as ``call`` does."""
        ...
