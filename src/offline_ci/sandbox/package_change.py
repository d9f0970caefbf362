"""Add packages to the runtime, or take added ones away: all of it, or nothing.

A new runtime is built beside the present one, each new package is imported in it, its images are built; then one file,
the list of added packages, is replaced, and with it the runtime's id. Whatever goes wrong before leaves that file as it
was, and with it the runtime that is used.
"""

from __future__ import annotations

import ast
import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from packaging.utils import canonicalize_name
from packaging.version import Version

from offline_ci.artifacts.additions import Addition, read_additions, with_additions, write_additions
from offline_ci.artifacts.digest import digest_file, read_chunks
from offline_ci.artifacts.fetch import FetchConfig
from offline_ci.artifacts.files import raise_if_full
from offline_ci.artifacts.lockfile import RuntimeLock, runtime_lock
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.specs import PACKAGES
from offline_ci.artifacts.store import Store
from offline_ci.emscripten.vfs.archivefs import Index
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import PackageError, SandboxError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide import guest_platform
from offline_ci.pyodide.build import build_runtime, remove_old_runtimes
from offline_ci.pyodide.build_progress import BuildProgress
from offline_ci.pyodide.candidates import Candidate, named_project
from offline_ci.pyodide.installed import InstalledRuntime, current_build_id, runtime_folder
from offline_ci.pyodide.manifest import SITE_PACKAGES
from offline_ci.pyodide.pack import is_left_out
from offline_ci.pyodide.packages import Wheel
from offline_ci.pyodide.resolve import Runtime, check_together, without
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.image_build import build_images
from offline_ci.sandbox.package_sources import Finder, Found, check_words
from offline_ci.sandbox.session import GuestSession
from offline_ci.snapshot.image_index import ImageIndex, read_index
from offline_ci.snapshot.image_recipes import ImageRecipe

_SCOPE = "packages"
_TRIAL_S = 300.0
_SHOWN_CHARS = 500


class ChangeProgress(Progress, BuildProgress, Protocol):
    """Told about transfers and about build steps."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done.

    Attributes:
        added: new packages, also those in the place of another version.
        removed: packages that are gone, also those that were exchanged.
        notes: sentences about what was left aside.
        runtime: the runtime that is used from now on.
        images: names of its images.
        seconds: how long it took.
    """

    added: tuple[Addition, ...]
    removed: tuple[Addition, ...]
    notes: tuple[str, ...]
    runtime: InstalledRuntime
    images: tuple[str, ...]
    seconds: float


