import os
import stat

import pytest

from offline_ci.llm.prefix_cache import PrefixCache

TOKENS = list(range(100, 200))
STATE = bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "prefix"


@pytest.fixture
def cache(folder):
    return PrefixCache(folder, ("sha", "build"))


def test_gives_back_what_was_saved(cache, folder):
    assert cache.load(TOKENS) is None
    assert cache.save(TOKENS, memoryview(STATE))
    assert cache.load(TOKENS) == STATE
    assert [path.suffix for path in folder.iterdir()] == [".kv"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_other_tokens_and_other_configurations_are_other_states(cache, folder):
    cache.save(TOKENS, STATE)
    assert cache.load(TOKENS[:-1]) is None
    assert cache.load([*TOKENS, 1]) is None
    assert PrefixCache(folder, ("sha", "other build")).load(TOKENS) is None


@pytest.mark.parametrize("position", [0, 20, 60, 500, -1])
def test_damage_is_noticed_and_removed(cache, folder, position):
    cache.save(TOKENS, STATE)
    (path,) = folder.iterdir()
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    assert cache.load(TOKENS) is None
    assert list(folder.iterdir()) == []


def test_a_file_cut_short_is_noticed(cache, folder):
    cache.save(TOKENS, STATE)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert cache.load(TOKENS) is None


def test_an_intact_file_under_a_wrong_name_is_refused(cache, folder):
    cache.save(TOKENS, STATE)
    (path,) = folder.iterdir()
    data = path.read_bytes()
    path.unlink()
    other = TOKENS[:-1]
    cache.save(other, STATE)
    (place,) = folder.iterdir()
    place.write_bytes(data)
    assert cache.load(other) is None


def test_the_longest_unused_go_first(folder):
    cache = PrefixCache(folder, ("x",), budget_bytes=3 * (len(STATE) + 600))
    for n in range(1, 4):
        cache.save(TOKENS[:n], STATE)
        os.utime(max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns), (n, n))
    cache.load(TOKENS[:1])
    assert cache.save(TOKENS[:4], STATE)
    assert [cache.load(TOKENS[:n]) is not None for n in range(1, 5)] == [True, False, True, True]


def test_what_exceeds_the_budget_is_not_kept(folder):
    assert not PrefixCache(folder, (), budget_bytes=100).save(TOKENS, STATE)
    assert not folder.exists()


def test_leftovers_of_killed_processes_are_removed(cache, folder):
    folder.mkdir(parents=True)
    old, new = folder / ".a.kv.1.tmp", folder / ".b.kv.2.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    cache.save(TOKENS, STATE)
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    cache = PrefixCache(blocked / "prefix", ())
    assert not cache.save(TOKENS, STATE)
    assert cache.load(TOKENS) is None
