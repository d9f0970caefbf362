"""Shared objects as the dynamic linker knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from offline_ci.emscripten.ldso.state import LibraryState
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

    def link(self, guest_path: str) -> LinkInfo:
        """Imports, exports and dylink.0 of a library that there is; its code is not looked at.

        Raises:
            LinkError: there is no such library.
        """
        ...


class Dso:
    """A loaded shared object; the main module is one too (``instance`` None, bases 0).

    Args:
        name: absolute guest path.
        link: imports, exports, dylink.0; or a function that reads them when they are first needed.
        is_global: its symbols serve later libraries (``RTLD_GLOBAL``).
        needed: the libraries it names in dylink.0, loaded.

    Attributes:
        memory_base: where its data lies.
        table_base: its first function table entry.
        instance: None for main, and while a side module is being linked.
        slots: functions that got a table entry only when somebody took their address.
        got: values of its GOT imports, by module (``GOT.func``, ``GOT.mem``) and name.
    """

    __slots__ = (
        "_link",
        "_state",
        "got",
        "instance",
        "is_global",
        "memory_base",
        "name",
        "needed",
        "slots",
        "table_base",
    )

    def __init__(
        self,
        name: str,
        link: LinkInfo | Callable[[], LinkInfo],
        *,
        is_global: bool = False,
        needed: Sequence[Dso] = (),
    ) -> None:
        self.name = name
        self._link = link
        self.is_global = is_global
        self.needed = list(needed)
        self.memory_base: GuestPtr = 0
        self.table_base = 0
        self.instance: InstanceRef | None = None
        self.slots: dict[str, int] = {}
        self.got: dict[tuple[str, str], int] = {}
        self._state: LibraryState | None = None

    @property
    def link(self) -> LinkInfo:
        """Imports, exports, dylink.0."""
        if not isinstance(self._link, LinkInfo):
            self._link = self._link()
        return self._link

    @classmethod
    def restored(cls, state: LibraryState, link: LinkInfo | Callable[[], LinkInfo], needed: Sequence[Dso]) -> Dso:
        """What ``state`` was taken of, not yet instantiated."""
        dso = cls(state.name, link, is_global=state.is_global, needed=needed)
        dso.memory_base, dso.table_base = state.memory_base, state.table_base
        dso.slots = dict(state.slots)
        dso.got = {(module, name): value for module, name, value in state.got}
        dso._state = state
        return dso

    def state(self) -> LibraryState:
        """All of it but the instance; the same object as last time when nothing has changed."""
        state = self._state
        if state is None or len(state.slots) != len(self.slots) or state.is_global != self.is_global:
            state = self._state = LibraryState(
                name=self.name,
                memory_base=self.memory_base,
                table_base=self.table_base,
                is_global=self.is_global,
                needed=tuple(dso.name for dso in self.needed),
                got=tuple((module, name, value) for (module, name), value in self.got.items()),
                slots=dict(self.slots),
            )
        return state
