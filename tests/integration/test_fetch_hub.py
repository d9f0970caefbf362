"""Models through the real huggingface_hub from a real endpoint on this machine."""

import os

import pytest

from offline_ci.artifacts.catalog import Catalog, CatalogModel, Figures, Unpinned
from offline_ci.artifacts.fetch import FetchConfig, Fetcher
from offline_ci.artifacts.models import ModelStore
from offline_ci.artifacts.specs import Hub
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactMissingError, DigestMismatchError, FetchError
from support.artifacts import RecordedProgress, leftovers, spec_of
from support.file_server import Break, FileServer, Status, serve_hub_file, sha256

BODY = b"GGUF" + os.urandom(1 << 20)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO, FILE = "someone/some-model-GGUF", "Some-Model.Q4_K_M.gguf"
NAME = f"hf:{REPO}/{FILE}"


@pytest.fixture
def server(monkeypatch, tmp_path):
    server = FileServer()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield server
    server.close()


@pytest.fixture
def models(tmp_path):
    return ModelStore(Store(tmp_path / "home"), Catalog("none", {}))


def pinned(body=BODY):
    return spec_of(body, Hub(REPO, COMMIT, FILE), name="some-model", filename=FILE, role="model")


def test_a_pinned_file_arrives(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT, pause_s=0.03)
    progress = RecordedProgress()
    Fetcher(FetchConfig()).ensure([pinned()], models.store, progress)
    assert models.store.get(pinned()).read_bytes() == BODY
    assert progress.arrived == len(BODY)
    assert leftovers(models.store) == [f"models/{FILE}"]


def test_a_file_that_is_not_as_pinned_is_refused(server, models):
    serve_hub_file(server, REPO, FILE, BODY[::-1], commit=COMMIT)
    with pytest.raises(FetchError, match=f"the hub \\({REPO}\\): {FILE} is not the pinned file"):
        Fetcher(FetchConfig()).ensure([pinned()], models.store)
    assert not models.store.path(pinned()).exists()


def test_a_repository_that_does_not_exist_is_named(server, models):
    with pytest.raises(FetchError, match=f"the hub \\({REPO}\\): .*404"):
        Fetcher(FetchConfig()).ensure([pinned()], models.store)


def test_no_network_is_called_by_its_name(models, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with pytest.raises(FetchError) as caught:
        Fetcher(FetchConfig()).ensure([pinned()], models.store)
    assert f"the hub ({REPO}): cannot be reached" in caught.value.message
    assert caught.value.hint.startswith("This machine seems to have no network.")


def test_the_hubs_offline_mode_is_respected_and_its_cache_used(server, models, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchError, match="cannot be reached"):
        Fetcher(FetchConfig()).ensure([pinned()], models.store)
    cached = tmp_path / "hf" / "hub" / "models--someone--some-model-GGUF" / "snapshots" / COMMIT / FILE
    cached.parent.mkdir(parents=True)
    cached.write_bytes(BODY)
    Fetcher(FetchConfig()).ensure([pinned()], models.store)
    assert models.store.get(pinned()).read_bytes() == BODY
    assert cached.read_bytes() == BODY
    assert server.requests == []


def test_a_port_with_404_in_it_is_not_taken_for_a_missing_file(server, models, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:40491")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchError, match="cannot be reached"):
        Fetcher(FetchConfig()).ensure([pinned()], models.store)


def test_any_model_of_the_hub_can_be_pulled_by_its_address(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    pulled = models.pull(NAME)
    assert (pulled.name, pulled.sha256, pulled.path.read_bytes()) == ("some-model.q4_k_m", sha256(BODY), BODY)
    assert models.resolve(NAME) == models.resolve("some-model.q4_k_m") == pulled
    asked = len(server.requests)
    assert models.pull(NAME) == models.pull(pulled.name) == pulled
    assert len(server.requests) == asked
    assert [(record.name, record.origin, record.present) for record in models.list()] == [(pulled.name, NAME, True)]


def test_a_pulled_model_that_was_damaged_is_mended_by_the_command_that_the_message_names(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    pulled = models.pull(NAME)
    pulled.path.write_bytes(b"GGUF")
    assert [state for _, state in models.verify()] == ["damaged"]
    assert models.pull(NAME).path.read_bytes() == BODY


def test_a_model_of_the_catalogue_without_a_digest_is_pinned_by_its_first_pull(server, tmp_path):
    later = CatalogModel(
        Unpinned(Hub(REPO, COMMIT, FILE), 1, "MIT"), "Later.", "1B", "Q4_K_M", Figures(4096, 1024, 1.0)
    )
    models = ModelStore(Store(tmp_path / "home"), Catalog("later", {"later": later}))
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    pulled = models.pull("later")
    assert (pulled.name, pulled.sha256, pulled.path.read_bytes()) == ("later", sha256(BODY), BODY)
    assert f"/{REPO}/resolve/{COMMIT}/{FILE}" in [path for _, path, _ in server.requests]
    asked = len(server.requests)
    assert models.pull("later") == models.pull(NAME) == models.resolve("later") == pulled
    assert len(server.requests) == asked
    pulled.path.unlink()
    serve_hub_file(server, REPO, FILE, BODY[::-1], commit=COMMIT)
    with pytest.raises(DigestMismatchError, match="is not the file that was pulled before"):
        models.pull("later")
    models.remove("later")
    assert models.pull("later").sha256 == sha256(BODY[::-1])


def test_a_pulled_model_is_removed_with_its_file(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    pulled = models.pull(NAME)
    models.remove(pulled.name)
    assert not pulled.path.exists()
    assert models.list() == []
    with pytest.raises(ArtifactMissingError) as caught:
        models.resolve(NAME)
    assert caught.value.hint == f"Run `offline-ci models pull {NAME}`."


def test_a_file_whose_digest_the_hub_does_not_state_is_refused(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    server.paths[f"/{REPO}/resolve/main/{FILE}"].headers["X-Linked-Etag"] = '"0123"'
    with pytest.raises(FetchError, match="states no sha256"):
        models.pull(NAME)


def test_a_transfer_that_breaks_goes_on(server, models):
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT, script=[Break(400_000), Status(404)])
    with pytest.raises(FetchError):
        Fetcher(FetchConfig()).ensure([pinned()], models.store)
    progress = RecordedProgress()
    Fetcher(FetchConfig()).ensure([pinned()], models.store, progress)
    assert models.store.get(pinned()).read_bytes() == BODY
    assert server.ranges_of(f"/blobs/{sha256(BODY)}")[-1] == "bytes=400000-"
    assert progress.started[0][1] == progress.arrived == len(BODY) - 400_000


def test_a_token_goes_to_the_hub_and_nowhere_else(server, models, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    serve_hub_file(server, REPO, FILE, BODY, commit=COMMIT)
    Fetcher(FetchConfig()).ensure([pinned()], models.store)
    assert server.headers[f"/{REPO}/resolve/{COMMIT}/{FILE}"]["authorization"] == "Bearer hf_secret"
    assert "Authorization" not in server.headers[f"/blobs/{sha256(BODY)}"]


def test_a_hub_that_serves_files_itself_is_given_the_token(server, models, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    path = f"/{REPO}/resolve/{COMMIT}/{FILE}"
    server.put(path, BODY, headers={"ETag": f'"{sha256(BODY)}"', "X-Repo-Commit": COMMIT})
    Fetcher(FetchConfig()).ensure([pinned()], models.store)
    assert server.requests[-1] == ("GET", path, None)
    assert server.headers[path]["Authorization"] == "Bearer hf_secret"
