import hashlib

import pytest

from offline_ci.artifacts.store import Store
from offline_ci.pyodide.build_cache import ContentCache


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_put_then_find(store):
    cache = ContentCache(store, "things", ".bin")
    put = cache.put("key-1", b"data")
    assert put.path.read_bytes() == b"data"
    assert (put.sha256, put.size) == (hashlib.sha256(b"data").hexdigest(), 4)
    assert cache.find("key-1") == put
    assert cache.find("key-2") is None


def test_another_cache_finds_it_too(store):
    put = ContentCache(store, "things", ".bin").put("key-1", b"data")
    assert ContentCache(store, "things", ".bin").find("key-1") == put
    assert ContentCache(store, "things", ".other").find("key-1") is None


@pytest.mark.parametrize("damage", [b"datA", b"", b"data and more"])
def test_a_damaged_file_is_not_found_and_goes(store, damage):
    put = ContentCache(store, "things", ".bin").put("key", b"data")
    put.path.write_bytes(damage)
    cache = ContentCache(store, "things", ".bin")
    assert cache.find("key") is None
    assert not put.path.exists()
    assert cache.put("key", b"data").path.read_bytes() == b"data"


def test_a_removed_file_is_not_found(store):
    cache = ContentCache(store, "things", ".bin")
    cache.put("key", b"data").path.unlink()
    assert cache.find("key") is None


def test_what_a_killed_process_left_is_removed(store):
    cache = ContentCache(store, "things", ".bin")
    put = cache.put("key", b"data")
    leftover = put.path.with_name(f".{put.path.name}.123-456.tmp")
    leftover.write_bytes(b"da")
    cache.remove_temporaries()
    assert sorted(path.name for path in put.path.parent.iterdir()) == [put.path.name]


def test_remove_unused_keeps_what_was_found_or_put_or_is_linked_to(store, tmp_path):
    earlier = ContentCache(store, "things", ".bin")
    files = {key: earlier.put(key, key.encode()).path for key in ("found", "linked", "unused")}
    (tmp_path / "runtime").hardlink_to(files["linked"])
    cache = ContentCache(store, "things", ".bin")
    cache.find("found")
    fresh = cache.put("fresh", b"fresh").path
    cache.remove_unused()
    assert sorted(files["found"].parent.iterdir()) == sorted([files["found"], files["linked"], fresh])


def test_is_empty(store):
    cache = ContentCache(store, "things", ".bin")
    assert cache.is_empty()
    cache.put("key", b"")
    assert not cache.is_empty()


def test_put_that_fails_leaves_nothing(store):
    cache = ContentCache(store, "things", ".bin")
    digest = hashlib.sha256(b"data").hexdigest()
    folder = store.root / "cache" / "things"
    (folder / f"key-{digest}.bin").mkdir()  # in the way of the final name
    with pytest.raises(OSError, match="directory"):
        cache.put("key", b"data")
    assert [path.name for path in folder.iterdir()] == [f"key-{digest}.bin"]
