"""The images of a runtime: boot, warm up, capture, and hand over to ``snapshot.image_build``.

An image is a convenience: where one cannot be built, guests start from a plain boot, and the reason is kept for
``doctor``. What is made is kept by content, as in the runtime's own build.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from offline_ci.artifacts.additions import home_lock
from offline_ci.artifacts.files import format_bytes, make_private_dir
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactError, OfflineCIError, RuntimeBuildError
from offline_ci.pyodide.build_cache import CachedFile, ContentCache
from offline_ci.pyodide.build_modules import translate_all
from offline_ci.pyodide.build_progress import BuildProgress, SilentBuildProgress, StepClock
from offline_ci.pyodide.build_sources import read_modules
from offline_ci.pyodide.build_workers import run_parallel
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.pyodide.manifest import StoredFile
from offline_ci.pyodide.translate import MERGE, Translator
from offline_ci.sandbox.image_guest import warm_guest
from offline_ci.snapshot.image_build import LiveGuest, check_image, compile_image, merge_image
from offline_ci.snapshot.image_format import ImageDescription
from offline_ci.snapshot.image_index import FOLDER, ImageIndex, StoredImage, read_index, write_index
from offline_ci.snapshot.image_recipes import ImageRecipe, image_recipes
from offline_ci.snapshot.images import damaged_images, link_image

_WORK = 1
"""Changes with what this build makes of the same runtime and recipe."""
_NEEDED_BYTES = 500_000_000
_PARTS = {"warm up": 2.0, "merge": 10.0, "compile": 18.0, "check": 2.0}
"""The steps of one image and how long they take, roughly in seconds."""
_MAIN = "main"

T = TypeVar("T")


def build_images(
    runtime: InstalledRuntime,
    progress: BuildProgress | None = None,
    *,
    store: Store | None = None,
    lock: RuntimeLock | None = None,
    recipes: Iterable[ImageRecipe] | None = None,
    available_bytes: int = sys.maxsize,
) -> ImageIndex:
    """Build those images of a runtime that are not there and intact.

    Several processes may call this at once: one builds, the others wait. It may be interrupted at any point.

    Args:
        runtime: what the images start.
        progress: told about every step; nobody is if None.
        store: the runtime's; by default ``offline_ci._env.home()``.
        lock: what the runtime was built from; by default the distribution that ships with this version, with the
            packages that were added.
        recipes: which images; by default those of ``wasm_runtime/images.toml``.
        available_bytes: memory of this machine that may be used.

    Returns:
        The images, and why others could not be built.
    """
    store = store or Store()
    progress = progress or SilentBuildProgress()
    with store.lock("runtime-build", on_wait=lambda: progress.message("Another build is running; waiting for it.")):
        images = _Images(runtime, store, lock or home_lock(store.root), progress, available_bytes)
        return images.build_all(image_recipes().values() if recipes is None else recipes)


class _Images:
    def __init__(
        self,
        runtime: InstalledRuntime,
        store: Store,
        lock: RuntimeLock,
        progress: BuildProgress,
        available_bytes: int,
    ) -> None:
        self._runtime = runtime
        self._store = store
        self._lock = lock
        self._progress = progress
        self._available_bytes = available_bytes
        self._codes = ContentCache(store, FOLDER, ".cwasm")
        self._descriptions = ContentCache(store, FOLDER, ".json")

    def build_all(self, recipes: Iterable[ImageRecipe]) -> ImageIndex:
        for cache in (self._codes, self._descriptions):
            cache.remove_temporaries()
        before = self._intact()
        index = ImageIndex()
        for recipe in recipes:
            name, key = recipe.name, self._key(recipe)
            image = before.get(name)
            try:
                if image is None or image.key != key:
                    image = self._build(recipe, key)
            except (OfflineCIError, OSError, MemoryError) as error:
                index = replace(index, failures={**index.failures, name: str(error) or type(error).__name__})
                self._progress.message(f"The image {name} cannot be built: {index.failures[name]}")
            else:
                index = replace(index, images={**index.images, name: image})
            write_index(self._runtime.folder, index)
        self._remove_unused(index)
        return index

    def _remove_unused(self, index: ImageIndex) -> None:
        used = {file.name for image in index.images.values() for file in (image.code, image.description)}
        for path in (self._runtime.folder / FOLDER).glob("*-*"):
            if f"{FOLDER}/{path.name}" not in used:
                path.unlink()
        for cache in (self._codes, self._descriptions):
            cache.remove_unused()

    def _intact(self) -> dict[str, StoredImage]:
        try:
            damaged = damaged_images(self._runtime)
            images = read_index(self._runtime.folder).images
        except ArtifactError:
            return {}
        return {name: image for name, image in images.items() if name not in damaged}

    def _key(self, recipe: ImageRecipe) -> str:
        made_from = json.dumps([_WORK, self._runtime.build_id, recipe.warm_up])
        return hashlib.sha256(made_from.encode()).hexdigest()[:16]

    def _build(self, recipe: ImageRecipe, key: str) -> StoredImage:
        code, description = self._codes.find(key), self._descriptions.find(key)
        seconds: dict[str, float] = {}
        if code is None or description is None:
            code, description, seconds = self._make(recipe, key)
        memory_bytes = ImageDescription.from_json(description.path.read_bytes()).memory_bytes
        return StoredImage(
            key, memory_bytes, self._place(recipe.name, code), self._place(recipe.name, description), seconds
        )

    def _place(self, name: str, file: CachedFile) -> StoredFile:
        stored = StoredFile(f"{FOLDER}/{name}-{file.sha256[:16]}{file.path.suffix}", file.sha256, file.size)
        target = self._runtime.folder / stored.name
        make_private_dir(target.parent)
        target.unlink(missing_ok=True)  # damaged, perhaps
        file.place(target)
        return stored

    def _make(self, recipe: ImageRecipe, key: str) -> tuple[CachedFile, CachedFile, dict[str, float]]:
        self._store.require_space(_NEEDED_BYTES, f"The image {recipe.name}")
        if self._available_bytes < recipe.build_memory_bytes:
            raise RuntimeBuildError(
                f"Building it takes {format_bytes(recipe.build_memory_bytes)} of memory, and "
                f"{format_bytes(self._available_bytes)} are free.",
                hint="Close other programs, then run: offline-ci runtime build",
            )
        steps = _Steps(StepClock(self._progress, f"Image {recipe.name}", _PARTS))
        guest = steps.run("warm up", lambda stop: warm_guest(self._runtime, recipe.warm_up, stop))
        try:
            return *self._bake(recipe.name, guest, key, steps), steps.seconds
        finally:
            guest.python.close()

    def _bake(self, name: str, guest: LiveGuest, key: str, steps: _Steps) -> tuple[CachedFile, CachedFile]:
        runtime, link = self._runtime, guest.description.fresh.link
        translator = Translator(self._store, self._store.get(self._lock.with_role("tool")[0]))
        main, libraries = read_modules(self._lock, self._store, {library.name for library in link.libraries})
        modules = translate_all({_MAIN: main, **libraries}, translator, self._progress)
        main = modules.pop(_MAIN)
        run_parallel(translator.prepare, [MERGE], lambda *_: None)
        merged = steps.run("merge", lambda stop: merge_image(link, main, modules, translator, stop))
        code = steps.run("compile", lambda stop: compile_image(merged, link, guest.memory, stop))
        machine_code = self._codes.put(key, code)
        image = link_image(runtime, name, machine_code.path, guest.description)
        steps.run("check", lambda _: check_image(image, guest, runtime))
        return machine_code, self._descriptions.put(key, guest.description.to_json().encode("ascii"))


class _Steps:
    """Runs one step after the other on threads with large stacks, so that Ctrl-C ends the running one."""

    def __init__(self, clock: StepClock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    def run(self, part: str, work: Callable[[threading.Event], T]) -> T:
        results: list[T] = []
        begin = self._clock.seconds
        run_parallel(lambda _, stop: work(stop), [part], lambda _, result: results.append(result))
        self.seconds[part] = round(self._clock.seconds - begin, 2)
        self._clock.advance(part)
        return results[0]
