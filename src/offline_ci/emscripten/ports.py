"""All that the Emscripten host may ask of an engine.

The host is engine-free: tests drive it with a ``bytearray`` for memory; ``offline_ci.engine`` implements the same
protocols on wasmtime. Both pass ``tests/support/port_contracts.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

GuestPtr = int
"""An address in linear memory, unsigned, 0 … 2**32 - 1."""
Fd = int
"""A guest file descriptor."""
FuncRef: TypeAlias = Any
"""An opaque reference to a wasm or host function."""
Extern: TypeAlias = Any
"""Anything that can be imported, opaque."""
InstanceRef: TypeAlias = Any
"""An opaque reference to a side module's instance."""

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

    def call_table(self, index: int, signature: str, *args: int) -> int:
        """Call an entry of the indirect function table, as ``call`` does.

        Args:
            index: the guest's choice, so nothing is assumed of it.
            signature: Emscripten letters that the entry's type must have, ``i`` for pointers too.
            *args: as for ``call``.

        Raises:
            GuestTrap: the entry is null or of another type.
        """
        ...


class LinkableInstance(GuestInstance, Protocol):
    """What the dynamic linker and libffi ask of the main instance, beyond calling it.

    Function arguments and results are raw 64-bit patterns here: an f64 is handed over as its bits.
    """

    def table_size(self) -> int:
        """Entries of the indirect function table."""
        ...

    def table_grow(self, n: int) -> int:
        """Add ``n`` null entries; the index of the first."""
        ...

    def table_append(self, func: FuncRef) -> int:
        """Add one entry; its index."""
        ...

    def table_set(self, index: int, func: FuncRef) -> None:
        """Replace an entry."""
        ...

    def find_table(self, index: int) -> FuncRef | None:
        """The function of an entry; None where it is null or out of bounds."""
        ...

    def new_global(self, value: int, *, mutable: bool) -> Extern:
        """A fresh i32 global."""
        ...

    def get_global(self, extern: Extern) -> int:
        """Its value, unsigned."""
        ...

    def set_global(self, extern: Extern, value: int) -> None:
        """Change a mutable one."""
        ...

    def find_main_export(self, name: str) -> Extern | None:
        """An export of the main module: memory, table, tag, global, function."""
        ...

    def find_host_function(self, name: str) -> FuncRef | None:
        """The host function that main imports under that name."""
        ...

    def function(self, instance: InstanceRef | None, name: str) -> FuncRef:
        """An exported function of a side module's instance, or of main (None).

        Raises:
            LinkError: there is none.
        """
        ...

    def instantiate_side(self, module: object, imports: Sequence[Extern]) -> InstanceRef:
        """Instantiate a compiled side module; imports in its import section's order.

        Raises:
            LinkError: an import has the wrong type.
        """
        ...

    def as_extern(self, func: FuncRef) -> Extern:
        """A function as an import."""
        ...

    def import_stub(self, module: object, index: int, handler: Callable[..., int | None]) -> FuncRef:
        """A host function with the type of the module's import number ``index``; the handler gets raw arguments."""
        ...

    def function_type(self, func: FuncRef) -> str:
        """Emscripten letters ``v i j f d e``, result first."""
        ...

    def new_function(self, signature: str, handler: Callable[..., int | None]) -> FuncRef:
        """A host function of that type; the handler gets and returns raw arguments."""
        ...

    def call_function(self, func: FuncRef, *args: int) -> int:
        """Call any function; arguments and result raw. The caller has checked the type."""
        ...
