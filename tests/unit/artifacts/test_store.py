import multiprocessing
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_ci import _env
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactError, ArtifactMissingError, DigestMismatchError
from support.artifacts import leftovers, place_repeatedly, spec_of
from support.file_server import sha256

BODY = bytes(range(256)) * 100
SPEC = spec_of(BODY)
MODEL = spec_of(BODY, name="tiny", filename="tiny.gguf", role="model")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def test_the_store_is_the_home_folder_unless_said_otherwise():
    assert Store().root == _env.home()


def test_what_is_placed_is_found(store):
    path = store.place(SPEC, [BODY[:1000], BODY[1000:]])
    assert path == store.path(SPEC) == store.find(SPEC) == store.get(SPEC)
    assert path.read_bytes() == BODY
    assert store.is_intact(SPEC)
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_what_is_placed_is_its_owners_alone(store):
    path = store.place(SPEC, [BODY])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (store.root, store.root / "runtime", path.parent, store.root / "locks", store.root / "stamps"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_absent_is_named_with_the_command_that_gets_it(store):
    assert store.find(SPEC) is None
    assert not store.is_intact(SPEC)
    with pytest.raises(ArtifactMissingError) as caught:
        store.get(SPEC)
    assert caught.value.message == f"The runtime file thing.bin is not on this machine (no {store.path(SPEC)})."
    assert caught.value.hint == "Run `offline-ci runtime fetch`."
    with pytest.raises(ArtifactMissingError) as caught:
        store.get(MODEL)
    assert caught.value.message.startswith("The model tiny is not on this machine")
    assert caught.value.hint == "Run `offline-ci models pull tiny`."


def test_damage_is_told_with_what_was_expected_and_found(store):
    store.place(MODEL, [BODY])
    other = b"\1" + BODY[1:]
    store.path(MODEL).write_bytes(other)
    with pytest.raises(DigestMismatchError) as caught:
        store.get(MODEL)
    assert caught.value.message == (
        f"{store.path(MODEL)} is damaged: its sha256 is {sha256(other)}, pinned is {MODEL.sha256}."
    )
    assert caught.value.hint == "Run `offline-ci models pull tiny`."
    store.path(MODEL).write_bytes(BODY[1:])
    with pytest.raises(DigestMismatchError, match="it has 25599 bytes, pinned are 25600"):
        store.find(MODEL)
    assert not store.is_intact(MODEL)


def test_damage_right_after_placing_is_seen(store):
    for n in range(20):
        spec = spec_of(BODY, name=f"{n}.bin")
        store.place(spec, [BODY]).write_bytes(BODY[::-1])
        assert not store.is_intact(spec)


@pytest.mark.parametrize("chunks", [[], [BODY, b"x"], [BODY[:-1]], [b"\1", BODY[1:]]])
def test_other_bytes_leave_everything_as_it_was(store, chunks):
    with pytest.raises(DigestMismatchError, match=r"What arrived for thing\.bin is damaged"):
        store.place(SPEC, chunks)
    assert leftovers(store) == []
    store.place(SPEC, [BODY])
    with pytest.raises(DigestMismatchError):
        store.place(SPEC, chunks)
    assert store.get(SPEC).read_bytes() == BODY


def test_a_stream_that_never_ends_is_cut_off(store):
    def endless():
        while True:
            yield bytes(1 << 16)

    with pytest.raises(DigestMismatchError):
        store.place(SPEC, endless())
    assert leftovers(store) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_a_stream_that_fails_leaves_nothing(store, error):
    def failing():
        yield BODY[:100]
        raise error

    with pytest.raises(error):
        store.place(SPEC, failing())
    assert leftovers(store) == []


def test_what_a_killed_process_left_is_swept_away(store):
    store.path(SPEC).parent.mkdir(parents=True)
    (store.path(SPEC).parent / ".thing.bin.k1ll3d.tmp").write_bytes(b"half")
    store.place(SPEC, [BODY])
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_a_finished_file_is_adopted(store):
    partial = store.downloads("somewhere") / "partial"
    partial.write_bytes(BODY)
    assert store.adopt(SPEC, partial).read_bytes() == BODY
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_a_file_that_is_not_as_pinned_is_not_adopted(store):
    partial = store.downloads("somewhere") / "partial"
    partial.write_bytes(BODY[1:])
    with pytest.raises(DigestMismatchError):
        store.adopt(SPEC, partial)
    assert partial.exists()
    assert not store.path(SPEC).exists()


def test_a_file_on_another_disk_is_adopted(store, tmp_path):
    other = Path("/dev/shm")  # a file system of its own on every Linux
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.fail("this test needs /dev/shm beside the temporary folder")
    partial = other / f"offline-ci-test-{os.getpid()}"
    partial.write_bytes(BODY)
    try:
        assert store.adopt(SPEC, partial).read_bytes() == BODY
        assert not partial.exists()
    finally:
        partial.unlink(missing_ok=True)


def test_a_folder_in_the_files_place_is_named(store):
    store.path(SPEC).mkdir(parents=True)
    with pytest.raises(ArtifactError, match=r"thing\.bin is a folder where thing\.bin belongs"):
        store.place(SPEC, [BODY])
    assert leftovers(store) == []


def test_what_is_removed_is_gone_with_its_stamp(store):
    store.place(SPEC, [BODY])
    assert store.remove(SPEC)
    assert not store.remove(SPEC)
    assert list((store.root / "stamps").iterdir()) == []


def test_downloads_are_cleared_with_their_stamps(store):
    folder = store.downloads("scope")
    (folder / "a").mkdir()
    (folder / "a" / "b").write_bytes(b"x")
    store.digest(folder / "a" / "b")
    store.clear_downloads("scope")
    assert not (store.root / "downloads").exists()
    assert list((store.root / "stamps").iterdir()) == []
    store.clear_downloads("scope")


def test_a_file_that_cannot_be_read_is_named(store):
    with pytest.raises(ArtifactError, match=r"gone cannot be read: No such file or directory"):
        store.digest(store.root / "gone")


def test_whoever_waits_for_a_lock_is_told_once_and_gets_it(store):
    waited, order = [], []
    release = threading.Event()

    def holder():
        with store.lock("x"):
            order.append("held")
            release.wait(5)
            order.append("released")

    thread = threading.Thread(target=holder)
    thread.start()
    while not order:
        time.sleep(0.005)

    def on_wait():
        waited.append(True)
        release.set()

    with store.lock("x", on_wait=on_wait):
        order.append("taken")
    thread.join()
    assert (waited, order) == ([True], ["held", "released", "taken"])


def test_processes_that_place_the_same_thing_at_once_do_not_disturb_one_another(store):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=place_repeatedly, args=(store.root, byte)) for byte in (1, 1, 1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert leftovers(store) == ["runtime/dist/1.bin", "runtime/dist/2.bin"]


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=20), max_size=6), st.binary(max_size=40))
def test_a_stream_is_placed_exactly_when_it_is_what_was_pinned(tmp_path_factory, chunks, wanted):
    store = Store(tmp_path_factory.mktemp("store"))
    spec = spec_of(wanted)
    try:
        store.place(spec, chunks)
    except DigestMismatchError:
        placed = False
    else:
        placed = store.get(spec).read_bytes() == wanted
    assert placed == (b"".join(chunks) == wanted)
