"""What only the mapped way promises: little copied, little kept, nothing left behind."""

import gc
import os
import random
import sys
import threading
from pathlib import Path

import pytest

from offline_ci.errors import SandboxError
from offline_ci.snapshot import pages_log, pages_written
from offline_ci.snapshot.pages import PAGE_BYTES
from offline_ci.snapshot.pages_dirty import DirtyPages
from offline_ci.snapshot.pages_mapped import MappedStore, Thresholds
from support.linear_memory import WASM_PAGE, LinearMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is mapped on Linux only")

MEMORY_BYTES = 48 * WASM_PAGE
N_PAGES = MEMORY_BYTES // PAGE_BYTES
IMAGE = random.Random(0).randbytes(16 * WASM_PAGE)  # noqa: S311 - the same data in every run


@pytest.fixture
def memory():
    return LinearMemory(IMAGE, MEMORY_BYTES)


def log_bytes(store):
    return os.fstat(store._log.fd).st_blocks * 512


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def mappings():
    return len(Path("/proc/self/maps").read_text().splitlines())


def test_dirty_pages_are_those_that_were_written_not_those_that_were_read(memory):
    dirty = DirtyPages()
    assert bytes(memory.area[: len(IMAGE)]) == IMAGE
    assert dirty.spans(memory.address, MEMORY_BYTES) == []
    for page in (0, 1, 5, N_PAGES - 1):
        memory.write(page * PAGE_BYTES + 17, b"x")
    assert dirty.spans(memory.address, MEMORY_BYTES) == [(0, 2), (5, 6), (N_PAGES - 1, N_PAGES)]


def test_page_tables_of_an_address_nobody_can_have_are_an_error():
    with pytest.raises(OSError, match="hides"):
        DirtyPages().spans(1 << 62, MEMORY_BYTES)


def test_only_what_changed_is_stored(memory):
    store = MappedStore()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, bytes(1 << 20))
    assert pages.checkpoint(MEMORY_BYTES).stored_bytes == 1 << 20
    before = log_bytes(store)
    memory.write(100 * PAGE_BYTES, b"x")
    memory.write(N_PAGES // 2 * PAGE_BYTES, b"x")
    assert pages.checkpoint(MEMORY_BYTES).stored_bytes == (1 << 20) + PAGE_BYTES
    assert log_bytes(store) - before == 2 * PAGE_BYTES


def test_a_large_change_is_not_held_twice(memory):
    store = MappedStore()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"y" * MEMORY_BYTES)
    pages.checkpoint(MEMORY_BYTES)
    assert DirtyPages().spans(memory.address, MEMORY_BYTES) == []


@pytest.mark.slow
def test_ten_thousand_cells_do_not_grow_the_log(memory):
    store = MappedStore(Thresholds(spare=256))
    pages = store.track(memory.address, MEMORY_BYTES)
    draw = random.Random(1)  # noqa: S311 - the same data in every run
    sizes = []
    for cell in range(10_000):
        for _ in range(draw.randrange(1, 8)):
            memory.write(draw.randrange(N_PAGES) * PAGE_BYTES, bytes([draw.randrange(256)]))
        if cell % 10 == 0:
            first = draw.randrange(N_PAGES - 200)
            memory.write(first * PAGE_BYTES, bytes([cell % 256]) * draw.randrange(100, 200) * PAGE_BYTES)
        pages.checkpoint(MEMORY_BYTES)
        sizes.append(log_bytes(store))
    # The last checkpoint may differ from the base everywhere, and as much may have been written since the last sweep.
    assert max(sizes) < 3 * MEMORY_BYTES
    assert store._log._end * PAGE_BYTES < 8 * MEMORY_BYTES
    twin = LinearMemory(IMAGE, MEMORY_BYTES)
    store.track(twin.address, MEMORY_BYTES).restore(pages.page_map, MEMORY_BYTES)
    assert twin.read() == memory.read()


def test_the_number_of_mappings_stays_bounded(memory):
    limits = Thresholds(large=8, max_loose=200, gap=1, max_mapped=40)
    store = MappedStore(limits)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"z" * MEMORY_BYTES)
    pages.checkpoint(MEMORY_BYTES)
    before = mappings()
    draw = random.Random(2)  # noqa: S311 - the same data in every run
    for cell in range(1_000):
        for _ in range(20):
            memory.write(draw.randrange(N_PAGES) * PAGE_BYTES, bytes([cell % 256]))
        pages.checkpoint(MEMORY_BYTES)
    assert len(pages.page_map.mapped) <= limits.max_mapped
    assert mappings() - before < 2 * limits.max_mapped
    assert sum(run.n for run in pages.page_map.loose) <= limits.max_loose


def test_dropped_checkpoints_give_their_memory_back(memory):
    store = MappedStore(Thresholds(spare=0))
    pages = store.track(memory.address, MEMORY_BYTES)
    kept = []
    for turn in range(8):
        memory.write(0, bytes([turn + 1]) * MEMORY_BYTES)
        kept.append(pages.checkpoint(MEMORY_BYTES))
    assert log_bytes(store) == 8 * MEMORY_BYTES
    kept.clear()
    memory.write(0, b"x")
    pages.checkpoint(MEMORY_BYTES)
    assert log_bytes(store) <= 2 * MEMORY_BYTES


