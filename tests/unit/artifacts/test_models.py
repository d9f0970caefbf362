import json

import pytest

from offline_ci.artifacts.catalog import Catalog, CatalogModel, Figures, Unpinned
from offline_ci.artifacts.hub_names import hub_spec, model_name, parse_hub_name
from offline_ci.artifacts.model_registry import ModelRegistry, Registered
from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.artifacts.specs import Hub
from offline_ci.artifacts.store import Store
from offline_ci.errors import (
    ArtifactMissingError,
    DigestMismatchError,
    LockfileError,
    ModelLoadError,
    UnknownModelError,
    UsageError,
)
from support.artifacts import spec_of
from support.file_server import sha256

BODY = b"GGUF" + bytes(100)
OTHER = b"GGUF" + bytes(200)
FIGURES = Figures(4096, 1024, 1.0)
TINY = spec_of(BODY, name="tiny-coder-1b", filename="Tiny.gguf", role="model")


@pytest.fixture
def models(tmp_path):
    offered = Catalog(TINY.name, {TINY.name: CatalogModel(TINY, "Tiny.", "1B", "Q4_0", FIGURES)})
    return ModelStore(Store(tmp_path / "home"), offered)


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "My Model.Q8.gguf"
    path.write_bytes(OTHER)
    return path


def test_the_catalogue_is_listed_whether_it_is_here_or_not(models):
    (record,) = models.list()
    assert (record.name, record.origin, record.present, record.is_default) == (TINY.name, "catalogue", False, True)
    models.store.place(TINY, [BODY])
    (record,) = models.list()
    assert record.present
    assert (record.offered.description, record.offered.parameters) == ("Tiny.", "1B")
    assert record.licence == "MIT"


def test_a_name_is_resolved_to_a_verified_file(models):
    with pytest.raises(ArtifactMissingError) as caught:
        models.resolve(TINY.name)
    assert caught.value.hint == f"Run `offline-ci models pull {TINY.name}`."
    models.store.place(TINY, [BODY])
    assert models.resolve(TINY.name) == ResolvedModel(
        TINY.name, models.store.path(TINY), TINY.sha256, len(BODY), is_pinned=True
    )
    models.store.path(TINY).write_bytes(BODY[::-1])
    with pytest.raises(DigestMismatchError):
        models.resolve(TINY.name)


def test_a_path_is_resolved_to_the_file_it_names(models, mine, monkeypatch):
    expected = ResolvedModel("My Model.Q8", mine, sha256(OTHER), len(OTHER))
    assert models.resolve(str(mine)) == expected
    monkeypatch.setenv("HOME", str(mine.parent))
    assert models.resolve("~/My Model.Q8.gguf") == expected
    monkeypatch.chdir(mine.parent)
    assert models.resolve(mine.name).sha256 == expected.sha256


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tiny-coder-1", "Did you mean tiny-coder-1b? "),
        ("TINY", "Did you mean tiny-coder-1b? "),
        ("tinycoder1b", "Did you mean tiny-coder-1b? "),
        ("zzz", "`offline-ci models list` shows what there is"),
    ],
)
def test_an_unknown_name_is_answered_with_the_closest(models, name, hint):
    for call in (models.resolve, models.pull, models.remove):
        with pytest.raises(UnknownModelError) as caught:
            call(name)
        assert caught.value.message == f"There is no model {name!r}."
        assert caught.value.hint.startswith(hint)
    with pytest.raises(UnknownModelError):
        list(models.verify(name))


def test_a_path_that_leads_nowhere_useful_is_named(models, tmp_path):
    with pytest.raises(ArtifactMissingError, match=r"There is no file .*gone\.gguf"):
        models.resolve(str(tmp_path / "gone.gguf"))
    with pytest.raises(UsageError, match="is a folder"):
        models.resolve(str(tmp_path))
    (tmp_path / "text.gguf").write_bytes(b"hello")
    with pytest.raises(ModelLoadError, match=r"text\.gguf is not a GGUF file \(it begins with b'hell'\)"):
        models.resolve(str(tmp_path / "text.gguf"))
    (tmp_path / "empty.gguf").write_bytes(b"")
    with pytest.raises(ModelLoadError, match="begins with b''"):
        models.add(tmp_path / "empty.gguf")


