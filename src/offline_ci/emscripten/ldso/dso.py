"""Shared objects as the dynamic linker knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from offline_ci.emscripten.ports import GuestPtr, InstanceRef
from offline_ci.wasmbin.linkinfo import LinkInfo


@dataclass(frozen=True, slots=True)
class SideModule:
    """A compiled side module: an engine's module, opaque here, and what linking needs to know of it."""

    module: object
    link: LinkInfo


class LibraryProvider(Protocol):
    """Where side modules come from."""

    def find(self, guest_path: str) -> SideModule | None:
        """The compiled library that stands for the guest's file, or None."""
        ...


@dataclass(slots=True, eq=False)
class Dso:
    """A loaded shared object; the main module is one too (``instance`` None, bases 0).

    Attributes:
        name: absolute guest path.
        link: imports, exports, dylink.0.
        memory_base: where its data lies.
        table_base: its first function table entry.
        instance: None for main, and while a side module is being linked.
        is_global: its symbols serve later libraries (``RTLD_GLOBAL``).
        needed: the libraries it names in dylink.0, loaded.
        slots: functions that got a table entry only when somebody took their address.
        got: values of its GOT imports, by module (``GOT.func``, ``GOT.mem``) and name.
    """

    name: str
    link: LinkInfo
    memory_base: GuestPtr = 0
    table_base: int = 0
    instance: InstanceRef | None = None
    is_global: bool = False
    needed: list[Dso] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    got: dict[tuple[str, str], int] = field(default_factory=dict)
