"""What a guest consists of between two cells."""

from __future__ import annotations

from dataclasses import dataclass

from offline_ci.emscripten.checkpoint import HostState
from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.emscripten.ports import GuestPtr
from offline_ci.snapshot.pages import PageMap


@dataclass(frozen=True, slots=True)
class Entries:
    """Addresses of the guest's functions that the host calls; each is a reference that the host owns.

    Attributes:
        run: runs the next cell.
        renew: makes a guest differ from others that came from the same image.
    """

    run: GuestPtr
    renew: GuestPtr


@dataclass(frozen=True, slots=True)
class FreshGuest:
    """The guest in an image; its memory is the image's.

    Attributes:
        host: files, descriptors.
        link: what is linked.
        entries: where its functions are.
    """

    host: HostState
    link: LinkState
    entries: Entries


@dataclass(frozen=True, slots=True)
class PythonState:
    """An interpreter.

    Attributes:
        link: what is linked.
        entries: where its functions are.
        pages: memory that differs from the base's.
    """

    link: LinkState
    entries: Entries
    pages: PageMap


@dataclass(frozen=True, slots=True)
class GuestState:
    """A guest.

    Attributes:
        host: files, descriptors, clock, entropy.
        python: its interpreter; None for one that has run nothing yet, which is as good as any fresh one.
    """

    host: HostState
    python: PythonState | None