class PackageChange:
    """Changes the added packages of one home folder.

    Args:
        progress: told about every step.
        store: the home folder's; by default ``offline_ci._env.home()``.
        lock: the distribution; by default the lock file that ships with this version.
        recipes: which images; by default those of ``wasm_runtime/images.toml``; an empty list for none.
        available_bytes: memory of this machine that may be used for images.
    """

    def __init__(
        self,
        progress: ChangeProgress,
        *,
        store: Store | None = None,
        lock: RuntimeLock | None = None,
        recipes: Iterable[ImageRecipe] | None = None,
        available_bytes: int = sys.maxsize,
    ) -> None:
        self._progress = progress
        self._store = store or Store()
        self._lock = lock or runtime_lock()
        self._recipes = None if recipes is None else list(recipes)
        self._available_bytes = available_bytes

    def add(self, words: Sequence[str], config: FetchConfig | None = None) -> Change:
        """Add packages and what they need.

        Args:
            words: names with or without versions, paths of wheels, of folders with wheels, of sources.
            config: where to look first; by default the environment's settings.

        Raises:
            UsageError: a word makes no sense.
            PackageError: something does not fit the sandbox or the runtime, or cannot be imported; nothing has changed.
            FetchError: something cannot be got; nothing has changed.
            DiskSpaceError: the disk is full; nothing has changed.
            ArtifactError, RuntimeBuildError: the runtime itself is not as it should be; nothing has changed.
        """
        check_words(words)
        with self._alone():
            begin = time.monotonic()
            before = read_additions(self._store.root)
            self._bring_back(words, before)
            present = build_runtime(self._progress, store=self._store, lock=with_additions(self._lock, before))
            work = self._store.downloads(_SCOPE)
            facts = self._facts(before)
            found = Finder(self._lock, facts, self._store, config or FetchConfig.from_env(), work, self._progress).find(
                words
            )
            new = {name: _addition(candidate, found) for name, candidate in found.chosen.items()}
            after = _sorted(
                [*(_still(addition, found) for addition in before if addition.name not in new), *new.values()]
            )
            check_together(after, facts)
            self._check_places(present, before, after, found.chosen)
            wheels = {addition: found.chosen[addition.name].path for addition in new.values()}
            return self._switch(before, after, wheels, found.notes, begin)

    def remove(self, names: Sequence[str]) -> Change:
        """Take added packages away, with what was only there for them.

        Args:
            names: of the packages.

        Raises:
            UsageError: one was not added.
            PackageError: another one needs it.
            DiskSpaceError: the disk is full; nothing has changed.
            ArtifactError, RuntimeBuildError: the runtime itself is not as it should be; nothing has changed.
        """
        with self._alone():
            begin = time.monotonic()
            before = read_additions(self._store.root)
            return self._switch(before, without(names, self._facts(before)), {}, [], begin)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        def on_wait() -> None:
            self._progress.message("Another process is changing the runtime's packages; waiting for it.")

        with self._store.lock("packages", on_wait=on_wait):
            self._store.clear_downloads(_SCOPE)  # of a process that was killed
            try:
                yield
            except OSError as error:
                raise_if_full(error, self._store.root / PACKAGES)
                raise
            finally:
                self._store.clear_downloads(_SCOPE)

    def _bring_back(self, words: Sequence[str], before: Sequence[Addition]) -> None:
        """Place a given wheel that the list has and that was lost: the present runtime may need it to be built."""
        lost = {addition.filename: addition for addition in before if not self._store.is_intact(addition.spec)}
        for path in map(Path, words):
            addition = lost.get(path.name)
            if addition is not None and path.is_file() and digest_file(path).sha256 == addition.sha256:
                self._store.place(addition.spec, read_chunks(path))

    def _facts(self, added: Sequence[Addition]) -> Runtime:
        own: dict[str, Version] = {}
        extras: dict[str, list[str]] = {}
        for spec in self._lock.with_role("wheel"):
            name, version = named_project(Path(spec.filename))
            if is_left_out(_folder(name)):
                continue
            own[name] = version
            path = self._store.find(spec)  # one that is missing is told by the build
            if path is not None:
                with Wheel(path) as wheel:
                    needs = wheel.metadata().get_all("Requires-Dist", [])
                extras[name] = [text for text in needs if "extra" in text.partition(";")[2]]
        return Runtime(own, added, guest_platform.markers(self._lock), extras)

    def _check_places(
        self,
        present: InstalledRuntime,
        before: Sequence[Addition],
        after: Sequence[Addition],
        chosen: Mapping[str, Candidate],
    ) -> None:
        """Make sure that no file would take another one's place.

        Raises:
            PackageError: one would.
        """
        places = {addition.name: self._places(addition) for addition in before}
        own = set(_paths(present.rootfs_index())) - {place for mine in places.values() for place in mine}
        owners = dict.fromkeys(own, "the distribution")
        for addition in sorted(after, key=lambda addition: addition.name in chosen):
            candidate = chosen.get(addition.name)
            for place in sorted(candidate.places if candidate is not None else places[addition.name]):
                owner = owners.setdefault(place, addition.name)
                if owner != addition.name:
                    raise PackageError(
                        f"{addition.name} {addition.version} brings {place}, and {owner} has that already.",
                        hint=f"Remove it first: offline-ci runtime remove {owner}" if owner in places else None,
                    )

    def _places(self, addition: Addition) -> set[str]:
        with Wheel(self._store.get(addition.spec)) as wheel:
            return {place for place in wheel.places().values() if not is_left_out(place)}

    def _switch(
        self,
        before: tuple[Addition, ...],
        after: tuple[Addition, ...],
        wheels: Mapping[Addition, Path],
        notes: Sequence[str],
        begin: float,
    ) -> Change:
        lock = with_additions(self._lock, after)
        old_id = current_build_id(with_additions(self._lock, before))
        folder = runtime_folder(self._store, current_build_id(lock))
        existed = folder.exists()
        said = list(notes)
        try:
            for addition, path in wheels.items():
                if not self._store.is_intact(addition.spec):
                    self._store.place(addition.spec, read_chunks(path))
            runtime = self._build(lock, wheels)
            for addition in wheels:
                said += self._try(addition, runtime)
            images = self._images(runtime, lock)
            write_additions(self._store.root, after)
        except BaseException:
            if read_additions(self._store.root) != after or before == after:
                if not existed:
                    shutil.rmtree(folder, ignore_errors=True)
                self._remove_unlisted(before)
            raise
        self._remove_unlisted(after)
        remove_old_runtimes(self._store, used=[old_id, runtime.build_id])
        gone = tuple(addition for addition in before if _core(addition) not in map(_core, after))
        new = tuple(addition for addition in after if _core(addition) not in map(_core, before))
        return Change(new, gone, tuple(said), runtime, tuple(images.images), time.monotonic() - begin)

    def _build(self, lock: RuntimeLock, wheels: Iterable[Addition]) -> InstalledRuntime:
        try:
            return build_runtime(self._progress, store=self._store, lock=lock, keep_old=True)
        except SandboxError as error:
            names = ", ".join(f"{addition.name} {addition.version}" for addition in wheels)
            if not names:
                raise
            raise PackageError(
                f"The runtime cannot be built with {names}: {error.message}", hint="Nothing has changed."
            ) from error

    def _images(self, runtime: InstalledRuntime, lock: RuntimeLock) -> ImageIndex:
        if self._recipes == []:
            return read_index(runtime.folder)  # those of a runtime that was there before
        return build_images(
            runtime,
            self._progress,
            store=self._store,
            lock=lock,
            recipes=self._recipes,
            available_bytes=self._available_bytes,
        )

    def _try(self, addition: Addition, runtime: InstalledRuntime) -> Iterator[str]:
        """Import a package in the sandbox; sentences about those of its modules that are of no use there.

        Raises:
            PackageError: it cannot be imported.
        """
        package = next(package for package in runtime.packages if canonicalize_name(package.name) == addition.name)
        title = f"{addition.name} {addition.version}"
        self._progress.message(f"Trying {title} in the sandbox …")
        failures = _import_failures(runtime, package.import_names)
        for name, reason in failures.items():
            if name in addition.imports:
                raise PackageError(
                    f"{title} cannot be imported in the sandbox: import {name}: {reason}.",
                    hint="Nothing has changed. docs/packages.md tells what cannot work there.",
                )
            yield f"{title}: its module {name} cannot be imported: {reason}."

    def _remove_unlisted(self, added: Sequence[Addition]) -> None:
        """Delete wheels that no list names."""
        used = {addition.spec.folder.rpartition("/")[2] for addition in added}
        folder = self._store.root / PACKAGES
        for place in folder.iterdir() if folder.is_dir() else ():
            if place.is_dir() and place.name not in used:
                shutil.rmtree(place, ignore_errors=True)


