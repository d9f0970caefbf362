"""What building from sources says and asks for; real builds are in ``tests/integration/test_package_sources.py``."""

import io
import sys
import tarfile
import zipfile

import pytest

from offline_ci.artifacts.fetch import pip_build
from offline_ci.artifacts.fetch.failures import failure_from_output
from offline_ci.artifacts.fetch.pip_build import build_wheel, is_project
from offline_ci.errors import PackageError

PYODIDE = """#!{python}
import pathlib, sys
kind, source, option, folder = sys.argv[1:]
assert kind == "build" and option == "--outdir" and pathlib.Path(source, "fast.c").exists()
pathlib.Path(folder, "fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl").write_bytes(b"wheel")
"""


def program(folder, name, text):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "fast"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[build-system]\nrequires = ["meson-python>=0.15"]\n')
    (folder / "fast.c").write_text("int x;")
    return folder


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_a_folder_with_a_projects_files_is_one(tmp_path, project):
    assert is_project(project)
    assert not is_project(tmp_path)


def test_every_tool_that_is_missing_is_named(project, work, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(PackageError) as error:
        build_wheel(project, "5.0.3", work)
    assert error.value.message == "fast has code that must be compiled to WebAssembly: fast.c."
    old = "Python 3.12 or newer (this is 3.11); " if sys.version_info < (3, 12) else ""
    assert error.value.hint == (
        f"Here that lacks: {old}pyodide-build (pip install 'offline-ci[build]'); Emscripten 5.0.3 (there is no emcc on "
        "the path). Or build its wheel elsewhere, and give that (docs/packages.md)."
    )


def test_another_emscripten_is_told(project, work, tmp_path, monkeypatch):
    program(tmp_path / "bin", "emcc", f"#!{sys.executable}\nprint('emcc (Emscripten gcc/clang-like) 4.0.9 (abc)')\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(PackageError) as error:
        build_wheel(project, "5.0.3", work)
    assert "Emscripten 5.0.3 (emcc is 4.0.9)" in error.value.hint


def test_where_all_tools_are_here_pyodide_builds(project, work, tmp_path, monkeypatch):
    program(tmp_path / "bin", "pyodide", PYODIDE.format(python=sys.executable))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(pip_build, "_lacking", lambda _emscripten: iter(()))
    assert build_wheel(project, "5.0.3", work).read_bytes() == b"wheel"


def sdist(path, members):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_a_source_distribution_is_unpacked_into_its_folder_and_nowhere_else(tmp_path, work, suffix):
    members = {"fast-1.0/pyproject.toml": b'[build-system]\nrequires = ["maturin"]\n', "fast-1.0/src/lib.rs": b""}
    with pytest.raises(PackageError, match=r"must be compiled to WebAssembly: src/lib\.rs"):
        build_wheel(sdist(tmp_path / f"fast-1.0{suffix}", members), "5.0.3", work)
    assert (work / "source" / "fast-1.0" / "src" / "lib.rs").exists()


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
@pytest.mark.parametrize("name", ["../escape.py", "/escape.py", "a/../../escape.py"])
def test_a_member_that_leaves_its_folder_is_refused(tmp_path, work, suffix, name):
    with pytest.raises(PackageError, match="leaves its folder"):
        build_wheel(sdist(tmp_path / f"fast-1.0{suffix}", {name: b""}), "5.0.3", work)
    assert not list(tmp_path.rglob("escape.py"))


def test_what_is_no_source_distribution_is_told(tmp_path, work):
    with pytest.raises(PackageError, match=r"has no pyproject\.toml"):
        build_wheel(sdist(tmp_path / "x-1.0.tar.gz", {"x/readme": b""}), "5.0.3", work)


def test_what_is_no_archive_is_told(tmp_path, work):
    (tmp_path / "x.tar.gz").write_bytes(b"no archive")
    with pytest.raises(PackageError, match=r"x\.tar\.gz cannot be read"):
        build_wheel(tmp_path / "x.tar.gz", "5.0.3", work)


def test_a_missing_module_is_no_missing_network():
    failure = failure_from_output("ModuleNotFoundError: No module named 'backend'")
    assert (failure.unreachable, failure.reason) == (False, "ModuleNotFoundError: No module named 'backend'")
    assert failure_from_output("npm error code ENOTFOUND").unreachable
