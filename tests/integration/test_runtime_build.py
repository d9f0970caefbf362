"""The runtime build, on the real distribution: a small build taken apart, and the one that is installed."""

import dataclasses
import json
import posixpath
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from offline_ci.artifacts.store import Store
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.vfs.archivefs import file_entry
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import ArtifactMissingError, DigestMismatchError, RuntimeBuildError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.build import build_runtime
from offline_ci.pyodide.build_progress import SilentBuildProgress
from offline_ci.pyodide.installed import installed_runtime
from offline_ci.pyodide.translate import Translator
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.session import GuestSession
from support import small_build
from support.wasm_binary import module, section, vec

pytestmark = pytest.mark.runtime

PROGRAM = Path(small_build.__file__)
STEPS = [
    "Read packages",
    "Prepare Binaryen",
    "Translate exceptions",
    "Compile to machine code",
    "Compile Python",
    "Pack",
]
UNCHECKED_HASH = b"\x01\0\0\0"


class Events(SilentBuildProgress):
    def __init__(self):
        self.events = []

    def report(self, event):
        self.events.append(event)


def start(home):
    command = [sys.executable, str(PROGRAM), str(home)]
    paths = [str(PROGRAM.parents[2] / "src"), str(PROGRAM.parents[1])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(paths)})


def leftovers(home):
    partial = list((home / "runtime").glob(".partial*"))
    return partial + list(home.rglob("*.tmp"))


def cached(home):
    """When each file that is kept by content was made."""
    files = [path for path in (home / "cache").rglob("*") if path.is_file() and path.suffix != ".tmp"]
    return {path.name: path.stat().st_mtime_ns for path in files}


