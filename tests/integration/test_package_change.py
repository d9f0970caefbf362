"""Packages added to a real, small runtime and taken away again: tried in the sandbox, or nothing has changed."""

import dataclasses
import shutil
import threading

import pytest

from offline_ci.artifacts.additions import read_additions, with_additions
from offline_ci.artifacts.fetch import FetchConfig
from offline_ci.artifacts.runtime import runtime_missing
from offline_ci.artifacts.store import Store
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import DigestMismatchError, DiskSpaceError, PackageError, UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.build import build_runtime
from offline_ci.pyodide.build_progress import SilentBuildProgress
from offline_ci.pyodide.guest_platform import markers
from offline_ci.pyodide.installed import current_build_id
from offline_ci.pyodide.manifest import StoredFile
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.package_change import PackageChange
from offline_ci.sandbox.session import GuestSession
from offline_ci.snapshot.image_index import ImageIndex, StoredImage, write_index
from offline_ci.snapshot.image_recipes import ImageRecipe
from support import small_build
from support.artifacts import RecordedProgress
from support.package_wheels import package_wheel

pytestmark = pytest.mark.runtime

COMPILED = "kiwisolver"


class Events(SilentBuildProgress, RecordedProgress):
    """Keeps what it is told; at a step or a message it may do something."""

    def __init__(self, at="", act=None):
        RecordedProgress.__init__(self)
        self.at, self.act = at, act

    def report(self, event):
        self.message(event.step)

    def message(self, text):
        self.messages.append(text)
        if self.act is not None and text.startswith(self.at):
            self.act()


def lock():
    """The small one without its compiled package that comes back as a wheel."""
    small = small_build.small_lock()
    return dataclasses.replace(small, files=tuple(spec for spec in small.files if COMPILED not in spec.filename))


def change(store, progress=None):
    return PackageChange(progress or Events(), store=store, lock=lock(), recipes=[])


def run_python(runtime, code, image="plain"):
    def run():
        session = GuestSession(SandboxOptions(dataclasses.asdict(ResourceLimits()), image=image), runtime)
        try:
            return session.run(code, 60, None, None)
        finally:
            session.close()

    return run_on_big_stack(run)


def state(store):
    """Everything that counts: the list, the wheels, the runtimes, and what is left lying about."""
    folders = ("packages", "runtime", "downloads")
    files = [path for folder in folders for path in (store.root / folder).rglob("*") if path.is_file()]
    return read_additions(store.root), sorted(path.relative_to(store.root).as_posix() for path in files)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = small_build.make_home(tmp_path_factory.mktemp("home") / "home")
    build_runtime(store=store, lock=lock())
    return store


@pytest.fixture(autouse=True)
def _nothing_added_in_between(request):
    if "store" in request.fixturenames:
        store = request.getfixturevalue("store")
        yield
        names = [addition.name for addition in read_additions(store.root)]
        if names:
            change(store).remove(names)
    else:
        yield


def test_a_pure_package_is_added_used_and_removed(store, tmp_path):
    package_wheel(tmp_path, "sums", files={"sums/__init__.py": b"def total(x): return sum(x)\n"})
    wheel = package_wheel(
        tmp_path, "charts", requires=["sums", "numpy>=2"], files={"charts.py": b"import sums, numpy\n"}
    )
    before = build_runtime(store=store, lock=lock())
    progress = Events()
    done = change(store, progress).add([str(wheel)])
    assert [(one.name, one.requested, one.origin) for one in done.added] == [
        ("charts", True, "file"),
        ("sums", False, "file"),
    ]
    assert "Trying charts 1.0 in the sandbox …" in progress.messages
    assert done.runtime.build_id == current_build_id(with_additions(lock(), done.added)) != before.build_id
    assert read_additions(store.root) == done.added
    assert run_python(done.runtime, "import charts; charts.sums.total(charts.numpy.arange(4)).item()").result == "6"
    pyc = "import sums, pathlib; pathlib.Path(sums.__cached__).exists()"
    assert run_python(done.runtime, pyc).result == "True"
    before.check_all()  # whoever runs it may go on
    assert {spec.filename for spec in runtime_missing(store)}.isdisjoint({one.filename for one in done.added})
    again = change(store).add([str(wheel)])
    assert (again.added, again.removed, again.runtime.build_id) == ((), (), done.runtime.build_id)
    with pytest.raises(PackageError, match=r"charts 1\.0 needs sums"):
        change(store).remove(["sums"])
    gone = change(store).remove(["charts"])
    assert [one.name for one in gone.removed] == ["charts", "sums"]
    assert gone.runtime.build_id == before.build_id
    assert not list((store.root / "packages").rglob("*.whl"))
    assert run_python(gone.runtime, "import sums").error.evalue == "No module named 'sums'"


