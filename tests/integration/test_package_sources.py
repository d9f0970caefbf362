"""From words to wheels: the real pip and a real index on this machine, and a distribution of two packages."""

import dataclasses
import json

import pytest
from packaging.version import Version

from offline_ci.artifacts.additions import Addition
from offline_ci.artifacts.digest import digest_file
from offline_ci.artifacts.fetch import FetchConfig
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.specs import Http
from offline_ci.artifacts.store import Store
from offline_ci.errors import FetchError, PackageError, UsageError
from offline_ci.pyodide import guest_platform
from offline_ci.pyodide.resolve import MissingError, Runtime
from offline_ci.sandbox.package_sources import Finder
from support.artifacts import RecordedProgress, spec_of
from support.file_server import pip_index, serve_wheel, sha256
from support.package_wheels import package_wheel

WASM = "cp314-cp314-pyemscripten_2026_0_wasm32"
OWN = {"numpy": Version("2.4.3"), "six": Version("1.17.0")}


@pytest.fixture
def server(monkeypatch):
    for name in ("OFFLINE_CI_SOURCE_DIR", "OFFLINE_CI_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    with pip_index(monkeypatch) as server:
        yield server


@pytest.fixture
def distribution(server, tmp_path):
    """A store and the lock of what it holds: numpy, six, and Pyodide's list, which also has ``tables``."""
    store, source = Store(tmp_path / "home"), tmp_path / "published"
    wheels = [
        package_wheel(source, "numpy", "2.4.3", tag=WASM),
        package_wheel(
            source, "six", "1.17.0", requires=["nowhere", "sums; extra == 'more'"], headers=["Provides-Extra: more"]
        ),
    ]
    tables = package_wheel(source, "tables", "3.0", requires=["numpy"], tag=WASM)
    official = {
        "tables": {
            "name": "tables",
            "version": "3.0",
            "file_name": tables.name,
            "sha256": digest_file(tables).sha256,
            "depends": ["numpy"],
        }
    }
    listed = json.dumps({"packages": official}).encode()
    specs = [spec_of(listed, name="pyodide-lock.json", role="lock")]
    store.place(specs[0], [listed])
    for wheel in wheels:
        data = wheel.read_bytes()
        specs.append(spec_of(data, Http(f"{server.url}/release/{wheel.name}"), name=wheel.name, role="wheel"))
        store.place(specs[-1], [data])
    return store, dataclasses.replace(runtime_lock(), files=tuple(specs)), tables


@pytest.fixture
def find(distribution, tmp_path):
    store, lock, _ = distribution

    def find_(*words, config=None, added=(), progress=None):
        runtime = Runtime(OWN, added, guest_platform.markers(lock), {"six": ["sums; extra == 'more'"]})
        store.clear_downloads("packages")
        work = store.downloads("packages")
        finder = Finder(lock, runtime, store, config or FetchConfig(), work, progress or RecordedProgress())
        return finder.find(list(map(str, words)))

    return find_


def publish(server, tmp_path, name, version="1.0", **options):
    wheel = package_wheel(tmp_path / "index", name, version, **options)
    serve_wheel(server, name, wheel.name, wheel.read_bytes())
    return wheel


def versions(found):
    return {name: str(candidate.version) for name, candidate in found.chosen.items()}


def test_a_name_is_got_from_the_index_with_what_it_needs(server, find, tmp_path):
    publish(server, tmp_path, "charts", requires=["numpy>=2", "six[more]", "sums>=1"])
    publish(server, tmp_path, "sums", "1.5")
    progress = RecordedProgress()
    found = find("charts", progress=progress)
    assert versions(found) == {"charts": "1.0", "sums": "1.5"}
    assert found.origins == {"charts": "index", "sums": "index"}
    assert found.asked == {"charts": set()}
    assert progress.started == [("charts", 0)]
    assert not [path for _, path, *_ in server.requests if "nowhere" in path]  # the distribution's own needs are met


def test_markers_are_the_guests_whatever_this_machine_is(server, find, tmp_path):
    needs = [
        "sums; sys_platform == 'emscripten'",
        "greenlet; sys_platform != 'emscripten'",
        "old; python_version < '3.14'",
    ]
    publish(server, tmp_path, "charts", requires=needs)
    publish(server, tmp_path, "sums")
    assert versions(find("charts")) == {"charts": "1.0", "sums": "1.0"}


def test_a_compiled_wheel_for_the_guest_is_taken_and_no_other(server, find, tmp_path):
    publish(server, tmp_path, "fast", tag=WASM, files={"fast.so": b"\0asm"})
    assert versions(find("fast==1.0")) == {"fast": "1.0"}
    publish(server, tmp_path, "native", tag="cp314-cp314-manylinux_2_28_x86_64")
    with pytest.raises(FetchError) as error:
        find("native")
    assert error.value.message == "pip's index has no native that fits the sandbox."
    assert "pure Python or built for this platform" in error.value.hint


def test_what_the_runtime_has_is_not_exchanged(server, find, tmp_path):
    publish(server, tmp_path, "numpy", "3.0")
    publish(server, tmp_path, "charts", requires=["numpy>=3"])
    with pytest.raises(FetchError) as error:
        find("charts")
    assert "charts 1.0 depends on numpy>=3; the runtime has numpy==2.4.3" in error.value.message
    with pytest.raises(PackageError, match=r"numpy is part of the distribution, in version 2\.4\.3"):
        find("numpy==3.0")
    found = find("numpy", "six>=1")
    assert (found.chosen, found.asked) == ({}, {})
    assert found.notes == ["numpy 2.4.3 is part of the distribution.", "six 1.17.0 is part of the distribution."]


def test_what_was_added_stays_unless_another_version_is_asked_for(server, find, tmp_path):
    there = Addition("sums", "1.0", "sums-1.0-py3-none-any.whl", "a" * 64, 1, "MIT", "index", False, (), ("sums",), ())
    publish(server, tmp_path, "sums", "2.0")
    publish(server, tmp_path, "charts", requires=["sums"])
    assert versions(find("charts", added=[there])) == {"charts": "1.0"}
    found = find("sums", added=[there])
    assert (found.chosen, found.asked, found.notes) == ({}, {"sums": set()}, ["sums 1.0 is there already."])
    assert versions(find("sums>=2", added=[there])) == {"sums": "2.0"}


def test_without_a_network_the_index_is_told_and_the_way_round_it(find, monkeypatch, server):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(FetchError) as error:
        find("charts")
    assert "pip's index cannot be reached" in error.value.message
    assert "`offline-ci runtime add ./FOLDER`" in error.value.hint


def test_wheels_and_folders_ask_no_index(server, find, tmp_path):
    folder = tmp_path / "carried"
    wheel = package_wheel(folder, "charts", requires=["numpy", "sums>1"])
    package_wheel(folder, "sums", "1.0")
    package_wheel(folder, "sums", "1.5")
    package_wheel(folder, "sums", "2.0", tag="cp314-cp314-win_amd64")
    package_wheel(folder, "numpy", "2.0", tag="cp314-cp314-manylinux_2_28_x86_64")
    for word in (wheel, folder):
        found = find(word)
        assert versions(found) == {"charts": "1.0", "sums": "1.5"}
        assert found.asked == {"charts": set()}
        assert set(found.origins.values()) == {"file"}
    assert server.requests == []


def test_a_folder_of_independent_wheels_is_taken_whole(find, tmp_path):
    folder = tmp_path / "carried"
    for name in ("one", "two"):
        package_wheel(folder, name)
    assert find(folder).asked == {"one": set(), "two": set()}
    package_wheel(folder, "this", requires=["that"])
    package_wheel(folder, "that", requires=["this"])
    assert set(find(folder).chosen) == {"one", "two", "this", "that"}


def test_what_of_a_folder_does_not_fit_is_passed_over_where_nobody_needs_it(find, tmp_path):
    folder = tmp_path / "carried"
    native = package_wheel(folder, "native", tag="cp314-cp314-manylinux_2_28_x86_64")
    package_wheel(folder, "charts", requires=["native; sys_platform == 'linux'"])
    found = find(folder)
    assert versions(found) == {"charts": "1.0"}
    assert found.notes == [f"{native.name} does not fit the sandbox, and nothing needs it there."]
    for needs in (["native"], []):
        package_wheel(folder, "charts", requires=needs)
        with pytest.raises(PackageError, match="has machine code for Linux"):
            find(folder)


def test_what_a_wheel_lacks_is_named(server, find, tmp_path):
    wheel = package_wheel(tmp_path / "carried", "charts", requires=["sums>1", "bars"])
    with pytest.raises(MissingError) as error:
        find(wheel)
    assert error.value.message.startswith("charts 1.0 needs sums>1; charts 1.0 needs bars: not in ")
    assert str(tmp_path / "carried") in error.value.message
    assert server.requests == []


def test_a_wheel_and_a_name_together(server, find, tmp_path):
    wheel = package_wheel(tmp_path / "carried", "charts", requires=["sums>1"])
    publish(server, tmp_path, "sums", "1.5")
    found = find(wheel, "sums")
    assert versions(found) == {"charts": "1.0", "sums": "1.5"}
    assert found.origins == {"charts": "file", "sums": "index"}


def test_what_only_pyodides_release_has_comes_from_there_verified(server, find, distribution, tmp_path):
    tables = distribution[2]
    publish(server, tmp_path, "charts", requires=["tables>=3"])
    server.put(f"/release/{tables.name}", tables.read_bytes())
    found = find("charts")
    assert versions(found) == {"charts": "1.0", "tables": "3.0"}
    assert found.origins == {"charts": "index", "tables": "distribution"}


def test_where_the_release_is_out_of_reach_the_way_is_told(find, distribution):
    with pytest.raises(FetchError) as error:
        find("tables")
    assert error.value.message.startswith(
        "pip's index has no tables that fits the sandbox; Pyodide's release has tables 3.0, but "
    )
    assert distribution[2].name in error.value.hint
    with pytest.raises(FetchError, match="pip's index has no tables>=4"):
        find("tables>=4")


def test_pyodides_own_wheels_come_from_a_mirror_or_a_folder_verified(server, find, distribution):
    tables = distribution[2]
    mirror = FetchConfig(mirror=server.url + "/full/")
    server.put(f"/full/{tables.name}", tables.read_bytes())
    for config in (mirror, FetchConfig(source_dir=tables.parent)):
        found = find("tables", config=config)
        assert versions(found) == {"tables": "3.0"}
        assert found.origins == {"tables": "distribution"}
    server.put(f"/full/{tables.name}", b"something else")
    with pytest.raises(PackageError, match=f"its sha256 is {sha256(b'something else')}"):
        find("tables", config=mirror)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("./nothing.whl", "There is no nothing.whl."),
        ("no/folder", "There is no no/folder."),
        ("a b", "'a b' is neither a package's name nor a path"),
        ("x @ https://127.0.0.1/x.whl", "is neither a package's name nor a path"),
        ("", "'' is neither a package's name nor a path"),
    ],
)
def test_words_that_make_no_sense(find, word, reason):
    with pytest.raises((UsageError, PackageError)) as error:
        find(word)
    assert reason in error.value.message or "There is no " in error.value.message