def test_an_added_model_stays_where_it_is_and_has_a_name(models, mine):
    record = models.add(mine)
    assert (record.name, record.origin, record.path) == ("my-model.q8", "added", mine)
    assert models.resolve("my-model.q8") == ResolvedModel("my-model.q8", mine, sha256(OTHER), len(OTHER))
    assert models.add(mine, "other-name").name == "other-name"
    assert [record.name for record in models.list()] == [TINY.name, "my-model.q8", "other-name"]
    with pytest.raises(UsageError, match="is your own file"):
        models.pull("my-model.q8")
    models.remove("my-model.q8")
    assert mine.exists()
    assert [record.name for record in models.list()] == [TINY.name, "other-name"]


@pytest.mark.parametrize("name", ["Big", "a b", "", "../x", "-x"])
def test_a_name_that_is_none_is_refused(models, mine, name):
    with pytest.raises(UsageError, match="is no model name"):
        models.add(mine, name)


def test_a_name_of_the_catalogue_is_not_given_away(models, mine):
    with pytest.raises(UsageError, match=r"The catalogue has a model of the name tiny-coder-1b\."):
        models.add(mine, TINY.name)


def test_an_added_model_that_changed_or_went_is_told_with_its_mend(models, mine):
    models.add(mine, "mine")
    mine.write_bytes(BODY)
    with pytest.raises(DigestMismatchError) as caught:
        models.resolve("mine")
    assert caught.value.hint == f"Run `offline-ci models add --name mine {mine}`."
    mine.unlink()
    with pytest.raises(ArtifactMissingError) as caught:
        models.resolve("mine")
    assert caught.value.hint == "Run `offline-ci models remove mine`."


def test_every_model_is_verified(models, mine):
    models.add(mine, "mine")
    assert [(record.name, state) for record, state in models.verify()] == [(TINY.name, "missing"), ("mine", "ready")]
    models.store.place(TINY, [BODY])
    mine.write_bytes(BODY)
    assert [state for _, state in models.verify()] == ["ready", "damaged"]
    assert [state for _, state in models.verify("mine")] == ["damaged"]


def test_a_catalogue_model_is_removed_with_its_file(models):
    models.store.place(TINY, [BODY])
    models.remove(TINY.name)
    assert not models.store.path(TINY).exists()
    with pytest.raises(ArtifactMissingError, match="is not on this machine"):
        models.remove(TINY.name)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}', '{"schema": 1, "models": {"x": {"path": 3}}}'])
def test_a_damaged_registry_is_named(models, text):
    registry = models.store.root / "models" / "registry.json"
    registry.parent.mkdir(parents=True)
    registry.write_text(text, encoding="utf-8")
    with pytest.raises(LockfileError) as caught:
        models.list()
    assert caught.value.message.startswith(str(registry))


def test_the_registry_is_written_whole(models, mine):
    models.add(mine, "a")
    models.add(mine, "b")
    registry = json.loads((models.store.root / "models" / "registry.json").read_text(encoding="utf-8"))
    entry = {"path": str(mine), "sha256": sha256(OTHER), "size_bytes": len(OTHER), "origin": "added"}
    assert registry == {"schema": 1, "models": {"a": entry, "b": entry}}


def test_a_hub_name_is_taken_apart():
    name = "hf:Owner/Repo-GGUF/sub/Model-Q4.gguf"
    assert parse_hub_name(name) == ("Owner/Repo-GGUF", "sub/Model-Q4.gguf")
    spec = hub_spec(name, sha256="0" * 64, size_bytes=1)
    assert spec.location == "models/Owner--Repo-GGUF/Model-Q4.gguf"
    assert spec.mend == f"offline-ci models pull {name}"
    assert model_name("Model Q4+") == "model-q4"


