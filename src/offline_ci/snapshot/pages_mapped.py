"""Page maps on Linux: what a guest changed is copied into a log once, and the log is mapped back over the memory.

Where much was written in one piece, the memory becomes a copy-on-write view of the log: the bytes exist once, and the
kernel says at the next checkpoint which pages were written since. Where little was written, mapping costs more than it
gives (a system call, then a page fault at the next write, and each cell writes most of these pages): such pages stay
private, are *loose*. Where the kernel can say which pages were written since the last checkpoint, that is all there is
to look at; else the page tables tell which pages are private, and loose ones are compared with their stored bytes.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import compress
from operator import not_

from offline_ci.errors import HostInvariantError, SandboxError
from offline_ci.snapshot import pages_libc
from offline_ci.snapshot.pages import PAGE_BYTES, Chunk, PageMap, Span, check_restore
from offline_ci.snapshot.pages_dirty import DirtyPages
from offline_ci.snapshot.pages_log import Log, Run
from offline_ci.snapshot.pages_spans import coalesce, crossings, crowded, overlay, subtract
from offline_ci.snapshot.pages_written import WrittenPages


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What pays, measured on x86-64 with a session of numpy, pandas and matplotlib; all in pages unless said otherwise.

    Attributes:
        large: from this on, a change is mapped.
        near: so much between two changes is stored with them; fewer runs cost less than these bytes.
        max_loose: more that is loose is mapped, since comparing it would take milliseconds.
        period: checkpoints; what is loose and did not change in so many is mapped.
        gap: so much between two runs that stop being loose is stored with them, to need one mapping only.
        max_mapped: runs; more are put together. Each costs a restore a system call, and a process may have 65,530.
        worth_mapping: loose runs of this length are mapped in a restored instance, as long as there are not too many.
        spare: of what is free in the log keeps its memory.
        max_unwatched: a cell that wrote more is a large one; what it wrote is watched.
        unwatched: so many more than one cell wrote may stay unwatched.
    """

    large: int = 64
    near: int = 2
    max_loose: int = 4096
    period: int = 16
    gap: int = 32
    max_mapped: int = 384
    worth_mapping: int = 2
    spare: int = 4096
    max_unwatched: int = 1024
    unwatched: int = 256


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class MappedPageMap:
    """See ``PageMap``.

    Attributes:
        memory_bytes: the size of memory.
        mapped: what a restore maps, in order, without overlaps.
        loose: what a restore copies over that, in order, without overlaps.
    """

    memory_bytes: int
    mapped: tuple[Run, ...] = ()
    loose: tuple[Run, ...] = ()

    def runs(self) -> list[Run]:
        """Everything that differs from the base, in order, without overlaps."""
        return overlay(self.mapped, self.loose)

    @property
    def stored_bytes(self) -> int:
        """See ``PageMap.stored_bytes``."""
        return sum(run.n for run in self.runs()) * PAGE_BYTES


@dataclass(slots=True)
class _Change:
    """What differs from the last checkpoint.

    Attributes:
        large: to be stored and mapped.
        small: to be stored.
        kept: loose runs that are as they were.
    """

    large: list[Span] = field(default_factory=list)
    small: list[Span] = field(default_factory=list)
    kept: list[Run] = field(default_factory=list)

    def settle(self, spans: Iterable[Span], gap: int) -> None:
        """Map these loose spans too, with what lies between those that are not farther apart than ``gap``."""
        self.large = coalesce(sorted([*self.large, *spans]), gap)
        starts = [first for first, _ in self.large]

        def is_in_large(page: int) -> bool:
            at = bisect_right(starts, page)
            return at > 0 and page < self.large[at - 1][1]

        self.small = [span for span in self.small if not is_in_large(span[0])]
        self.kept = [run for run in self.kept if not is_in_large(run.first)]


