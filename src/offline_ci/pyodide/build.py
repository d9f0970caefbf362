"""The runtime build: from the pinned distribution to a folder that boots.

Every costly result is kept by content (``build_cache``), so a build that is killed or interrupted goes on where it
stopped. The runtime itself is put together in a folder of its own and gets its name when it is complete: no other
process ever sees half of one. ``docs/design/0001-runtime-build.md`` tells the whole story.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from offline_ci.artifacts.additions import home_lock
from offline_ci.artifacts.files import make_private_dir, raise_if_full, sync, write_atomically
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactError
from offline_ci.pyodide.build_bytecode import build_bytecode
from offline_ci.pyodide.build_cache import ContentCache
from offline_ci.pyodide.build_modules import SUFFIX, BuiltModule, build_modules
from offline_ci.pyodide.build_progress import BuildEvent, BuildProgress, SilentBuildProgress, StepClock
from offline_ci.pyodide.build_sources import MAIN_MODULE, Distribution, read_distribution
from offline_ci.pyodide.installed import (
    LINKS,
    MANIFEST,
    ROOTFS_INDEX,
    ROOTFS_PAYLOAD,
    InstalledRuntime,
    current_build_id,
    runtime_folder,
)
from offline_ci.pyodide.manifest import Manifest, StoredFile, StoredModule
from offline_ci.pyodide.pack import TreeWriter
from offline_ci.pyodide.translate import Translator

PACK = "Pack"
_MAIN = "main"
_PARTIAL = ".partial-"
_NEEDED_BYTES = 900_000_000
_NEEDED_AGAIN_BYTES = 300_000_000
"""For a build that finds most modules compiled."""
_KEPT_RUNTIMES = 2


def build_runtime(
    progress: BuildProgress | None = None,
    *,
    store: Store | None = None,
    lock: RuntimeLock | None = None,
    keep_old: bool = False,
) -> InstalledRuntime:
    """Build the runtime of ``current_build_id``, or return it if it is there and intact.

    Several processes may call this at once: one builds, the others wait. It may be interrupted at any point.

    Args:
        progress: told about every step; nobody is if None.
        store: where the distribution is and the runtime goes; by default ``offline_ci._env.home()``.
        lock: which distribution; by default the one that ships with this version, with the packages that were added.
        keep_old: leave older runtimes where they are; by default only the newest few are kept.

    Raises:
        ArtifactMissingError: the distribution has not been fetched.
        DigestMismatchError: a file of the distribution is damaged.
        DiskSpaceError: the disk is too small.
        RuntimeBuildError: a step failed.
    """
    store = store or Store()
    recorder = _Recorder(progress or SilentBuildProgress())
    with store.lock("runtime-build", on_wait=lambda: recorder.message("Another build is running; waiting for it.")):
        lock = lock or home_lock(store.root)
        folder = runtime_folder(store, current_build_id(lock))
        return _find_intact(folder, store) or _Build(store, folder, lock, recorder, keep_old=keep_old).run()


def _find_intact(folder: Path, store: Store) -> InstalledRuntime | None:
    try:
        runtime = InstalledRuntime(folder, store)
        runtime.check_all()
    except ArtifactError:
        return None
    return runtime


class _Recorder:
    """Passes events on and keeps how long each step took."""

    def __init__(self, progress: BuildProgress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    def report(self, event: BuildEvent) -> None:
        self.seconds[event.step] = round(event.seconds, 2)
        self._progress.report(event)

    def message(self, text: str) -> None:
        self._progress.message(text)


class _Build:
    """One build, with the lock held."""

    def __init__(self, store: Store, folder: Path, lock: RuntimeLock, progress: _Recorder, *, keep_old: bool) -> None:
        self._store = store
        self._folder = folder
        self._progress = progress
        self._keep_old = keep_old
        self._lock = lock
        self._tool = self._lock.with_role("tool")[0]
        self._translator = Translator(store, store.get(self._tool))
        self._compiled = ContentCache(store, "compiled", SUFFIX)
        for libraries in sorted(folder.parent.glob("*/lib")):
            self._compiled.adopt(libraries)
        self._bytecode = ContentCache(store, "bytecode", ".bin")

    def run(self) -> InstalledRuntime:
        started = time.perf_counter()
        need = _NEEDED_BYTES if self._compiled.is_empty() else _NEEDED_AGAIN_BYTES
        self._store.require_space(need, "The runtime")
        self._remove_partial()
        partial = self._folder.with_name(f"{_PARTIAL}{self._folder.name}")
        try:
            self._assemble(make_private_dir(partial), started)
            shutil.rmtree(self._folder, ignore_errors=True)
            partial.rename(self._folder)
        except OSError as error:
            raise_if_full(error, partial / ROOTFS_PAYLOAD)
            raise
        finally:
            self._remove_partial()
        self._remove_old()
        runtime = InstalledRuntime(self._folder, self._store)
        runtime.check_all()
        return runtime

    def _assemble(self, partial: Path, started: float) -> None:
        with (partial / ROOTFS_PAYLOAD).open("wb") as payload:
            tree = TreeWriter(payload)
            distribution = read_distribution(self._lock, self._store, tree, self._progress)
            modules = _link_modules(partial, self._build_modules(distribution))
            self._write_manifest(partial, payload, tree, distribution, modules)
            scratch = partial / "scratch"  # the stamps of files that are about to change
            stage = InstalledRuntime(partial, Store(scratch))
            stage.check_all()  # here, so that a thread that outlives a stopped build has no stamp left to write
            python = self._lock.file(MAIN_MODULE).sha256
            tree.add_all(build_bytecode(distribution.groups, stage, python, self._bytecode, self._progress))
            clock = StepClock(self._progress, PACK, {ROOTFS_PAYLOAD: 1})
            shutil.rmtree(scratch)
            sync(payload.fileno())
            clock.advance(ROOTFS_PAYLOAD)
            self._progress.seconds["total"] = round(time.perf_counter() - started, 2)
            self._write_manifest(partial, payload, tree, distribution, modules)

    def _build_modules(self, distribution: Distribution) -> dict[str, BuiltModule]:
        for cache in (*self._translator.caches, self._compiled, self._bytecode):
            cache.remove_temporaries()
        modules = {_MAIN: distribution.main, **distribution.libraries}
        return build_modules(modules, self._translator, self._compiled, self._progress)

    def _write_manifest(
        self,
        partial: Path,
        payload: BinaryIO,
        tree: TreeWriter,
        distribution: Distribution,
        modules: Mapping[str, StoredModule],
    ) -> None:
        payload.flush()
        (partial / ROOTFS_INDEX).write_bytes(tree.index_json())
        files = [_stored(partial / name) for name in (ROOTFS_INDEX, ROOTFS_PAYLOAD, LINKS)]
        manifest = Manifest(
            build_id=self._folder.name,
            versions=self._versions(),
            main=modules[_MAIN],
            libraries={path: module for path, module in modules.items() if path != _MAIN},
            files={file.name: file for file in files},
            packages=tuple(distribution.packages),
            seconds=self._progress.seconds,
        )
        write_atomically(partial / MANIFEST, manifest.to_json())

    def _versions(self) -> dict[str, str]:
        return {
            "pyodide": self._lock.pyodide,
            "python": self._lock.python,
            "emscripten": self._lock.emscripten,
            "abi": self._lock.abi,
            "binaryen": self._tool.filename.removeprefix("binaryen-").removesuffix(".tgz"),
            "wasmtime": importlib.metadata.version("wasmtime"),
        }

    def _remove_partial(self) -> None:
        for partial in self._folder.parent.glob(f"{_PARTIAL}*"):
            shutil.rmtree(partial, ignore_errors=True)

    def _remove_old(self) -> None:
        if not self._keep_old:
            remove_old_runtimes(self._store)
        self._compiled.remove_unused()
        self._bytecode.remove_unused()
        self._translator.remove_unused()


def remove_old_runtimes(store: Store, used: Iterable[str] = ()) -> None:
    """Keep the newest few runtimes; whoever runs an older one has its files open and can go on.

    Args:
        store: has them.
        used: build ids of runtimes that count as new, since they were used just now.
    """
    for build_id in used:
        manifest = runtime_folder(store, build_id) / MANIFEST
        if manifest.is_file():
            manifest.touch()
    folders = [path for path in (store.root / "runtime").iterdir() if (path / MANIFEST).is_file()]
    folders.sort(key=lambda path: (path / MANIFEST).stat().st_mtime, reverse=True)
    for folder in folders[_KEPT_RUNTIMES:]:
        shutil.rmtree(folder, ignore_errors=True)


def _link_modules(partial: Path, built: Mapping[str, BuiltModule]) -> dict[str, StoredModule]:
    """Put machine code and link information into the runtime's folder; the cache's files are linked, not copied."""
    make_private_dir(partial / "lib")
    modules: dict[str, StoredModule] = {}
    offset = 0
    with (partial / LINKS).open("wb") as links:
        for path, module in built.items():
            name = f"lib/{module.compiled.path.name}"
            module.compiled.place(partial / name)
            file = StoredFile(name, module.compiled.sha256, module.compiled.size)
            modules[path] = StoredModule(file, offset, len(module.link))
            offset += links.write(module.link)
    return modules


def _stored(path: Path) -> StoredFile:
    with path.open("rb") as file:
        return StoredFile(path.name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
