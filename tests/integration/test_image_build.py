"""Images, made of the small runtime: built, checked, started, damaged."""

import re
import threading
from dataclasses import asdict, replace

import pytest

from offline_ci.engine.prelinked import PrelinkedInstance
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import DigestMismatchError, RuntimeBuildError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.build import build_runtime
from offline_ci.pyodide.build_progress import SilentBuildProgress
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.image_build import build_images
from offline_ci.sandbox.image_guest import warm_guest
from offline_ci.sandbox.session import GuestSession
from offline_ci.snapshot.image_build import check_image
from offline_ci.snapshot.image_index import FOLDER, read_index
from offline_ci.snapshot.image_recipes import ImageRecipe
from offline_ci.snapshot.images import damaged_images, find_base, link_image
from support import small_build

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

RECIPE = ImageRecipe("small", "numpy", ("standard_library", "arrays"), 1_000_000_000, ("numpy",))
LIMIT = 1 << 30


class Events(SilentBuildProgress):
    def __init__(self):
        self.events, self.messages = [], []

    def report(self, event):
        self.events.append(event)

    def message(self, text):
        self.messages.append(text)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return small_build.make_home(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def runtime(store):
    return build_runtime(store=store, lock=small_build.small_lock())


def build(runtime, store, *recipes, progress=None, **options):
    return build_images(runtime, progress, store=store, lock=small_build.small_lock(), recipes=recipes, **options)


@pytest.fixture(scope="module")
def image(runtime, store):
    """The entry of an image that is built and listed."""
    index = build(runtime, store, RECIPE)
    assert index.failures == {}
    return index.images["small"]


def session(runtime, **options):
    return GuestSession(SandboxOptions(limits=asdict(ResourceLimits()), **options), runtime)


def run(runtime, *cells, **options):
    def work():
        guest = session(runtime, **options)
        try:
            return [guest.run(cell, 60, None, None) for cell in cells]
        finally:
            guest.close()

    results = run_on_big_stack(work)
    assert [(result.status, result.error) for result in results] == [("ok", None)] * len(cells)
    return [result.result for result in results]


def test_a_build_reports_its_steps_and_a_second_one_has_none(runtime, store, image):
    progress = Events()
    index = build(runtime, store, RECIPE, progress=progress)
    assert index.images == {"small": image}
    assert progress.events == []
    assert set(image.seconds) == {"warm up", "merge", "compile", "check"}
    files = {path.name for path in (runtime.folder / FOLDER).iterdir()}
    assert files == {"index.json", *(file.name.removeprefix("images/") for file in (image.code, image.description))}


def test_an_image_that_was_lost_comes_back_from_the_cache(runtime, store, image):
    (runtime.folder / image.code.name).unlink()
    progress = Events()
    assert build(runtime, store, RECIPE, progress=progress).images == {"small": image}
    assert progress.events == []
    assert damaged_images(runtime, reread=True) == {}


def test_a_guest_starts_with_everything_imported(runtime, image):
    code = "import sys; 'numpy' in sys.modules and sys.modules['numpy'].arange(4).sum().item()"
    assert run(runtime, code, image="small") == ["6"]
    assert run(runtime, "import sys; 'numpy' in sys.modules", image="plain") == ["False"]


def test_the_warm_up_has_left_nothing_behind(runtime, image):
    code = """
import gc, linecache, os
names = [name for name in globals() if not name.startswith("__")]
folders = [os.listdir(folder) for folder in ("/tmp", "/mnt/data", os.environ["HOME"])]
sorted(set(names) - {"gc", "linecache", "os"}), folders, sorted(linecache.cache), gc.get_freeze_count() > 10_000
"""
    assert run(runtime, code, image="small") == ["([], [[], [], []], ['<cell 1>'], True)"]


def test_an_image_computes_what_a_plain_boot_computes(runtime, image):
    code = """
import numpy as np
rng = np.random.default_rng(3)
a = rng.normal(size=(20, 20))
float(np.linalg.det(a)).hex(), float(np.fft.fft(a).real.sum()).hex(), np.sort(a.ravel())[:2].tolist(), repr(a[0, :3])
"""
    assert run(runtime, code, image="small") == run(runtime, code, image="plain")


def test_further_libraries_load_after_the_start(runtime, image):
    code = "import kiwisolver, contourpy; kiwisolver.Variable('x').name(), contourpy.__version__ > ''"
    assert run(runtime, code, image="small") == ["('x', True)"]


def test_libraries_of_the_image_can_be_asked_for_by_handle(runtime, image):
    code = """
import ctypes, numpy._core._multiarray_umath as umath
library = ctypes.CDLL(umath.__file__)
bool(ctypes.cast(library.PyInit__multiarray_umath, ctypes.c_void_p).value), ctypes.CDLL(None).abs(-4)
"""
    assert run(runtime, code, image="small") == ["(True, 4)"]


def test_instances_of_an_image_are_identical_and_separate(runtime, image):
    def work():
        base = find_base(runtime, "small", LIMIT)
        views = []
        for value in range(3):
            instance = PrelinkedInstance(base.module, host=None, memory_bytes=LIMIT, on_tick=lambda: None)
            view = instance.memory.view()
            views.append(bytes(view))
            view[: 1 << 16] = bytes([value + 1]) * (1 << 16)
            instance.close()
        return views

    first, *others = run_on_big_stack(work)
    assert all(other == first for other in others)
    assert len(first) == image.memory_bytes


def test_a_tampered_image_is_refused(runtime, store, image):
    path = runtime.folder / image.code.name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()  # the cache has the same file
    path.write_bytes(data)
    afresh = InstalledRuntime(runtime.folder, store)  # what is loaded stays loaded
    with pytest.raises(DigestMismatchError, match="damaged"):
        find_base(afresh, "small", LIMIT)
    assert find_base(afresh, None, LIMIT).name == "plain"
    assert build(runtime, store, RECIPE).images == {"small": image}


# --- the check before an image is accepted


@pytest.fixture(scope="module")
def warm(runtime, image):
    """A guest like the one that the image was made from."""
    guest = run_on_big_stack(lambda: warm_guest(runtime, RECIPE.warm_up, threading.Event()))
    yield guest
    guest.python.close()


def test_the_check_finds_one_byte(runtime, image, warm):
    linked = link_image(runtime, "small", runtime.folder / image.code.name, warm.description)
    memory = warm.memory
    before = memory[len(memory) // 2]
    memory[len(memory) // 2] = before ^ 1
    with pytest.raises(RuntimeBuildError, match=r"memory differs from its guest's between 0x[0-9a-f]+ and"):
        check_image(linked, warm, runtime)
    memory[len(memory) // 2] = before


# --- where none can be built


@pytest.mark.parametrize(
    ("recipe", "options", "reason"),
    [
        (
            replace(RECIPE, name="a", warm_up=("tables",)),
            {},
            "warm-up failed: tables: ModuleNotFoundError",
        ),
        (replace(RECIPE, name="a", warm_up=("nothing",)), {}, "warm-up failed: nothing: KeyError: 'nothing'"),
        (replace(RECIPE, name="a", warm_up=("arrays",)), {"available_bytes": 7_000_000}, "7 MB are free"),
    ],
)
def test_what_cannot_be_built_is_told_and_costs_nothing_else(runtime, store, image, recipe, options, reason):
    progress = Events()
    index = build(runtime, store, recipe, RECIPE, progress=progress, **options)
    assert list(index.images) == ["small"]
    assert index == read_index(runtime.folder)
    (failure,) = index.failures.values()
    assert re.search(reason, failure)
    assert progress.messages == [f"The image a cannot be built: {failure}"]
