import pytest

from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.runtime import dataset_file, runtime_file, runtime_missing
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactMissingError, DigestMismatchError


def test_on_a_fresh_machine_the_whole_runtime_is_missing():
    assert runtime_missing() == list(runtime_lock().files)


def test_a_file_that_is_not_here_is_told_with_its_mend():
    for call, name in ((runtime_file, "pyodide.asm.wasm"), (dataset_file, "humaneval")):
        with pytest.raises(ArtifactMissingError) as caught:
            call(name)
        assert caught.value.hint == "Run `offline-ci runtime fetch`."


def test_a_damaged_file_is_missing_too_and_is_not_given_out(tmp_path):
    store = Store(tmp_path)
    path = store.path(runtime_lock().file("python_stdlib.zip"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged")
    assert runtime_missing(store) == list(runtime_lock().files)
    with pytest.raises(DigestMismatchError, match=r"python_stdlib\.zip is damaged"):
        runtime_file("python_stdlib.zip", store)


def test_a_name_that_the_lock_file_does_not_have_is_a_key_error():
    with pytest.raises(KeyError, match="gone"):
        runtime_file("gone")
