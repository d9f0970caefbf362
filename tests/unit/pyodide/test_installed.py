import hashlib
import json

import pytest

from offline_ci.artifacts.store import Store
from offline_ci.emscripten.vfs.archivefs import file_entry
from offline_ci.errors import ArtifactError, ArtifactMissingError, DigestMismatchError
from offline_ci.pyodide.installed import LINKS, MANIFEST, ROOTFS_INDEX, ROOTFS_PAYLOAD, InstalledRuntime
from offline_ci.pyodide.manifest import Manifest, Package, StoredFile, StoredModule
from offline_ci.wasmbin.linkinfo import LinkInfo
from support.wasm_binary import module, name, section, vec

MAIN = LinkInfo.of(module(section(3, vec(b"\0")), section(7, vec(name("main") + b"\0\0"))))
SIDE = LinkInfo.of(module())
INDEX = {"lib": {"a.py": file_entry(0, 3), "x.so": file_entry(3, 0)}}
HINT = "Run: offline-ci runtime fetch && offline-ci runtime build (or: offline-ci setup)"


def _store_file(folder, title, data):
    (folder / title).parent.mkdir(parents=True, exist_ok=True)
    (folder / title).write_bytes(data)
    return StoredFile(title, hashlib.sha256(data).hexdigest(), len(data))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "runtime"
    main, side = MAIN.to_json().encode(), SIDE.to_json().encode()
    files = [
        _store_file(folder, ROOTFS_INDEX, json.dumps(INDEX).encode()),
        _store_file(folder, ROOTFS_PAYLOAD, b"abc"),
        _store_file(folder, LINKS, main + side),
    ]
    manifest = Manifest(
        build_id="0123456789abcdef",
        versions={"python": "3.14.0"},
        main=StoredModule(_store_file(folder, "lib/main.cwasm", b"machine code"), 0, len(main)),
        libraries={
            "/lib/x.so": StoredModule(_store_file(folder, "lib/x.cwasm", b"more"), len(main), len(side)),
        },
        files={file.name: file for file in files},
        packages=(Package("thing", "1", "MIT", ("thing",), 10, "pure"),),
        seconds={"total": 1.5},
    )
    assert Manifest.from_json(manifest.to_json()) == manifest
    (folder / MANIFEST).write_text(manifest.to_json())
    return folder


def test_installed_runtime(folder, store):
    runtime = InstalledRuntime(folder, store)
    assert runtime.build_id == "0123456789abcdef"
    assert runtime.versions == {"python": "3.14.0"}
    assert runtime.main == (folder / "lib/main.cwasm", MAIN)
    assert runtime.library("/lib/x.so") == (folder / "lib/x.cwasm", SIDE)
    assert runtime.library("/lib/a.py") is None
    assert runtime.library_paths == ("/lib/x.so",)
    assert runtime.rootfs_index() == INDEX
    assert runtime.rootfs_payload.read_bytes() == b"abc"
    assert runtime.packages[0].import_names == ("thing",)
    assert runtime.build_seconds == {"total": 1.5}
    assert runtime.size_bytes == sum(path.stat().st_size for path in folder.rglob("*.*") if path.name != MANIFEST)
    runtime.check_all()


def test_a_folder_without_a_manifest_is_no_runtime(tmp_path, store):
    with pytest.raises(ArtifactMissingError) as error:
        InstalledRuntime(tmp_path, store)
    assert str(error.value) == f"The sandbox's runtime has not been built. {HINT}"


def test_a_runtime_of_another_build_is_mentioned(folder, store):
    with pytest.raises(ArtifactMissingError, match="was built for another version or machine"):
        InstalledRuntime(folder.parent / "other", store)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 0}', '{"format": 1, "build_id": "x"}'])
def test_a_damaged_manifest_is_told(folder, store, text):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(ArtifactError, match="is damaged") as error:
        InstalledRuntime(folder, store)
    assert error.value.hint == HINT


def test_a_missing_library_is_told_when_it_is_asked_for(folder, store):
    (folder / "lib/x.cwasm").unlink()
    runtime = InstalledRuntime(folder, store)
    with pytest.raises(ArtifactMissingError, match=r"x\.cwasm is missing"):
        runtime.library("/lib/x.so")
    with pytest.raises(ArtifactMissingError):
        runtime.check_all()


def test_damage_that_stat_does_not_show_is_found_by_reading_again(folder, store):
    runtime = InstalledRuntime(folder, store)
    runtime.check_all(reread=True)
    victim = folder / "lib/x.cwasm"
    victim.write_bytes(b"m0re")
    stat = victim.stat()
    for stamp in (store.root / "stamps").glob("*.json"):
        known = json.loads(stamp.read_text())
        if known["path"] == str(victim.resolve()):
            known["identity"] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev]
            stamp.write_text(json.dumps(known))
    runtime.check_all()
    with pytest.raises(DigestMismatchError, match=r"x\.cwasm is damaged"):
        runtime.check_all(reread=True)


def test_damage_is_told_at_once_where_everything_needs_the_file(folder, store):
    (folder / LINKS).write_bytes(b"damaged")
    with pytest.raises(DigestMismatchError, match="is damaged"):
        InstalledRuntime(folder, store)


@pytest.mark.parametrize("title", [ROOTFS_INDEX, ROOTFS_PAYLOAD, "lib/main.cwasm", "lib/x.cwasm"])
def test_damage_is_told_before_the_file_is_handed_out(folder, store, title):
    runtime = InstalledRuntime(folder, store)
    (folder / title).write_bytes(b"damaged")
    use = {
        ROOTFS_INDEX: runtime.rootfs_index,
        ROOTFS_PAYLOAD: lambda: runtime.rootfs_payload,
        "lib/main.cwasm": lambda: runtime.main,
        "lib/x.cwasm": lambda: runtime.library("/lib/x.so"),
    }
    with pytest.raises(DigestMismatchError, match="is damaged"):
        use[title]()
    with pytest.raises(DigestMismatchError):
        runtime.check_all()
