"""Both ways of keeping memory do the same, on real mappings."""

import os
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import HostInvariantError
from offline_ci.snapshot.pages import CHUNK_BYTES, PAGE_BYTES
from offline_ci.snapshot.pages_mapped import MappedStore, Thresholds
from offline_ci.snapshot.pages_portable import PortableStore
from support.linear_memory import WASM_PAGE, LinearMemory

# Everything that pays only in large memories happens in small ones too.
EAGER = Thresholds(large=4, near=1, max_loose=12, period=3, gap=2, max_mapped=6, worth_mapping=2, spare=0)
KINDS = {"portable": PortableStore}
if sys.platform == "linux":
    KINDS |= {
        "mapped": MappedStore,
        "mapped, eager": lambda: MappedStore(EAGER),
        "mapped, unwatched": lambda: MappedStore(watch=False),
        "mapped, eager, unwatched": lambda: MappedStore(EAGER, watch=False),
    }

IMAGE = random.Random(0).randbytes(4 * WASM_PAGE)  # noqa: S311 - the same data in every run
MEMORY_BYTES = 8 * WASM_PAGE
N_PAGES = MEMORY_BYTES // PAGE_BYTES


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def new_store(request):
    return request.param


@pytest.fixture
def store(new_store):
    return new_store()


def fresh():
    return LinearMemory(IMAGE, MEMORY_BYTES)


def restored(store, page_map):
    memory = fresh()
    pages = store.track(memory.address, memory.memory_bytes)
    memory.memory_bytes = page_map.memory_bytes
    pages.restore(page_map, page_map.memory_bytes)
    return memory, pages