def test_a_compiled_wheel_of_pyodide_is_translated_compiled_and_works(store):
    wheel = next(spec for spec in small_build.small_lock().with_role("wheel") if COMPILED in spec.filename)
    done = change(store).add([str(Store().get(wheel))])
    assert [(one.name, one.origin) for one in done.added] == [(COMPILED, "distribution")]
    assert run_python(done.runtime, small_build.CXX_EXCEPTION).stdout == "caught UnsatisfiableConstraint\n"


def test_the_same_version_built_anew_takes_the_old_ones_place(store, tmp_path):
    old = package_wheel(tmp_path / "old", "sums", files={"sums.py": b"value = 1\n"})
    new = package_wheel(tmp_path / "new", "sums", files={"sums.py": b"value = 2\n"})
    change(store).add([str(old)])
    done = change(store).add([str(new)])
    assert ([one.name for one in done.added], [one.name for one in done.removed]) == (["sums"], ["sums"])
    assert run_python(done.runtime, "import sums; sums.value").result == "2"
    assert len(list((store.root / "packages").rglob("*.whl"))) == 1


def test_without_images_those_that_are_there_stay(store, tmp_path):
    runtime = build_runtime(store=store, lock=lock())
    files = [StoredFile(f"images/small-{n}", "0" * 64, 1) for n in range(2)]
    for file in files:
        (runtime.folder / file.name).parent.mkdir(exist_ok=True)
        (runtime.folder / file.name).write_bytes(b"x")
    write_index(runtime.folder, ImageIndex({"small": StoredImage("key", 1, *files, {})}))
    try:
        assert change(store).add(["six"]).images == ("small",)
        assert change(store).add([str(package_wheel(tmp_path, "sums"))]).images == ()
        assert change(store).remove(["sums"]).images == ("small",)
        assert all((runtime.folder / file.name).exists() for file in files)
    finally:
        shutil.rmtree(runtime.folder / "images")


def test_machine_code_of_a_runtime_without_caches_is_used_again(store, tmp_path):
    before = build_runtime(store=store, lock=lock())
    shutil.rmtree(store.root / "cache" / "compiled")  # as on a machine that was installed from a bundle
    done = change(store).add([str(package_wheel(tmp_path, "sums"))])
    files = [
        {path.name: path.stat().st_ino for path in (one.folder / "lib").iterdir()} for one in (before, done.runtime)
    ]
    assert files[0] == files[1]


@pytest.mark.slow
def test_images_are_built_anew_and_import_what_was_added(store, tmp_path):
    recipe = ImageRecipe("small", "numpy", ("standard_library", "arrays"), 1_000_000_000, ("numpy",))
    made = PackageChange(Events(), store=store, lock=lock(), recipes=[recipe])
    compiled = next(spec for spec in small_build.small_lock().with_role("wheel") if COMPILED in spec.filename)
    done = made.add([str(package_wheel(tmp_path, "sums")), str(Store().get(compiled))])
    assert done.images == ("small",)
    code = "import sys, sums, kiwisolver; 'numpy' in sys.modules, sums.version, kiwisolver.Variable('x').name()"
    assert run_python(done.runtime, code, image="small").result == "(True, '1.0', 'x')"


def test_a_wheel_that_was_lost_is_brought_back_by_adding_it_again(store, tmp_path):
    wheel = package_wheel(tmp_path, "sums")
    done = change(store).add([str(wheel)])
    kept = store.path(done.added[0].spec)
    kept.write_bytes(b"damaged")
    shutil.rmtree(done.runtime.folder)
    with pytest.raises(DigestMismatchError) as error:
        change(store).add([str(package_wheel(tmp_path, "other"))])
    assert error.value.hint == f"Run `offline-ci runtime add {wheel.name}`."
    again = change(store).add([str(wheel)])
    assert (again.added, again.removed, kept.read_bytes()) == ((), (), wheel.read_bytes())
    again.runtime.check_all()


