"""Fetching from an address or a folder, against a real server that misbehaves."""

import os
import threading

import pytest

from offline_ci.artifacts.fetch import FetchConfig, Fetcher
from offline_ci.artifacts.specs import Folder, Http
from offline_ci.artifacts.store import Store
from offline_ci.errors import DiskSpaceError, FetchError
from support.artifacts import RecordedProgress, leftovers, spec_of
from support.file_server import Break, FileServer, Status

BODY = os.urandom(1 << 20)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def fetch(store, spec, progress=None, config=None):
    Fetcher(config or FetchConfig()).ensure([spec], store, progress)
    return store.get(spec).read_bytes()


def error_of(store, *specs, config=None):
    with pytest.raises(FetchError) as caught:
        Fetcher(config or FetchConfig()).ensure(specs, store)
    return caught.value


def test_a_file_arrives_and_nothing_else_is_left(server, store):
    progress = RecordedProgress()
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY)))
    assert fetch(store, spec, progress) == BODY
    assert progress.started == [("thing.bin", len(BODY))]
    assert (progress.arrived, progress.finished) == (len(BODY), 1)
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_what_is_there_is_not_fetched_again(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY)))
    fetch(store, spec)
    progress = RecordedProgress()
    fetch(store, spec, progress)
    assert len(server.requests) == 1
    assert progress == RecordedProgress()


def test_a_damaged_file_is_replaced(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY)))
    fetch(store, spec)
    store.path(spec).write_bytes(b"\0" * len(BODY))
    assert fetch(store, spec) == BODY


def test_a_broken_transfer_goes_on_where_it_broke(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY, script=[Break(300_000), Break(200_000)])))
    assert fetch(store, spec) == BODY
    assert server.ranges_of("/thing.bin") == [None, "bytes=300000-", "bytes=500000-"]


def test_a_server_without_ranges_is_read_from_the_beginning(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY, script=[Break(300_000)], ranges=False)))
    assert fetch(store, spec) == BODY
    assert server.ranges_of("/thing.bin") == [None, "bytes=300000-"]


def test_a_later_fetch_goes_on_where_an_earlier_one_gave_up(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY, script=[Break(700_000), Status(404)])))
    error_of(store, spec)
    progress = RecordedProgress()
    assert fetch(store, spec, progress) == BODY
    assert server.ranges_of("/thing.bin") == [None, "bytes=700000-", "bytes=700000-"]
    assert progress.started == [("thing.bin", len(BODY) - 700_000)]
    assert progress.arrived == len(BODY) - 700_000
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_a_beginning_of_another_file_is_thrown_away(server, store):
    url = server.put("/thing.bin", b"\0" * len(BODY), script=[Break(500_000), Status(404)])
    spec = spec_of(BODY, Http(url))
    error_of(store, spec)
    server.put("/thing.bin", BODY)
    progress = RecordedProgress()
    assert fetch(store, spec, progress) == BODY
    assert server.ranges_of("/thing.bin")[-2:] == ["bytes=500000-", None]


def test_wrong_bytes_are_refused_and_not_kept(server, store):
    url = server.put("/thing.bin", b"\0" * len(BODY))
    error = error_of(store, spec_of(BODY, Http(url)))
    assert "thing.bin is not the pinned file: found 1048576 bytes with sha256 30e14955ebf13522" in error.message
    assert leftovers(store) == []


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) + 1])
def test_a_file_of_another_length_is_refused_before_it_is_read(server, store, length):
    url = server.put("/thing.bin", (BODY + b"x")[:length])
    error = error_of(store, spec_of(BODY, Http(url)))
    assert f"the server's file has {length} bytes, expected {len(BODY)}" in error.message
    assert leftovers(store) == []


def test_a_server_that_names_no_length_cannot_fill_the_disk(server, store):
    url = server.put("/thing.bin", BODY * 3, headers={"Content-Length": "", "Connection": "close"})
    error = error_of(store, spec_of(BODY, Http(url)))
    assert f"the server sends more than the expected {len(BODY)} bytes" in error.message


def test_the_next_source_is_tried(server, store):
    absent = Http(server.url + "/absent/thing.bin")
    spec = spec_of(BODY, absent, Http(server.put("/thing.bin", BODY)))
    assert fetch(store, spec) == BODY


def test_the_error_tells_what_every_source_said(server, store):
    sources = [Http(server.url + "/a/thing.bin"), Http(server.url + "/b/thing.bin"), Folder(store.root / "thing.bin")]
    error = error_of(store, spec_of(BODY, *sources))
    assert error.message == (
        f"Could not fetch thing.bin: {server.url}/a/, {server.url}/b/: HTTP 404 Not Found; "
        f"the folder {store.root}: there is no thing.bin."
    )
    assert "`offline-ci runtime fetch`" in error.hint


def test_what_one_source_lacks_does_not_hold_up_the_others(server, store):
    here = spec_of(BODY, Http(server.put("/here.bin", BODY)), name="here.bin")
    gone = [spec_of(b"gone %d" % n, Http(f"{server.url}/gone{n}"), name=f"gone{n}") for n in range(5)]
    error = error_of(store, gone[0], here, *gone[1:])
    assert error.message.startswith("Could not fetch gone0, gone1, gone2 and 2 more: ")
    assert store.get(here).read_bytes() == BODY