def run_python(runtime, code):
    """What the runtime's Python says to ``code``."""

    def run():
        session = GuestSession(SandboxOptions(dataclasses.asdict(ResourceLimits())), runtime)
        try:
            return session.run(code, 60, None, None)
        finally:
            session.close()

    return run_on_big_stack(run)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A home whose caches are full, with the small runtime built."""
    store = small_build.make_home(tmp_path_factory.mktemp("warm"))
    build_runtime(store=store, lock=small_build.small_lock())
    return store


@pytest.fixture
def copy(warm, tmp_path):
    """A copy of it to damage."""
    shutil.copytree(warm.root, tmp_path / "home")
    return Store(tmp_path / "home")


def test_a_build_reports_every_step_and_boots(tmp_path):
    store = small_build.make_home(tmp_path, caches=("tools",))
    progress = Events()
    runtime = build_runtime(progress, store=store, lock=small_build.small_lock())
    assert list(dict.fromkeys(event.step for event in progress.events)) == STEPS
    for step in STEPS:
        mine = [event for event in progress.events if event.step == step]
        assert [event.done for event in mine] == list(range(mine[0].total + 1))
    assert {*STEPS, "total"} == set(runtime.build_seconds)
    assert not leftovers(tmp_path)
    result = run_python(runtime, "import kiwisolver, contourpy; kiwisolver.Variable('x').name()")
    assert (result.status, result.result, result.error) == ("ok", "'x'", None)


def test_cxx_exceptions_cross_translated_code(warm):
    runtime = build_runtime(store=warm, lock=small_build.small_lock())
    assert run_python(runtime, small_build.CXX_EXCEPTION).stdout == "caught UnsatisfiableConstraint\n"


def test_a_finished_build_is_found_not_repeated(warm):
    progress = Events()
    again = build_runtime(progress, store=warm, lock=small_build.small_lock())
    assert progress.events == []
    assert again.folder.parent == warm.root / "runtime"


def test_a_module_that_no_tool_understands_is_told(warm):
    lock = small_build.small_lock()
    translator = Translator(warm, warm.get(lock.with_role("tool")[0]))
    translator.prepare("wasm-opt", threading.Event())
    broken = module(section(3, vec(b"\x07")))
    with pytest.raises(RuntimeBuildError) as error:
        run_on_big_stack(lambda: translator.translate("broken.so", broken, ("wasm-opt",), threading.Event()))
    assert str(error.value).startswith("wasm-opt failed on broken.so: ")
    assert "exit status" not in str(error.value)  # the tool's own words: it threw and caught a C++ exception for them


def test_a_translation_stops_when_it_is_asked_to(warm):
    lock = small_build.small_lock()
    translator = Translator(warm, warm.get(lock.with_role("tool")[0]))
    translator.prepare("wasm-opt", threading.Event())
    stop = threading.Event()
    stop.set()
    main = warm.get(lock.file("pyodide.asm.wasm")).read_bytes()
    with pytest.raises(RuntimeBuildError, match="the build was stopped"):
        run_on_big_stack(lambda: translator.translate("main", main, ("wasm-opt",), stop))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "caches"),
    [
        ("Read packages", small_build.CACHES),
        ("Translate exceptions", ("tools", "compiled", "bytecode")),
        ("Compile to machine code", ("tools", "translated", "bytecode")),
        ("Compile Python", ("tools", "translated", "compiled")),
    ],
)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_build_goes_on(tmp_path, step, caches, how):
    home = small_build.make_home(tmp_path, caches=caches).root
    with start(home) as process:
        for line in process.stdout:
            if json.loads(line)[0] == step:
                break
        process.send_signal(how)
        asked = time.monotonic()
        rest = process.stdout.read()
    assert process.returncode == {signal.SIGKILL: -signal.SIGKILL, signal.SIGINT: 130}[how]
    if how == signal.SIGINT:
        assert '"interrupted"' in rest
        assert time.monotonic() - asked < 30
        assert not leftovers(home)
    before = cached(home)
    runtime = build_runtime(store=Store(home), lock=small_build.small_lock())
    assert not leftovers(home)
    after = cached(home)
    kept = before.keys() & after.keys()
    assert kept
    assert {name: before[name] for name in kept} == {name: after[name] for name in kept}  # made once
    assert run_python(runtime, "import contourpy; 1 + 1").result == "2"


def test_two_builds_at_once_are_one(tmp_path):
    home = small_build.make_home(tmp_path).root
    with start(home) as one, start(home) as other:
        outputs = [[json.loads(line) for line in process.stdout] for process in (one, other)]
    assert [process.returncode for process in (one, other)] == [0, 0]
    assert outputs[0][-1] == outputs[1][-1]
    steps = [[step for step, *_ in output if step in STEPS] for output in outputs]
    assert sorted(map(bool, steps)) == [False, True]
    waiting = outputs[0] if not steps[0] else outputs[1]
    assert waiting[0][0] in {"Another build is running; waiting for it.", "built"}


@pytest.mark.parametrize("pattern", ["lib/*.cwasm", "rootfs.bin", "manifest.json"])
def test_a_damaged_runtime_is_built_anew(copy, pattern):
    lock = small_build.small_lock()
    runtime = build_runtime(store=copy, lock=lock)
    victim = min(runtime.folder.glob(pattern))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 0xFF
    victim.write_bytes(data)
    runtime = build_runtime(store=copy, lock=lock)
    runtime.check_all()
    assert run_python(runtime, "import numpy; int(numpy.arange(4).sum())").result == "6"


def test_a_missing_or_damaged_wheel_is_told(copy):
    lock = small_build.small_lock()
    shutil.rmtree(copy.root / "runtime" / build_runtime(store=copy, lock=lock).build_id)
    wheel = copy.path(lock.with_role("wheel")[0])
    data = wheel.read_bytes()
    wheel.write_bytes(data[:-1] + b"x")
    with pytest.raises(DigestMismatchError) as error:
        build_runtime(store=copy, lock=lock)
    assert error.value.hint == "Run `offline-ci runtime fetch`."
    wheel.unlink()
    with pytest.raises(ArtifactMissingError, match=wheel.name):
        build_runtime(store=copy, lock=lock)
    assert not leftovers(copy.root)


# --- the installed runtime


@pytest.fixture(scope="module")
def installed():
    return installed_runtime()


def files_of(index, path=""):
    """Path and (offset, size) of every file."""
    for name, entry in index.items():
        if isinstance(entry, dict):
            yield from files_of(entry, f"{path}/{name}")
        else:
            yield f"{path}/{name}", divmod(entry, file_entry(1, 0))


def test_every_library_is_an_empty_file_of_the_tree(installed):
    files = dict(files_of(installed.rootfs_index()))
    libraries = {path for path in files if path.endswith(".so")}
    assert libraries == set(installed.library_paths)
    assert {files[path][1] for path in libraries} == {0}


def test_no_module_imports_what_it_exports_itself(installed):
    for path in installed.library_paths:
        link = installed.library(path).link
        own = [i.name for i in link.imports if i.module == "env" and i.kind == "func" and i.name in link.exports]
        assert not own, path


def test_the_host_has_all_that_the_main_module_imports_but_browsers(installed):
    missing = {
        entry.name
        for entry in installed.main.link.imports
        if entry.kind == "func" and HOST_FUNCTIONS.find(entry.name) is None
    }
    assert not missing


def test_libraries_that_others_need_are_found_on_their_run_path(installed):
    files = dict(files_of(installed.rootfs_index()))
    for path in installed.library_paths:
        dylink = installed.library(path).link.dylink
        origins = [p.replace("$ORIGIN", str(Path(path).parent)) for p in dylink.runtime_paths]
        for needed in dylink.needed:
            places = [posixpath.normpath(posixpath.join(origin, needed)) for origin in origins]
            assert any(place in files for place in places), (path, needed)


def test_python_files_have_bytecode_that_nobody_compares(installed):
    files = dict(files_of(installed.rootfs_index()))
    sources = [path for path in files if path.endswith(".py")]
    without = []
    with installed.rootfs_payload.open("rb") as payload:
        for source in sources:
            path = Path(source)
            entry = files.get(f"{path.parent}/__pycache__/{path.stem}.cpython-314.pyc")
            if entry is None:
                without.append(source)
                continue
            payload.seek(entry[0])
            assert payload.read(8)[4:] == UNCHECKED_HASH
    assert without == []
    assert len(sources) > 6000


# Modules that a package offers to those who have something that is not here.
NOT_IMPORTABLE = {"blackd": "needs aiohttp, a server"}


def test_every_package_can_be_imported(installed):
    names = sorted({name for package in installed.packages for name in package.import_names} - set(NOT_IMPORTABLE))
    code = f"""
import importlib
failed = []
for name in {names!r}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed.append(f"{{name}}: {{type(error).__name__}}: {{error}}")
failed
"""
    result = run_python(installed, code)
    assert (result.status, result.result) == ("ok", "[]")
    assert {"numpy", "pandas", "matplotlib", "PIL", "scipy", "sklearn", "openpyxl", "docx", "seaborn"} <= set(names)


def test_packages_without_a_browser_fail_like_a_machine_without_a_network(installed):
    code = """
import httpx, requests
for get in (requests.get, httpx.get):
    try:
        get("http://example.com")
    except (requests.ConnectionError, httpx.ConnectError) as error:
        print(type(error).__name__)
"""
    assert run_python(installed, code).stdout == "ConnectionError\nConnectError\n"