def test_a_folder_without_wheels_is_told(find, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"There is no wheel in .*empty, and no project"):
        find(tmp_path / "empty")


PROJECT = """
[build-system]
requires = ["{backend}"]
build-backend = "{module}"
[project]
name = "pure-sums"
version = "1.0"
dependencies = ["numpy"]
"""


def project(folder, backend="hatchling", module="hatchling.build"):
    (folder / "pure_sums").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT.format(backend=backend, module=module))
    (folder / "pure_sums" / "__init__.py").write_text("def total(values): return sum(values)\n")
    return folder


def test_a_pure_project_is_built_with_what_is_here_and_left_as_it_was(server, find, tmp_path):
    folder = project(tmp_path / "project")
    before = sorted(folder.rglob("*"))
    found = find(folder)
    assert versions(found) == {"pure-sums": "1.0"}
    assert found.origins == {"pure-sums": "built"}
    assert sorted(folder.rglob("*")) == before
    assert server.requests == []


def test_a_project_with_code_to_compile_says_what_that_takes(find, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = project(tmp_path / "project", "meson-python", "mesonpy")
    (folder / "pure_sums" / "fast.c").write_text("int x;")
    with pytest.raises(PackageError) as error:
        find(folder)
    assert error.value.message == "project has code that must be compiled to WebAssembly: pure_sums/fast.c."
    assert "Emscripten 5.0.3 (there is no emcc on the path)" in error.value.hint
    assert "pyodide-build (pip install 'offline-ci[build]')" in error.value.hint


def test_a_project_that_cannot_be_built_says_so(find, tmp_path):
    folder = project(tmp_path / "project")
    (folder / "pyproject.toml").write_text("[project\n")
    with pytest.raises(PackageError, match=r"pyproject\.toml cannot be read"):
        find(folder)
    (folder / "pyproject.toml").write_text(PROJECT.format(backend="hatchling", module="hatchling.nothing"))
    with pytest.raises(PackageError, match="project cannot be built"):
        find(folder)