class MappedStore:
    """Implements ``PageStore``.

    Args:
        thresholds: what pays.
        watch: let the kernel say which pages were written lately, where it can.

    Attributes:
        dirty: tells which pages are private.
        written: tells which were written lately; None where the kernel is too old.
        n_parted: how often this process was forked.

    Raises:
        OSError: the kernel lacks something, see ``pages_choice``.
    """

    def __init__(self, thresholds: Thresholds | None = None, *, watch: bool = True) -> None:
        self.thresholds = thresholds or Thresholds()
        self.dirty = DirtyPages()
        self.written = _watch_writes() if watch else None
        self.n_parted = 0
        self._log = Log(self.thresholds.spare)
        self._lock = threading.Lock()
        self._live: weakref.WeakSet[MappedPageMap] = weakref.WeakSet()

    def track(self, address: int, memory_bytes: int) -> MappedPages:
        """See ``PageStore.track``."""
        return MappedPages(self, address, memory_bytes)

    def part(self) -> None:
        """See ``PageStore.part``."""
        with self._lock:
            self.dirty = DirtyPages()  # the other's descriptors tell of the other process
            if self.written is not None:
                self.written = None  # closed first: a memory has one watcher
                self.written = _watch_writes()
            self.n_parted += 1
            self._log = Log(self.thresholds.spare)

    def with_more_mapped(self, page_map: MappedPageMap) -> MappedPageMap:
        """The same memory with the longest loose runs mapped: the next cell may need them, a restore need not wait."""
        room = max(0, self.thresholds.max_mapped - len(page_map.mapped))
        longest = sorted(page_map.loose, key=lambda run: run.n, reverse=True)[:room]
        chosen = {run.first for run in longest if run.n >= self.thresholds.worth_mapping}
        is_chosen = [run.first in chosen for run in page_map.loose]
        same = MappedPageMap(
            page_map.memory_bytes,
            tuple(overlay(page_map.mapped, list(compress(page_map.loose, is_chosen)))),
            tuple(compress(page_map.loose, map(not_, is_chosen))),
        )
        with self._lock:
            self._live.add(same)
        return same

    def contents(self, page_map: PageMap) -> Iterator[Chunk]:
        """See ``PageStore.contents``."""
        for run in _own(page_map).runs():
            yield from run.chunks()

    def load(self, memory_bytes: int, chunks: Iterable[Chunk]) -> MappedPageMap:
        """See ``PageStore.load``."""
        log = Log(self.thresholds.spare)
        runs: list[Run] = []
        for offset, data in chunks:
            run = log.append(offset // PAGE_BYTES, data)
            if runs and runs[-1].end == run.first:
                before = runs.pop()
                run = before._replace(n=before.n + run.n)
            runs.append(run)
        is_large = [run.n >= self.thresholds.large for run in runs]
        return MappedPageMap(memory_bytes, tuple(compress(runs, is_large)), tuple(compress(runs, map(not_, is_large))))

    def seal(self, address: int, memory_bytes: int, before: MappedPageMap, change: _Change) -> MappedPageMap:
        """Store a change of a memory, and map what of it is large.

        Raises:
            SandboxError: there is no memory left; the guest's memory and all page maps are as they were.
        """
        memory = pages_libc.view(address, memory_bytes)
        with self._lock:
            if self._log.wants_sweep:
                self._log.sweep(run for page_map in self._live for run in (*page_map.mapped, *page_map.loose))
            small = self._log.write(memory, change.small)
            large = self._log.write(memory, change.large)
            # From here on nothing may fail: what is mapped must be in the page map.
            is_mapped = [_map(address, run) for run in large]
            small += compress(large, map(not_, is_mapped))
            mapped = overlay(before.mapped, list(compress(large, is_mapped)))
            if len(mapped) > self.thresholds.max_mapped:
                with suppress(SandboxError):
                    together = self._log.write(memory, crowded(mapped, self.thresholds.max_mapped * 2 // 3))
                    mapped = overlay(mapped, [run for run in together if _map(address, run)])
            loose = sorted(change.kept + small, key=lambda run: run.first)
            page_map = MappedPageMap(memory_bytes, tuple(mapped), tuple(loose))
            self._live.add(page_map)
            return page_map


class MappedPages:
    """Implements ``GuestPages``.

    Invariants: a page that differs from the base is loose, or is mapped from ``page_map.mapped``, or is dirty. While
    ``_watched`` is not None, a page that differs from ``page_map`` is told as written.

    Most cells write the same pages, and each first write to a watched page costs a microsecond. So pages that were
    written stay unwatched, and are stored again each time, until too many others have come to them.
    """

    def __init__(self, store: MappedStore, address: int, memory_bytes: int) -> None:
        self._store = store
        self._address = address
        self.page_map = MappedPageMap(memory_bytes)
        self._is_fresh = True
        self._n_changes = 0
        self._settled_next: frozenset[Run] = frozenset()
        self._watched: tuple[int, int] | None = None
        self._max_unwatched = 0

    def restore(self, page_map: PageMap, memory_bytes: int) -> None:
        """See ``GuestPages.restore``."""
        page_map = _own(page_map)
        check_restore(page_map, memory_bytes, is_fresh=self._is_fresh)
        self._is_fresh = False
        for span, runs in crossings(self._store.dirty.spans(self._address, memory_bytes), page_map.runs()):
            for first, end in subtract(span, runs):
                pages_libc.discard(self._address + first * PAGE_BYTES, (end - first) * PAGE_BYTES)
        self.page_map = page_map = self._store.with_more_mapped(page_map)
        for run in page_map.mapped:
            if not _map(self._address, run):
                _copy(self._address, run)
        for run in page_map.loose:
            _copy(self._address, run)

    def checkpoint(self, memory_bytes: int) -> MappedPageMap:
        """See ``GuestPages.checkpoint``."""
        self._is_fresh = False
        before, limits = self.page_map, self._store.thresholds
        written = self._take_written(memory_bytes)
        change = self._find_change(memory_bytes, limits) if written is None else self._change(written, limits)
        if not change.large and not change.small and memory_bytes == before.memory_bytes:
            self._watch(memory_bytes, is_watched=written is not None)
            return before
        loose = [*change.small, *((run.first, run.end) for run in change.kept)]
        if _count(loose) > limits.max_loose:
            change.settle(loose, limits.gap)
        self._n_changes += 1
        is_new_period = self._n_changes % limits.period == 0
        if is_new_period:
            idle = [(run.first, run.end) for run in change.kept if run in self._settled_next]
            change.settle(idle, limits.gap)
        try:
            self.page_map = self._store.seal(self._address, memory_bytes, before, change)
        except BaseException:
            self._forget_watch(memory_bytes)
            raise
        # what was mapped anew is not watched
        self._watch(memory_bytes, is_watched=written is not None and self.page_map.mapped == before.mapped)
        if is_new_period:
            self._settled_next = frozenset(self.page_map.loose)
        return self.page_map

    def _take_written(self, memory_bytes: int) -> list[Span] | None:
        """Pages written since the last checkpoint; None where nobody knows, and then nothing is watched."""
        watched, self._watched = self._watched, None
        if self._store.written is None or watched is None or watched[1] != self._store.n_parted:
            return None
        spans = None
        with suppress(OSError):
            if watched[0] == memory_bytes:
                spans = self._written(self._store.written, memory_bytes)
        if spans is None:
            self._forget_watch(watched[0])
        return spans

    def _written(self, written: WrittenPages, memory_bytes: int) -> list[Span] | None:
        if self._max_unwatched:
            spans = written.take(self._address, memory_bytes, rearm=False)
            if spans is not None and _count(spans) <= self._max_unwatched:
                return spans
        spans = written.take(self._address, memory_bytes)
        n, limits = _count(spans or ()), self._store.thresholds
        self._max_unwatched = n + limits.unwatched if n <= limits.max_unwatched else 0
        return spans

    def _forget_watch(self, memory_bytes: int) -> None:
        """What was taken, and not stored, must not pass for unchanged."""
        if self._store.written is not None:
            with suppress(OSError):
                self._store.written.disarm(self._address, memory_bytes)

    def _watch(self, memory_bytes: int, *, is_watched: bool) -> None:
        if self._store.written is None:
            return
        with suppress(OSError):
            if not is_watched:
                self._store.written.arm(self._address, memory_bytes)
            self._watched = memory_bytes, self._store.n_parted

    def _find_change(self, memory_bytes: int, limits: Thresholds) -> _Change:
        """Without knowing what was written: private pages, and loose ones that are not as they were."""
        loose = self.page_map.loose
        dirty = coalesce(self._store.dirty.spans(self._address, memory_bytes), limits.near)
        known = {(run.first, run.end) for run in loose}  # most spans: done without looking further
        return self._change([span for span in dirty if span not in known], limits, is_same=self._is_as_stored)

    def _is_as_stored(self, run: Run) -> bool:
        return pages_libc.is_equal(self._address + run.first * PAGE_BYTES, run.address, run.n * PAGE_BYTES)

    def _change(self, written: list[Span], limits: Thresholds, is_same: Callable[[Run], bool] | None = None) -> _Change:
        """What has to be stored.

        Args:
            written: pages that may differ from the page map.
            limits: what pays.
            is_same: whether a loose run is as it was stored; by default it is where no page of it is in ``written``.
        """
        loose = self.page_map.loose
        change = _Change()
        if is_same is None:
            touched = {run.first for _, inside in crossings(written, loose) for run in inside}
            is_same = lambda run: run.first not in touched  # noqa: E731 - of the same kind as the argument
        swallowed: set[int] = set()
        for span, inside in crossings(coalesce(written, limits.near), loose):
            new = subtract(span, inside)
            if _count(new) < limits.large:
                change.small += new
                continue
            swallowed.update(run.first for run in inside)
            ends = [span, *((run.first, run.end) for run in inside)]
            change.large.append((min(first for first, _ in ends), max(end for _, end in ends)))
        change.large = coalesce(change.large, 0)
        for run in loose:
            if run.first in swallowed:
                continue
            if is_same(run):
                change.kept.append(run)
            else:
                change.small.append((run.first, run.end))
        return change


def _count(spans: Iterable[Span]) -> int:
    return sum(end - first for first, end in spans)


def _watch_writes() -> WrittenPages | None:
    try:
        return WrittenPages()
    except OSError:
        return None


def _own(page_map: PageMap) -> MappedPageMap:
    if not isinstance(page_map, MappedPageMap):
        raise HostInvariantError("A page map was given to a store of another kind.")
    return page_map


def _map(address: int, run: Run) -> bool:
    """Whether the kernel could map it; it refuses where the process has too many mappings."""
    try:
        pages_libc.map_over(address + run.first * PAGE_BYTES, run.n * PAGE_BYTES, run.log.fd, run.slot * PAGE_BYTES)
    except OSError:
        return False
    return True


def _copy(address: int, run: Run) -> None:
    ctypes.memmove(address + run.first * PAGE_BYTES, run.address, run.n * PAGE_BYTES)