def test_an_untouched_memory_stores_nothing(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    assert pages.checkpoint(MEMORY_BYTES).stored_bytes == 0
    assert list(store.contents(pages.page_map)) == []


def test_nothing_changed_gives_the_same_page_map(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(100, b"once")
    first = pages.checkpoint(MEMORY_BYTES)
    assert pages.checkpoint(MEMORY_BYTES) is first
    assert pages.page_map is first


def test_a_checkpoint_holds_what_was_there_not_what_is(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(5 * PAGE_BYTES, b"kept" * 100_000)
    expected = memory.read()
    checkpoint = pages.checkpoint(MEMORY_BYTES)
    memory.write(5 * PAGE_BYTES, b"lost" * 100_000)
    pages.checkpoint(MEMORY_BYTES)
    assert restored(store, checkpoint)[0].read() == expected


def test_taking_a_checkpoint_leaves_memory_as_it_is(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, bytes(200_000))
    memory.write(300_001, b"x")
    expected = memory.read()
    pages.checkpoint(MEMORY_BYTES)
    assert memory.read() == expected


def test_memory_that_grew_comes_back_grown(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.grow(3)
    memory.write(MEMORY_BYTES + 2 * WASM_PAGE, b"high")
    checkpoint = pages.checkpoint(memory.memory_bytes)
    assert checkpoint.memory_bytes == MEMORY_BYTES + 3 * WASM_PAGE
    assert restored(store, checkpoint)[0].read() == memory.read()


def test_growing_alone_is_a_change(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    before = pages.checkpoint(MEMORY_BYTES)
    memory.grow(1)
    after = pages.checkpoint(memory.memory_bytes)
    assert (before.memory_bytes, after.memory_bytes) == (MEMORY_BYTES, MEMORY_BYTES + WASM_PAGE)


def test_restoring_undoes_what_linking_wrote(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(7 * PAGE_BYTES, b"state")
    checkpoint = pages.checkpoint(MEMORY_BYTES)
    twin = fresh()
    twin_pages = store.track(twin.address, MEMORY_BYTES)
    for page in (0, 6, 7, 8, 40, N_PAGES - 1):
        twin.write(page * PAGE_BYTES + 9, b"linked")
    twin_pages.restore(checkpoint, MEMORY_BYTES)
    assert twin.read() == memory.read()


def test_a_fork_and_its_parent_do_not_see_each_other(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"shared" * 50_000)
    checkpoint = pages.checkpoint(MEMORY_BYTES)
    twin, twin_pages = restored(store, checkpoint)
    memory.write(0, b"parent" * 50_000)
    twin.write(70_000, b"child")
    of_parent, of_child = memory.read(), twin.read()
    parent_map, child_map = pages.checkpoint(MEMORY_BYTES), twin_pages.checkpoint(MEMORY_BYTES)
    assert (memory.read(), twin.read()) == (of_parent, of_child)
    assert restored(store, parent_map)[0].read() == of_parent
    assert restored(store, child_map)[0].read() == of_child


def test_both_sides_of_a_forked_process_go_on_by_themselves(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, b"before" * 50_000)
    common = pages.checkpoint(MEMORY_BYTES), memory.read()

    def go_on(byte):
        kept = [common]
        for page in range(0, N_PAGES - 8, 3):
            memory.write(page * PAGE_BYTES, byte * 7 * PAGE_BYTES)
            kept.append((pages.checkpoint(MEMORY_BYTES), memory.read()))
        return all(restored(store, page_map)[0].read() == expected for page_map, expected in kept)

    store.part()
    child = os.fork()
    if child == 0:
        is_right = False
        try:
            store.part()
            is_right = go_on(b"c")
        finally:
            os._exit(0 if is_right else 1)
    assert go_on(b"p")
    assert os.waitpid(child, 0)[1] == 0


def test_a_restore_of_another_size_is_refused(store):
    memory = fresh()
    checkpoint = store.track(memory.address, MEMORY_BYTES).checkpoint(MEMORY_BYTES + WASM_PAGE)
    with pytest.raises(HostInvariantError, match="of 589824 bytes does not go into a memory of 524288"):
        store.track(memory.address, MEMORY_BYTES).restore(checkpoint, MEMORY_BYTES)


def test_a_used_instance_is_never_restored(store):
    memory = fresh()
    pages = store.track(memory.address, MEMORY_BYTES)
    checkpoint = pages.checkpoint(MEMORY_BYTES)
    with pytest.raises(HostInvariantError, match="had run already"):
        pages.restore(checkpoint, MEMORY_BYTES)


def test_a_page_map_of_another_kind_of_store_is_refused(new_store):
    memory = fresh()
    for other in KINDS.values():
        foreign = other().track(memory.address, MEMORY_BYTES).checkpoint(MEMORY_BYTES)
        store = new_store()
        if type(foreign) is type(store.load(MEMORY_BYTES, [])):
            continue
        with pytest.raises(HostInvariantError, match="another kind"):
            list(store.contents(foreign))
        with pytest.raises(HostInvariantError, match="another kind"):
            store.track(memory.address, MEMORY_BYTES).restore(foreign, MEMORY_BYTES)


@pytest.mark.parametrize("target", KINDS.values(), ids=KINDS.keys())
def test_contents_can_be_loaded_by_any_store(new_store, target):
    store, memory = new_store(), LinearMemory(IMAGE, MEMORY_BYTES, 4 << 20)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.memory_bytes = 4 << 20
    memory.write(WASM_PAGE + 4321, b"odd")
    memory.write(3 * PAGE_BYTES, bytes(PAGE_BYTES))
    memory.write(1 << 20, b"long" * 600_000)
    memory.write((4 << 20) - 1, b"!")
    chunks = list(store.contents(pages.checkpoint(memory.memory_bytes)))
    assert all(offset % PAGE_BYTES == 0 and len(data) % PAGE_BYTES == 0 for offset, data in chunks)
    assert max(len(data) for _, data in chunks) <= CHUNK_BYTES
    assert [offset for offset, _ in chunks] == sorted(offset for offset, _ in chunks)
    other = target()
    fresh_memory = LinearMemory(IMAGE, MEMORY_BYTES, 4 << 20)
    fresh_pages = other.track(fresh_memory.address, MEMORY_BYTES)
    fresh_memory.memory_bytes = 4 << 20
    fresh_pages.restore(other.load(4 << 20, chunks), 4 << 20)
    assert fresh_memory.read() == memory.read()
    fresh_memory.write(WASM_PAGE, b"later")
    assert restored_large(other, fresh_pages.checkpoint(4 << 20)) == fresh_memory.read()


def restored_large(store, page_map):
    memory = LinearMemory(IMAGE, MEMORY_BYTES, page_map.memory_bytes)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.memory_bytes = page_map.memory_bytes
    pages.restore(page_map, page_map.memory_bytes)
    return memory.read()


PAGE = st.integers(0, N_PAGES - 1)
STEP = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 2), PAGE, st.integers(1, 6 * PAGE_BYTES), st.integers(0, 255)),
    st.tuples(st.just("touch"), st.integers(0, 2), st.lists(PAGE, min_size=1, max_size=30)),
    st.tuples(st.just("grow"), st.integers(0, 2)),
    st.tuples(st.just("checkpoint"), st.integers(0, 2)),
    st.tuples(st.just("restore"), st.integers(0, 2), st.integers(0, 5)),
    st.tuples(st.just("forget"), st.integers(0, 5)),
)


@pytest.mark.parametrize("kind", KINDS)
@given(steps=st.lists(STEP, max_size=60))
def test_any_history_gives_what_a_bytearray_gives(kind, steps):
    store = KINDS[kind]()
    first = fresh()
    guests = [(first, store.track(first.address, MEMORY_BYTES), bytearray(IMAGE.ljust(MEMORY_BYTES, b"\0")))]
    kept = []
    for name, *rest in steps:
        memory, pages, model = guests[rest[0] % len(guests)]
        if name == "write":
            _, page, size, byte = rest
            data = bytes([byte]) * min(size, len(model) - page * PAGE_BYTES)
            memory.write(page * PAGE_BYTES, data)
            model[page * PAGE_BYTES : page * PAGE_BYTES + len(data)] = data
        elif name == "touch":
            for page in rest[1]:
                model[page * PAGE_BYTES] ^= 1
                memory.write(page * PAGE_BYTES, model[page * PAGE_BYTES : page * PAGE_BYTES + 1])
        elif name == "grow":
            memory.grow(1)
            model.extend(bytes(memory.memory_bytes - len(model)))
        elif name == "checkpoint":
            kept.append((pages.checkpoint(memory.memory_bytes), bytes(model)))
            del kept[:-6]
        elif name == "restore" and kept:
            page_map, expected = kept[rest[1] % len(kept)]
            guests.append((*restored(store, page_map), bytearray(expected)))
            guests[:-3] = []
        elif name == "forget" and kept:
            kept.pop(rest[0] % len(kept))
        assert all(memory.read() == model for memory, _, model in guests)
    for page_map, expected in kept:
        assert restored(store, page_map)[0].read() == expected
