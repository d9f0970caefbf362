"""Copying only what changed of a guest's linear memory: what both ways of doing it promise.

A checkpoint of memory is a ``PageMap``: what differs from the *base*, the memory of an instance as instantiation leaves
it. A ``PageStore`` keeps the bytes of any number of page maps of any number of instances with the same base, and shares
what they have in common. ``pages_choice.new_store`` picks the way: ``pages_mapped`` (Linux) or ``pages_portable``.

Memory is an address and a size. The size is a multiple of 64 KiB, grows and never shrinks; the address stays. No guest
code may run while its memory is checkpointed or restored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias

from offline_ci.errors import HostInvariantError

PAGE_BYTES = 4096
"""The unit in which changes are stored."""

CHUNK_BYTES = 1 << 20
"""No chunk is longer."""

Chunk: TypeAlias = tuple[int, bytes]
"""Where in memory, in bytes, and what is there; both are multiples of ``PAGE_BYTES``. Chunks are in order."""
Span: TypeAlias = tuple[int, int]
"""First page, and the page after the last."""


class PageMap(Protocol):
    """A checkpoint of memory, immutable. Its bytes are given back when the last reference to it is gone."""

    @property
    def memory_bytes(self) -> int:
        """The size of memory."""
        ...

    @property
    def stored_bytes(self) -> int:
        """How much differs from the base."""
        ...


class GuestPages(Protocol):
    """One instance's memory between checkpoints."""

    @property
    def page_map(self) -> PageMap:
        """The last checkpoint, or one like that which was restored; at first a page map of nothing."""
        ...

    def restore(self, page_map: PageMap, memory_bytes: int) -> None:
        """Give the memory of a checkpoint to an instance that has none yet; what linking wrote there is gone.

        Args:
            page_map: from the same store.
            memory_bytes: the size of memory now, which must be the checkpoint's.

        Raises:
            HostInvariantError: the sizes differ, or this is not the first thing that happens to the instance.
        """
        ...

    def checkpoint(self, memory_bytes: int) -> PageMap:
        """Keep the memory as it is now; the same page map again where nothing changed.

        Args:
            memory_bytes: its size now.

        Raises:
            SandboxError: this machine has no memory left for it; the guest and earlier checkpoints are as they were.
        """
        ...


class PageStore(Protocol):
    """The bytes behind page maps; instances on several threads may share one."""

    def track(self, address: int, memory_bytes: int) -> GuestPages:
        """Begin with an instance that was instantiated and not touched since."""
        ...

    def part(self) -> None:
        """Never write again what a fork of this process reads: called before the fork, and in the new process."""
        ...

    def contents(self, page_map: PageMap) -> Iterator[Chunk]:
        """What differs from the base."""
        ...

    def load(self, memory_bytes: int, chunks: Iterable[Chunk]) -> PageMap:
        """The page map that ``contents`` came from, perhaps in another process.

        Args:
            memory_bytes: the size of memory.
            chunks: as ``contents`` gives them; what iterating raises passes through, and nothing is kept then.

        Raises:
            SandboxError: this machine has no memory left for it.
        """
        ...


def check_restore(page_map: PageMap, memory_bytes: int, *, is_fresh: bool) -> None:
    """Whether ``GuestPages.restore`` may go ahead.

    Raises:
        HostInvariantError: see there.
    """
    if not is_fresh:
        raise HostInvariantError("Memory was restored into an instance that had run already.")
    if page_map.memory_bytes != memory_bytes:
        raise HostInvariantError(
            f"A checkpoint of {page_map.memory_bytes} bytes does not go into a memory of {memory_bytes}."
        )
