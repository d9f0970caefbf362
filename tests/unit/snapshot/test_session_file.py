"""A saved session comes back whole, or not at all."""

import hashlib
import json
import stat
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import SessionFileError
from offline_ci.snapshot import session_file
from offline_ci.snapshot.pages import PAGE_BYTES
from offline_ci.snapshot.pages_mapped import MappedStore
from offline_ci.snapshot.pages_portable import PortableStore
from offline_ci.snapshot.session_file import SavedSession
from offline_ci.snapshot.state import Entries, GuestState, PythonState
from support.linear_memory import LinearMemory
from support.session_sample import IMAGE, LINK, MEMORY_BYTES, host_state, some_session

STORES = [PortableStore] + [MappedStore] * (sys.platform == "linux")


@pytest.fixture(params=STORES)
def store(request):
    return request.param()


def save(path, session, store):
    session_file.save(path, session_file.file_chunks(session, store))


def load(path, store, *, build_id="build-1", image="standard", limit=1 << 30):
    return session_file.load(
        path,
        build_id=build_id,
        find_store=lambda name: store if name == image else None,
        memory_limit_bytes=limit,
    )


def memory_of(store, page_map):
    memory = LinearMemory(IMAGE, MEMORY_BYTES)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.memory_bytes = page_map.memory_bytes
    pages.restore(page_map, page_map.memory_bytes)
    return memory.read()


def test_a_session_comes_back_as_it_was(store, tmp_path):
    session, memory = some_session(store, extra={"cells": 7, "names": ["é", "\udcff"]})
    save(tmp_path / "s", session, store)
    for other in (store, *(kind() for kind in STORES)):
        loaded = load(tmp_path / "s", other)
        assert (loaded.build_id, loaded.image, loaded.extra) == (session.build_id, session.image, session.extra)
        assert loaded.state.python.link == LINK
        assert loaded.state.python.entries == Entries(11, 12)
        assert loaded.state.host == session.state.host
        assert memory_of(other, loaded.state.python.pages) == memory


def test_a_session_that_has_run_nothing_has_no_memory(store, tmp_path):
    session = SavedSession("build-1", "standard", GuestState(host_state(), None))
    save(tmp_path / "s", session, store)
    assert load(tmp_path / "s", store) == session


def test_pages_of_zeros_take_no_place_in_the_file(store, tmp_path):
    memory = LinearMemory(IMAGE, MEMORY_BYTES)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.write(0, bytes(MEMORY_BYTES - PAGE_BYTES))
    python = PythonState(LINK, Entries(11, 12), pages.checkpoint(MEMORY_BYTES))
    save(tmp_path / "s", SavedSession("build-1", "standard", GuestState(host_state(), python)), store)
    assert (tmp_path / "s").stat().st_size < MEMORY_BYTES // 4
    assert memory_of(store, load(tmp_path / "s", store).state.python.pages) == memory.read()


def test_a_file_is_the_owners_alone_and_replaces_an_older_one_whole(store, tmp_path):
    path = tmp_path / "s"
    path.write_bytes(b"older")
    save(path, some_session(store)[0], store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path, store).build_id == "build-1"
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_older_file(store, tmp_path):
    path = tmp_path / "s"
    path.write_bytes(b"older")
    session, _ = some_session(store)
    foreign = next(kind for kind in (PortableStore, MappedStore) if kind is not type(store))()
    with pytest.raises(Exception, match="another kind"):
        save(path, session, foreign)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(store, tmp_path):
    with pytest.raises(
        SessionFileError, match=r"cannot be saved as .*nowhere/s: No such file or directory\."
    ) as caught:
        save(tmp_path / "nowhere" / "s", some_session(store)[0], store)
    assert caught.value.hint


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    store = PortableStore()
    path = tmp_path_factory.mktemp("saved") / "s"
    save(path, some_session(store)[0], store)
    return path


def refusal(path, **options):
    with pytest.raises(SessionFileError) as caught:
        load(path, PortableStore(), **options)
    assert caught.value.hint
    return caught.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "s") == f"The session {tmp_path}/s cannot be read: No such file or directory."


def test_a_folder_is_refused(tmp_path):
    assert refusal(tmp_path) == f"The session {tmp_path} cannot be read: Is a directory."


def test_another_file_is_refused(tmp_path):
    (tmp_path / "s").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert refusal(tmp_path / "s") == f"{tmp_path}/s is not a session that offline-ci saved."


def test_a_newer_format_is_refused(saved, tmp_path):
    data = bytearray(saved.read_bytes())
    data[12] = 2
    (tmp_path / "s").write_bytes(data)
    assert refusal(tmp_path / "s") == f"The session {tmp_path}/s has format 2, and this offline-ci reads format 1."


def test_another_runtime_is_refused(saved):
    message = f"The session {saved} was saved with another runtime: build-1, and this one is build-2."
    assert refusal(saved, build_id="build-2") == message


def test_another_image_is_refused(saved):
    message = f"The session {saved} was started from the image 'standard', which is not to be had here."
    assert refusal(saved, image="science") == message