def _import_failures(runtime: InstalledRuntime, names: Sequence[str]) -> dict[str, str]:
    """Import modules in a plain guest; why those failed that did."""
    code = f"""
import importlib, json
failed = {{}}
for name in {list(names)!r}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed[name] = f"{{type(error).__name__}}: {{error}}"
json.dumps(failed)
"""
    limits = ResourceLimits(time_s=_TRIAL_S)

    def work() -> dict[str, str]:
        session = GuestSession(SandboxOptions(asdict(limits), image="plain"), runtime)
        try:
            result = session.run(code, limits.time_s, None, None)
        finally:
            session.close()
        if result.status != "ok" or result.result is None:
            said = result.error.evalue if result.error is not None else result.stderr.strip()[-_SHOWN_CHARS:]
            return dict.fromkeys(names, f"the program ended with {result.status} {said}".strip())
        failed: dict[str, str] = json.loads(ast.literal_eval(result.result))
        return {name: " ".join(reason.split())[:_SHOWN_CHARS].rstrip(".") for name, reason in failed.items()}

    return run_on_big_stack(work) if names else {}


def _addition(candidate: Candidate, found: Found) -> Addition:
    digest = digest_file(candidate.path)
    return Addition(
        name=candidate.name,
        version=str(candidate.version),
        filename=candidate.path.name,
        sha256=digest.sha256,
        size_bytes=digest.size_bytes,
        licence=candidate.package.licence,
        origin=found.origins[candidate.name],
        requested=candidate.name in found.asked,
        extras=tuple(sorted(found.asked.get(candidate.name, ()))),
        imports=_main_modules(candidate),
        requires=tuple(map(str, candidate.requires)),
    )


def _main_modules(candidate: Candidate) -> tuple[str, ...]:
    """The module that is named as the package is; where none is, all of them."""
    names = candidate.package.import_names
    return tuple(name for name in names if canonicalize_name(name) == candidate.name) or names


def _still(addition: Addition, found: Found) -> Addition:
    """A package that stays, perhaps for its own sake from now on."""
    if addition.name not in found.asked:
        return addition
    return replace(addition, requested=True, extras=tuple(sorted({*addition.extras, *found.asked[addition.name]})))


def _core(addition: Addition) -> tuple[str, str]:
    return addition.name, addition.sha256


def _sorted(added: Iterable[Addition]) -> tuple[Addition, ...]:
    return tuple(sorted(added, key=lambda addition: addition.name))


def _folder(name: str) -> str:
    return f"{SITE_PACKAGES}/{name.replace('-', '_')}/"


def _paths(index: Index, folder: str = "") -> Iterator[str]:
    for name, entry in index.items():
        path = f"{folder}/{name}"
        if isinstance(entry, int):
            yield path
        else:
            yield from _paths(entry, path)
