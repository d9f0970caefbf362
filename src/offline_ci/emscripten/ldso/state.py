"""What has been linked into a guest, as data: enough to link the same again at the same places.

Memory is not in here. Linking again neither relocates nor runs constructors: whoever restores a guest puts its memory
over whatever instantiation wrote.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from offline_ci.emscripten.ports import GuestPtr


@dataclass(frozen=True, slots=True)
class LibraryState:
    """A loaded side module.

    Attributes:
        name: absolute guest path.
        memory_base: where its data lies.
        table_base: its first function table entry.
        is_global: its symbols serve later libraries.
        needed: names of the libraries it needs, all loaded before it.
        got: values of its GOT imports as ``(module, name, value)``, each once.
        slots: table entries that functions got only when somebody took their address, by export name.
    """

    name: str
    memory_base: GuestPtr
    table_base: int
    is_global: bool
    needed: tuple[str, ...]
    got: tuple[tuple[str, str, int], ...]
    slots: dict[str, int]


@dataclass(frozen=True, slots=True)
class ClosureState:
    """A libffi closure: a table entry that calls ``function(cif, result, arguments, user_data)``.

    Attributes:
        slot: its table entry.
        cif: address of the ``ffi_cif``; 0 for a closure that was allocated and never prepared.
        function: table index.
        user_data: pointer.
    """

    slot: int
    cif: GuestPtr = 0
    function: int = 0
    user_data: GuestPtr = 0


@dataclass(frozen=True, slots=True)
class LinkState:
    """Everything that linking gave an instance beside its memory.

    Attributes:
        table_size: entries of the function table.
        stack_pointer: of the shadow stack, between calls.
        stack_limits: base and end of the shadow stack as ``emscripten_stack_set_limits`` takes them.
        trampoline: table entry of CPython's call trampoline.
        libraries: in the order in which they were loaded.
        handles: names of libraries by address of their ``struct dso``.
        main_slots: table entries of functions of the main module, by export name.
        host_slots: table entries of host functions, by name.
        closures: libffi's.
        free_closures: table entries of closures that were freed.
    """

    table_size: int
    stack_pointer: GuestPtr
    stack_limits: tuple[GuestPtr, GuestPtr]
    trampoline: int
    libraries: tuple[LibraryState, ...]
    handles: dict[GuestPtr, str]
    main_slots: dict[str, int]
    host_slots: dict[str, int]
    closures: tuple[ClosureState, ...]
    free_closures: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> LinkState:
        """Read what ``to_json`` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        fields = dict(document)
        fields["stack_limits"] = tuple(fields["stack_limits"])
        fields["libraries"] = tuple(
            LibraryState(
                **{**entry, "needed": tuple(entry["needed"]), "got": tuple((m, n, v) for m, n, v in entry["got"])}
            )
            for entry in fields["libraries"]
        )
        fields["handles"] = {int(pointer): name for pointer, name in fields["handles"].items()}
        fields["closures"] = tuple(ClosureState(**entry) for entry in fields["closures"])
        fields["free_closures"] = tuple(fields["free_closures"])
        return cls(**fields)
