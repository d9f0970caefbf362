"""Added packages cross the gap: their wheels are carried, and the list on the other side is the bundle's."""

import json
from dataclasses import replace

import pytest

from offline_ci.artifacts.additions import Addition, additions_json, read_additions, write_additions
from offline_ci.artifacts.digest import Digest
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.store import Store
from offline_ci.bundle import contents
from offline_ci.bundle.head import installed, packages
from offline_ci.bundle.head.manifest import Manifest, Member
from support.file_server import sha256
from support.small_bundle import manifest

WHEEL = b"a wheel"
SUMS = Addition("sums", "1.0", "sums-1.0-py3-none-any.whl", sha256(WHEEL), 7, "MIT", "file", True, (), ("sums",), ())
OTHER = replace(SUMS, name="other", sha256="b" * 64)


def test_the_wheels_are_carried_and_the_list_is_in_the_manifest(tmp_path, monkeypatch):
    monkeypatch.setattr("offline_ci.artifacts.additions.runtime_lock", lambda: RuntimeLock("1", "a", "3", "5", (), ()))
    store = Store(tmp_path)
    store.place(SUMS.spec, [WHEEL])
    write_additions(tmp_path, (SUMS,))
    items = list(contents.distribution_items(store))
    assert [(item.role, item.target) for item in items] == [
        ("home", f"packages/{SUMS.sha256[:16]}/sums-1.0-py3-none-any.whl")
    ]
    assert items[0].digest() == Digest(SUMS.sha256, 7)
    text = additions_json(read_additions(tmp_path))
    assert Manifest.from_json(manifest(packages=text).to_json()).packages == text


def test_a_manifest_from_before_has_no_packages():
    document = json.loads(manifest().to_json())
    del document["packages"]
    assert Manifest.from_json(json.dumps(document)).packages == ""


def test_the_bundles_list_takes_the_place_of_the_one_there(tmp_path):
    write_additions(tmp_path, (OTHER,))
    with packages.replaced(tmp_path, additions_json((SUMS,))):
        assert read_additions(tmp_path) == (SUMS,)
    assert read_additions(tmp_path) == (SUMS,)
    with packages.replaced(tmp_path, additions_json(())):
        assert read_additions(tmp_path) == ()


def test_where_the_installation_fails_the_old_list_comes_back(tmp_path):
    for before in ((OTHER,), ()):
        write_additions(tmp_path, before)
        with pytest.raises(KeyboardInterrupt), packages.replaced(tmp_path, additions_json((SUMS,))):
            raise KeyboardInterrupt
        assert read_additions(tmp_path) == before
        assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"packages": []}', '{"packages": {"x": 1}}'])
def test_a_damaged_list_counts_as_none(tmp_path, text):
    assert packages.names(text) == {}
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "packages.json").write_text(text)
    assert packages.is_same(tmp_path, "")


def test_the_bundles_own_runtime_may_be_gone_once_packages_were_added(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "version"
    folder.mkdir()
    members = (
        Member("home/runtime/0123/lib/main.cwasm", 0, 1, "0" * 64, "compiled"),
        Member("home/models/a.gguf", 0, 1, "0" * 64, "home"),
    )
    there = installed.Installed(folder, manifest(members=members), home, {}, compiled=True)
    assert len(list(there.problems())) == 2
    write_additions(home, (SUMS,))
    assert list(there.problems()) == [f"{home / 'models/a.gguf'} is missing."]