def test_more_memory_than_the_limit_is_refused(saved):
    assert "holds 328 kB of memory, and the limit is 200 kB" in refusal(saved, limit=200_000)


@given(st.data())
def test_any_flipped_bit_is_refused(saved, tmp_path_factory, data):
    content = bytearray(saved.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.getbasetemp() / "flipped"
    path.write_bytes(content)
    refusal(path)


@given(st.data())
def test_any_truncation_is_refused(saved, tmp_path_factory, data):
    content = saved.read_bytes()
    path = tmp_path_factory.getbasetemp() / "short"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    refusal(path)


def test_bytes_too_many_are_refused(saved, tmp_path):
    (tmp_path / "s").write_bytes(saved.read_bytes() + b"\0")
    assert "is damaged" in refusal(tmp_path / "s")


def forged(saved, path, change):
    """The saved file with a changed header and a digest that is right."""
    content = saved.read_bytes()
    (n,) = struct.unpack("<Q", content[-40:-32])
    header = json.loads(content[-40 - n : -40])
    changed = change(header)
    text = changed if isinstance(changed, bytes) else json.dumps(header).encode()
    length = struct.pack("<Q", len(text))
    digest = hashlib.sha256(content[:16] + text + length).digest()
    path.write_bytes(content[: -40 - n] + text + length + digest)
    return path


def put(*keys, value):
    def change(header):
        at = header
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return change


def stored_bytes(runs):
    return sum(n * PAGE_BYTES for _, n, is_stored in runs if is_stored)


FORGERIES = {
    "not JSON": (lambda header: b"{", "Expecting property name"),
    "not UTF-8": (lambda header: b'"\xff"', "can't decode"),
    "deep": (lambda header: b"[" * 100_000, "nested too deeply"),
    "deep, but readable": (lambda header: b"[" * 40 + b"]" * 40, "nested too deeply"),
    "a list": (lambda header: b"[]", "the header is list instead of dict"),
    "a field too few": (lambda header: header.pop("runs") and None, "the header has the fields"),
    "a field too many": (put("more", value=1), "the header has the fields"),
    "memory without an end": (put("memory_bytes", value=1 << 40), "the size of memory is 1099511627776"),
    "half a page of memory": (put("memory_bytes", value=100_000), "not one of whole pages"),
    "a bool for a size": (put("memory_bytes", value=True), "the size of memory is bool"),
    "no memory": (put("memory_bytes", value=None), "outside memory"),
    "an interpreter without memory": (
        lambda h: h.update(
            memory_bytes=None, runs=[], blobs=[*h["blobs"], sum(n * 4096 for _, n, k in h["runs"] if k)]
        ),
        "memory without an interpreter",
    ),
    "no interpreter": (put("state", "python", value=None), "memory without an interpreter"),
    "runs that overlap": (lambda h: h["runs"].append([0, 1, 0]), "runs of pages overlap"),
    "an empty run": (lambda h: h["runs"].append([79, 0, 0]), "malformed"),
    "a run outside memory": (lambda h: h["runs"].append([80, 1 << 50, 0]), "outside memory"),
    "a negative run": (lambda h: h["runs"].append([-1, 1, 0]), "a run of pages is -1"),
    "a run of floats": (lambda h: h["runs"].append([79.5, 1, 0]), "float instead of int"),
    "more pages than are stored": (
        lambda h: next(run for run in h["runs"] if not run[2]).__setitem__(2, 1),
        "its size is not what its header says",
    ),
    "another blob": (put("blobs", value=[1 << 40]), "its size is not what its header says"),
    "a negative blob": (put("blobs", value=[-5]), "the size of a blob is -5"),
    "another digest": (put("sha256", value="0" * 64), "its digest is another one"),
    "a stack pointer beyond memory": (put("state", "python", "link", "stack_pointer", value=1 << 32), "stack pointer"),
    "a stack with one limit": (put("state", "python", "link", "stack_limits", value=[1]), "two limits"),
    "a handle of nothing": (put("state", "python", "link", "handles", value={"1": "/x"}), "not there"),
    "a handle that is no number": (put("state", "python", "link", "handles", value={"x": "/lib/a.so"}), "no address"),
    "a library twice": (lambda h: (li := h["state"]["python"]["link"]["libraries"]).append(li[0]), "comes twice"),
    "a GOT of pairs": (lambda h: h["state"]["python"]["link"]["libraries"][0].update(got=[["a", "b"]]), "three parts"),
    "a closure with a name": (lambda h: h["state"]["python"]["link"]["closures"][0].update(slot="x"), "closure's slot"),
    "an entry that is no address": (put("state", "python", "entries", "run", value=-1), "run is -1"),
    "a host of nothing": (put("state", "host", value={}), "the host's state has the fields"),
}


@pytest.mark.parametrize(("change", "message"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_header_is_refused(saved, tmp_path, change, message):
    told = refusal(forged(saved, tmp_path / "s", change))
    assert told.startswith(f"The session {tmp_path}/s is damaged: ")
    assert message in told


def test_the_forger_can_forge(saved, tmp_path):
    assert load(forged(saved, tmp_path / "s", put("extra", "x", value=1)), PortableStore()).extra == {"x": 1}
