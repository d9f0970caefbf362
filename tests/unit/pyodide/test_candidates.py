import zipfile

import pytest
from packaging.version import Version

from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.errors import PackageError
from offline_ci.pyodide import candidates, guest_platform
from offline_ci.pyodide.candidates import fitness, read_candidate
from support.package_wheels import package_wheel

LOCK = runtime_lock()
WASM = "cp314-cp314-pyemscripten_2026_0_wasm32"


def refusal(path):
    with pytest.raises(PackageError) as error:
        read_candidate(path, LOCK)
    return error.value


def test_a_pure_wheel_is_read(tmp_path):
    path = package_wheel(tmp_path, "my-thing", "1.2", requires=["numpy>=2", "x; extra == 'y'"])
    candidate = read_candidate(path, LOCK)
    assert (candidate.name, candidate.version) == ("my-thing", Version("1.2"))
    assert list(map(str, candidate.requires)) == ["numpy>=2", 'x; extra == "y"']
    assert candidate.package.import_names == ("my_thing",)
    assert any(place.endswith("/site-packages/my_thing.py") for place in candidate.places)


@pytest.mark.parametrize("tag", [WASM, "cp39-abi3-pyodide_2026_0_wasm32", "py2.py3-none-any", "cp314-none-any"])
def test_tags_that_fit(tmp_path, tag):
    assert fitness(package_wheel(tmp_path, "x", tag=tag), LOCK) is not None


def test_compiled_for_this_platform_is_better_than_pure(tmp_path):
    pure, compiled = package_wheel(tmp_path, "x"), package_wheel(tmp_path, "x", tag=WASM)
    assert fitness(compiled, LOCK) < fitness(pure, LOCK)


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        (
            "cp314-cp314-manylinux_2_28_x86_64",
            "has machine code for Linux (manylinux_2_28_x86_64), and the sandbox is WebAssembly.",
        ),
        ("cp314-cp314-win_amd64", "has machine code for Windows (win_amd64), and the sandbox is WebAssembly."),
        ("cp314-cp314-macosx_11_0_arm64", "has machine code for macOS (macosx_11_0_arm64), and the sandbox"),
        (
            "cp313-cp313-pyodide_2025_0_wasm32",
            "is compiled for another Pyodide (pyodide_2025_0_wasm32); the sandbox's is pyemscripten_2026_0_wasm32.",
        ),
        (
            "cp312-cp312-pyemscripten_2026_0_wasm32",
            "is for Python 3.12 (cp312-cp312-pyemscripten_2026_0_wasm32), and the sandbox has Python 3.14.",
        ),
        ("py2-none-any", "is for py2-none-any, and the sandbox has Python 3.14 as WebAssembly."),
    ],
)
def test_a_wheel_for_something_else_is_refused_with_the_reason(tmp_path, tag, reason):
    error = refusal(package_wheel(tmp_path, "x", tag=tag))
    assert f"x-1.0-{tag}.whl {reason}" in error.message
    assert "offline-ci runtime add x" in error.hint


def test_a_damaged_wheel_is_refused(tmp_path):
    error = refusal(package_wheel(tmp_path, "x", damaged=["x.py"]))
    assert str(error) == "The wheel x-1.0-py3-none-any.whl is damaged: x.py differs from RECORD. Get the file again."


def test_what_is_no_wheel_is_refused(tmp_path):
    path = tmp_path / "x-1.0-py3-none-any.whl"
    path.write_bytes(b"<html>")
    assert "cannot be opened" in refusal(path).message
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.py", b"")
    assert "has no RECORD" in refusal(path).message
    odd = tmp_path / "x.whl"
    odd.write_bytes(b"")
    assert "is not named as a wheel is" in refusal(odd).message


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"says": "other"}, "is, by its own metadata, other 1.0"),
        ({"headers": ["Requires-Python: >=3.15"]}, "needs Python >=3.15, and the sandbox has Python 3.14.0"),
        ({"headers": ["Requires-Python: <3.14"]}, "needs Python <3.14"),
        ({"requires": ["numpy>>2"]}, "needs something that cannot be understood"),
        ({"files": {"x/_fast.so": b"\x7fELF"}}, "has machine code that is not WebAssembly: _fast.so"),
        ({"files": {"offline_ci_guest/cell.py": b""}}, "has a package named offline_ci_guest"),
        ({"files": {}}, "brings nothing that could be imported"),
        ({"files": {"x-1.0.data/scripts/x": b"#!python"}}, "brings nothing that could be imported"),
        ({"files": {"../x.py": b""}}, "has a member whose path leaves its folder"),
        ({"files": {"x-1.0.data/x.py": b""}}, "has a file directly in its .data folder"),
    ],
)
def test_what_cannot_be_in_the_sandbox_is_refused(tmp_path, options, reason):
    assert reason in refusal(package_wheel(tmp_path, "x", **options)).message


def test_what_unpacks_to_too_much_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(candidates, "_MAX_UNPACKED_BYTES", 100)
    assert "more than a sandbox can hold" in refusal(package_wheel(tmp_path, "x", files={"x.py": b" " * 99})).message


def test_a_senseless_requires_python_is_ignored_as_pip_does(tmp_path):
    read_candidate(package_wheel(tmp_path, "x", headers=["Requires-Python: any"]), LOCK)


def test_markers_have_the_guests_values():
    assert guest_platform.markers(LOCK)["sys_platform"] == "emscripten"
    assert guest_platform.markers(LOCK)["python_version"] == "3.14"