def test_a_server_that_is_busy_is_asked_again(server, store):
    url = server.put("/thing.bin", BODY, script=[Status(503), Status(429)], headers={"Retry-After": "0"})
    assert fetch(store, spec_of(BODY, Http(url))) == BODY
    assert len(server.requests) == 3


def test_a_redirect_is_followed_without_the_password(server, store):
    target = server.put("/elsewhere", BODY)
    server.put("/thing.bin", b"", status=302, headers={"Location": target})
    url = server.url.replace("://", "://me:secret@") + "/thing.bin"
    assert fetch(store, spec_of(BODY, Http(url))) == BODY
    assert server.headers["/thing.bin"]["Authorization"] == "Basic bWU6c2VjcmV0"
    assert "Authorization" not in server.headers["/elsewhere"]


def test_a_redirect_to_a_local_file_is_refused(server, store, tmp_path):
    (tmp_path / "secret").write_bytes(BODY)
    server.put("/thing.bin", b"", status=302, headers={"Location": f"file://{tmp_path}/secret"})
    error_of(store, spec_of(BODY, Http(server.url + "/thing.bin")))
    assert leftovers(store) == []


def test_passwords_are_not_shown(server, store):
    error = error_of(store, spec_of(BODY, Http(server.url.replace("://", "://me:secret@") + "/absent")))
    assert "secret" not in str(error)
    assert "HTTP 404" in error.message


def test_no_network_is_called_by_its_name_and_asked_once(store):
    specs = [spec_of(b"%d" % n, Http(f"http://127.0.0.1:9/{n}"), name=f"file{n}") for n in range(40)]
    error = error_of(store, *specs)
    assert "http://127.0.0.1:9/: Connection refused." in error.message
    assert error.hint.startswith("This machine seems to have no network.")
    for way in ("OFFLINE_CI_SOURCE_DIR", "OFFLINE_CI_MIRROR", "OFFLINE_CI_HOME"):
        assert way in error.hint


def test_a_slow_transfer_is_told_as_it_happens(server, store):
    progress = RecordedProgress()
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY, pause_s=0.05)))
    assert fetch(store, spec, progress) == BODY
    assert len([step for step in progress.steps if 0 < step < len(BODY)]) >= 4
    assert progress.arrived == len(BODY)


def test_the_configured_folder_and_mirror_come_first(server, store, tmp_path):
    pinned = Http(server.put("/pinned.bin", BODY))
    server.put("/mirror/runtime/dist/thing.bin", BODY)
    mirror = FetchConfig(mirror=server.url + "/mirror/")
    assert fetch(store, spec_of(BODY, pinned), config=mirror) == BODY
    assert [path for _, path, _ in server.requests] == ["/mirror/runtime/dist/thing.bin"]
    (tmp_path / "thing.bin").write_bytes(BODY)
    other, progress = Store(tmp_path / "other"), RecordedProgress()
    assert fetch(other, spec_of(BODY, pinned), progress, FetchConfig(source_dir=tmp_path)) == BODY
    assert len(server.requests) == 1
    assert progress.arrived == len(BODY)


def test_a_flat_mirror_serves_too_and_moving_on_is_told(server, store):
    server.put("/mirror/thing.bin", BODY)
    progress = RecordedProgress()
    assert fetch(store, spec_of(BODY), progress, FetchConfig(mirror=server.url + "/mirror")) == BODY
    mirror = server.url + "/mirror/"
    assert progress.messages == [f"{mirror}runtime/dist/: HTTP 404 Not Found. Trying {mirror}."]


def test_a_folder_that_has_nothing_of_it_is_named(store, tmp_path):
    error = error_of(store, spec_of(BODY), config=FetchConfig(source_dir=tmp_path))
    assert error.message == f"Could not fetch thing.bin: the folder {tmp_path}: it has no such file."


def test_a_damaged_file_in_the_folder_is_refused_and_left_alone(server, store, tmp_path):
    (tmp_path / "thing.bin").write_bytes(b"damaged")
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY)))
    assert fetch(store, spec, config=FetchConfig(source_dir=tmp_path)) == BODY
    assert (tmp_path / "thing.bin").read_bytes() == b"damaged"


def test_several_at_once_fetch_it_once(server, store):
    spec = spec_of(BODY, Http(server.put("/thing.bin", BODY, pause_s=0.02)))
    progress = [RecordedProgress() for _ in range(3)]
    threads = [threading.Thread(target=fetch, args=(store, spec, each)) for each in progress]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(spec).read_bytes() == BODY
    assert len(server.requests) == 1
    waited = [message for each in progress for message in each.messages]
    assert waited == ["Another process is fetching thing.bin; waiting for it."] * 2


def test_the_disk_is_looked_at_before_anything_is_fetched(server, store):
    url = server.put("/huge", b"")
    spec = spec_of(b"", Http(url))
    huge = type(spec)(spec.name, spec.filename, 1 << 60, spec.sha256, spec.licence, spec.sources)
    with pytest.raises(DiskSpaceError, match=r"thing\.bin needs 1152922 TB, but the disk of .* has .* free"):
        Fetcher(FetchConfig()).ensure([huge], store)
    assert server.requests == []
