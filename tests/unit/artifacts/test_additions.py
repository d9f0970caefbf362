import dataclasses
import json

import pytest

from offline_ci.artifacts.additions import (
    Addition,
    added_modules,
    additions_json,
    home_lock,
    read_additions,
    with_additions,
    write_additions,
)
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.pins import ADDITIONS, pinned_files
from offline_ci.artifacts.runtime import runtime_missing
from offline_ci.artifacts.specs import Packed
from offline_ci.artifacts.store import Store
from offline_ci.errors import LockfileError
from offline_ci.pyodide.installed import current_build_id

RICH = Addition(
    "rich", "14.1", "rich-14.1-py3-none-any.whl", "a" * 64, 100, "MIT", "index", True, (), ("rich",), ("pygments>=2",)
)
PYGMENTS = Addition(
    "pygments", "2.19", "pygments-2.19-py3-none-any.whl", "b" * 64, 200, "BSD", "file", False, (), (), ()
)


def test_what_is_written_is_read(tmp_path):
    assert read_additions(tmp_path) == ()
    write_additions(tmp_path, (RICH, PYGMENTS))
    assert read_additions(tmp_path) == (PYGMENTS, RICH)
    write_additions(tmp_path, ())
    assert not (tmp_path / ADDITIONS).exists()


def test_every_start_sees_what_the_whole_lock_says(tmp_path):
    write_additions(tmp_path, (RICH, PYGMENTS))
    files = home_lock(tmp_path).files
    assert pinned_files(tmp_path) == [[spec.role, spec.filename, spec.sha256] for spec in files]
    assert [spec.location for spec in files[-2:]] == [
        f"packages/{'b' * 16}/{PYGMENTS.filename}",
        f"packages/{'a' * 16}/{RICH.filename}",
    ]


def test_the_runtimes_id_covers_what_was_added(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path))
    plain = current_build_id()
    assert plain == current_build_id(runtime_lock())
    write_additions(tmp_path, (RICH,))
    assert current_build_id() == current_build_id(with_additions(runtime_lock(), (RICH,))) != plain
    write_additions(tmp_path, (dataclasses.replace(RICH, requested=False),))
    assert current_build_id() == current_build_id(with_additions(runtime_lock(), (RICH,)))
    write_additions(tmp_path, ())
    assert current_build_id() == plain


def test_what_is_missing_is_named_with_its_own_mend(tmp_path):
    write_additions(tmp_path, (RICH, PYGMENTS))
    missing = {spec.filename: spec for spec in runtime_missing(Store(tmp_path))}
    assert missing[RICH.filename].mend == "offline-ci runtime fetch"
    assert isinstance(missing[RICH.filename].sources[0], Packed)
    assert missing[PYGMENTS.filename].mend == f"offline-ci runtime add {PYGMENTS.filename}"
    assert missing[PYGMENTS.filename].sources == ()


def test_modules_that_the_model_is_told_of_were_asked_for(tmp_path):
    assert added_modules(tmp_path) == ()
    write_additions(tmp_path, (RICH, dataclasses.replace(PYGMENTS, imports=("pygments",))))
    assert added_modules(tmp_path) == ("rich",)


def _changed(**changes):
    document = json.loads(additions_json((RICH,)))
    document["packages"]["rich"] |= changes
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"schema": 2, "packages": {}}',
        '{"schema": 1, "packages": []}',
        '{"schema": 1, "packages": {"rich": 1}}',
        _changed(filename="../x.whl"),
        _changed(sha256="A"),
        _changed(size_bytes=-1),
        _changed(requested="yes"),
        _changed(requires=[1]),
        _changed(requires=None),
        _changed(surplus="x"),
    ],
)
def test_a_damaged_list_is_told(tmp_path, text):
    path = tmp_path / ADDITIONS
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(LockfileError) as error:
        read_additions(tmp_path)
    assert str(path) in error.value.message
    assert error.value.hint == f"Delete {path}, run `offline-ci runtime build`, and add the packages again."


def test_a_list_that_is_no_list_ends_no_start_in_a_traceback(tmp_path):
    path = tmp_path / ADDITIONS
    path.parent.mkdir()
    path.write_text('{"packages": {"rich": {}}}')
    with pytest.raises(LockfileError, match=r"packages\.json"):
        pinned_files(tmp_path)