@pytest.mark.slow
def test_a_thousand_sessions_leave_nothing_behind():
    def session():
        memory = LinearMemory(IMAGE, MEMORY_BYTES)
        store = MappedStore()
        pages = store.track(memory.address, MEMORY_BYTES)
        memory.write(0, b"a" * 1_000_000)
        checkpoint = pages.checkpoint(MEMORY_BYTES)
        twin = LinearMemory(IMAGE, MEMORY_BYTES)
        store.track(twin.address, MEMORY_BYTES).restore(checkpoint, MEMORY_BYTES)
        copy = MappedStore().load(MEMORY_BYTES, store.contents(checkpoint))
        assert copy.stored_bytes == checkpoint.stored_bytes
        memory.close()
        twin.close()

    session()
    gc.collect()
    before = open_files(), mappings()
    for _ in range(1_000):
        session()
    assert (open_files(), mappings()) == before


def test_a_load_that_fails_keeps_nothing():
    def damaged():
        yield 0, b"x" * PAGE_BYTES
        raise ValueError("damaged")

    store = MappedStore()
    before = open_files(), mappings()
    with pytest.raises(ValueError, match="damaged"):
        store.load(MEMORY_BYTES, damaged())
    gc.collect()
    assert (open_files(), mappings()) == before


def test_zeros_that_are_loaded_take_no_memory():
    loaded = MappedStore().load(MEMORY_BYTES, [(0, b"x" * PAGE_BYTES), (PAGE_BYTES, bytes(100 * PAGE_BYTES))])
    (run,) = loaded.mapped
    assert os.fstat(run.log.fd).st_blocks * 512 == PAGE_BYTES
    assert loaded.stored_bytes == 101 * PAGE_BYTES


def watched(store):
    if store.written is None:
        pytest.skip("this kernel cannot say which pages were written")
    return store


def test_changes_in_more_places_than_the_kernel_can_tell_are_all_found(memory, monkeypatch):
    store = watched(MappedStore())
    monkeypatch.setattr(pages_written, "_MAX_REGIONS", 16)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"x")
    pages.checkpoint(MEMORY_BYTES)
    assert pages._watched is not None
    for page in range(0, N_PAGES, 2):
        memory.write(page * PAGE_BYTES + 5, b"new")
    after = b"".join(data for _, data in sorted(store.contents(pages.checkpoint(MEMORY_BYTES))))
    assert after.count(b"new") >= N_PAGES // 2 - IMAGE.count(b"new")
    memory.write(7 * PAGE_BYTES, b"one more")
    assert any(b"one more" in data for _, data in store.contents(pages.checkpoint(MEMORY_BYTES)))


def test_a_checkpoint_that_fails_forgets_no_change(memory, monkeypatch):
    store = watched(MappedStore())
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"x")
    pages.checkpoint(MEMORY_BYTES)
    memory.write(30 * PAGE_BYTES, b"precious")

    def full(*_):
        raise SandboxError("no memory left")

    with monkeypatch.context() as patched:
        patched.setattr(store._log, "write", full)
        with pytest.raises(SandboxError):
            pages.checkpoint(MEMORY_BYTES)
    assert any(b"precious" in data for _, data in store.contents(pages.checkpoint(MEMORY_BYTES)))


def test_written_pages_are_told_once_and_only_to_the_process_that_wrote(memory):
    written = watched(MappedStore()).written
    memory.write(5 * PAGE_BYTES, b"before")
    with pytest.raises(OSError, match="not permitted"):
        written.take(memory.address, MEMORY_BYTES)
    written.arm(memory.address, MEMORY_BYTES)
    assert bytes(memory.area[: len(IMAGE)])[:5] == IMAGE[:5]
    assert written.take(memory.address, MEMORY_BYTES) == []
    for page in (0, 5, 6, N_PAGES - 1):
        memory.write(page * PAGE_BYTES, b"x")
    assert written.take(memory.address, MEMORY_BYTES) == [(0, 1), (5, 7), (N_PAGES - 1, N_PAGES)]
    assert written.take(memory.address, MEMORY_BYTES) == []
    written.disarm(memory.address, MEMORY_BYTES)
    assert DirtyPages().spans(memory.address, MEMORY_BYTES) == [(0, 1), (5, 7), (N_PAGES - 1, N_PAGES)]


def test_a_full_machine_is_an_error_that_says_so():
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(SandboxError, match="no memory left for a checkpoint") as caught,
    ):
        pages_log._write_all(full.fileno(), [memoryview(b"x")], 0)
    assert caught.value.hint


def test_sessions_on_threads_share_a_store():
    store = MappedStore(Thresholds(large=4, near=0, max_loose=16, period=2, gap=1, max_mapped=8, spare=0))
    failures = []

    def work(seed):
        draw = random.Random(seed)  # noqa: S311 - the same data in every run
        memory = LinearMemory(IMAGE, MEMORY_BYTES)
        pages = store.track(memory.address, MEMORY_BYTES)
        for turn in range(60):
            for _ in range(10):
                memory.write(draw.randrange(N_PAGES) * PAGE_BYTES, draw.randbytes(6000)[: draw.randrange(1, 4000)])
            expected = memory.read()
            checkpoint = pages.checkpoint(MEMORY_BYTES)
            if turn % 5 == 0:
                memory = LinearMemory(IMAGE, MEMORY_BYTES)
                pages = store.track(memory.address, MEMORY_BYTES)
                pages.restore(checkpoint, MEMORY_BYTES)
            if memory.read() != expected:
                failures.append((seed, turn))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_restore_costs_no_memory_of_its_own_for_what_is_mapped(memory):
    store = MappedStore()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"q" * MEMORY_BYTES)
    checkpoint = pages.checkpoint(MEMORY_BYTES)
    twin = LinearMemory(IMAGE, MEMORY_BYTES)
    store.track(twin.address, MEMORY_BYTES).restore(checkpoint, MEMORY_BYTES)
    assert twin.read() == memory.read()
    assert DirtyPages().spans(twin.address, MEMORY_BYTES) == []