@pytest.mark.parametrize(
    "rest", ["", "a", "a/b", "a/b/c.bin", "a/b/../c.gguf", "../b/c.gguf", "a/b//c.gguf", "a/b/c d.gguf", "a/b/c.gguf\n"]
)
def test_a_malformed_hub_name_is_refused(models, rest):
    for call in (parse_hub_name, models.resolve, models.pull):
        with pytest.raises(UsageError, match="does not name a GGUF file on the hub"):
            call("hf:" + rest)


def test_a_hub_model_that_is_not_here_is_told_with_its_mend(models):
    with pytest.raises(ArtifactMissingError) as caught:
        models.resolve("hf:a/b/c.gguf")
    assert caught.value.hint == "Run `offline-ci models pull hf:a/b/c.gguf`."


def test_a_file_that_cannot_be_opened_is_named(models, tmp_path):
    loop = tmp_path / "loop.gguf"
    loop.symlink_to(loop)
    with pytest.raises(ModelLoadError, match=r"loop\.gguf cannot be read: Too many levels of symbolic links"):
        models.resolve(str(loop))


LATER = Unpinned(Hub("owner/repo", "0" * 40, "Later.gguf"), 100, "MIT")
"""A model of the catalogue whose digest its first pull will learn."""


@pytest.fixture
def unpinned(tmp_path):
    offered = Catalog("later", {"later": CatalogModel(LATER, "Later.", "1B", "Q4_0", FIGURES)})
    return ModelStore(Store(tmp_path / "home"), offered)


def pulled(models, body, name="later"):
    """What a pull leaves behind."""
    path = models.store.root / "models" / "owner--repo" / "Later.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    ModelRegistry(models.store).put(Registered(name, str(path), sha256(body), len(body), LATER.hub_name))
    return path


def test_an_unpinned_model_is_listed_with_what_is_known(unpinned):
    (record,) = unpinned.list()
    assert (record.name, record.size_bytes, record.sha256, record.present) == ("later", 100, "", False)
    assert record.path == unpinned.store.root / "models" / "owner--repo" / "Later.gguf"
    with pytest.raises(ArtifactMissingError) as caught:
        unpinned.resolve("later")
    assert caught.value.hint == "Run `offline-ci models pull later`."
    with pytest.raises(ArtifactMissingError, match="is not on this machine"):
        unpinned.remove("later")


@pytest.mark.parametrize("registered", ["later", "later.q4"])
def test_an_unpinned_model_is_held_to_what_its_first_pull_learned(unpinned, registered):
    path = pulled(unpinned, BODY, registered)
    (record,) = unpinned.list()
    assert (record.name, record.sha256, record.present) == ("later", sha256(BODY), True)
    assert unpinned.resolve("later") == ResolvedModel(registered, path, sha256(BODY), len(BODY))
    assert unpinned.find(registered) == unpinned.find(LATER.hub_name) == record
    path.write_bytes(BODY[::-1])
    with pytest.raises(DigestMismatchError):
        unpinned.resolve("later")
    unpinned.remove("later")
    assert not path.exists()
    assert unpinned.list()[0].sha256 == ""


def test_a_file_that_bears_a_name_keeps_it_when_the_catalogue_grows(models, mine, tmp_path):
    old = ModelStore(models.store, Catalog("none", {}))
    old.add(mine, TINY.name)
    assert [(record.name, record.origin) for record in models.list()] == [(TINY.name, "added")]
    assert models.resolve(TINY.name).path == mine
    with pytest.raises(UsageError, match="is your own file"):
        models.pull(TINY.name)
    models.remove(TINY.name)
    assert [(record.name, record.origin) for record in models.list()] == [(TINY.name, "catalogue")]


@pytest.mark.parametrize("word", ["catalogue", "added"])
def test_the_words_for_origins_are_no_names(models, mine, word):
    models.add(mine, "mine")
    assert models.find(word) is None