def test_a_package_that_does_not_import_changes_nothing(store, tmp_path):
    change(store).add([str(package_wheel(tmp_path / "good", "sums"))])
    before = state(store)
    bad = package_wheel(tmp_path / "bad", "bad", files={"bad.py": b"raise RuntimeError('no screen')\n"})
    with pytest.raises(PackageError) as error:
        change(store).add([str(bad)])
    assert error.value.message == "bad 1.0 cannot be imported in the sandbox: import bad: RuntimeError: no screen."
    assert state(store) == before
    for program in (b"import os; os._exit(3)\n", b"import ctypes; ctypes.string_at(1 << 31)\n"):
        bad = package_wheel(tmp_path / "bad", "bad", files={"bad.py": program})
        with pytest.raises(PackageError, match=r"bad 1\.0 cannot be imported in the sandbox"):
            change(store).add([str(bad)])
        assert state(store) == before


def test_what_cannot_be_compiled_changes_nothing(store, tmp_path):
    before = state(store)
    for data in (b"\0asm\1\0\0\0nonsense", b"\0asm\1\0\0\0"):
        wheel = package_wheel(tmp_path, "fast", files={"fast.cpython-314-wasm32-emscripten.so": data})
        with pytest.raises(PackageError, match=r"with fast 1\.0: |fast 1\.0 cannot be imported"):
            change(store).add([str(wheel)])
        assert state(store) == before


def test_a_file_that_is_no_python_of_today_hinders_nobody(store, tmp_path):
    files = {"sums/__init__.py": b"", "sums/template.py": b"print '{{ name }}'\n", "sums/latin.py": b"x = '\xe4'\n"}
    done = change(store).add([str(package_wheel(tmp_path, "sums", files=files))])
    assert run_python(done.runtime, "import sums.template").error.ename == "SyntaxError"


def test_a_module_of_no_use_here_is_only_told(store, tmp_path):
    files = {"sums/__init__.py": b"", "sumsd.py": b"import aiohttp\n"}
    done = change(store).add([str(package_wheel(tmp_path, "sums", files=files))])
    assert len(done.notes) == 1
    assert done.notes[0].startswith("sums 1.0: its module sumsd cannot be imported: ModuleNotFoundError")


def test_what_would_take_another_files_place_is_refused(store, tmp_path):
    before = state(store)
    files = {"mine.py": b"", "numpy/__init__.py": b""}
    with pytest.raises(PackageError, match=r"mine 1\.0 brings .*/numpy/__init__\.py, and the distribution has that"):
        change(store).add([str(package_wheel(tmp_path, "mine", files=files))])
    assert state(store) == before
    change(store).add([str(package_wheel(tmp_path, "sums", files={"common.py": b""}))])
    with pytest.raises(PackageError, match=r"brings .*/common\.py, and sums has that already") as error:
        change(store).add([str(package_wheel(tmp_path, "mine", files={"common.py": b"1"}))])
    assert error.value.hint == "Remove it first: offline-ci runtime remove sums"


def interrupt():
    raise KeyboardInterrupt


def disk_full():
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("act", "raised"), [(interrupt, KeyboardInterrupt), (disk_full, DiskSpaceError)], ids=["ctrl-c", "disk full"]
)
@pytest.mark.parametrize("step", ["Read packages", "Compile Python", "Trying sums"])
def test_what_is_broken_off_has_changed_nothing(store, tmp_path, step, act, raised):
    before = state(store)
    with pytest.raises(raised):
        change(store, Events(step, act)).add([str(package_wheel(tmp_path, "sums"))])
    assert state(store) == before


def test_changes_at_once_wait_for_one_another(store, tmp_path):
    wheels = [str(package_wheel(tmp_path, name)) for name in ("one", "two")]
    progress = [Events(), Events()]
    threads = [
        threading.Thread(target=change(store, told).add, args=([wheel], FetchConfig()))
        for wheel, told in zip(wheels, progress, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.name for one in read_additions(store.root)] == ["one", "two"]
    told = [message for one in progress for message in one.messages if message.startswith("Another process is")]
    assert told == ["Another process is changing the runtime's packages; waiting for it."]


def test_the_distributions_own_cannot_be_removed(store):
    with pytest.raises(UsageError, match="numpy is part of the distribution"):
        change(store).remove(["numpy"])


def test_the_guests_markers_are_those_that_are_assumed(store):
    code = (
        "import os, platform, sys; [os.name, sys.platform, platform.machine(), platform.system(), platform.release()]"
    )
    assumed = markers(lock())
    names = ("os_name", "sys_platform", "platform_machine", "platform_system", "platform_release")
    found = run_python(build_runtime(store=store, lock=lock()), code).result
    assert found == repr([assumed[name] for name in names])
