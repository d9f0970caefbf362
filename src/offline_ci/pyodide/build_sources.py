"""What the distribution brings: Python files for the guest's tree, wasm to compile, facts about packages."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.store import Store
from offline_ci.engine.compile_cache import wat_to_wasm
from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.build_progress import BuildProgress, StepClock
from offline_ci.pyodide.installed import guest_files
from offline_ci.pyodide.manifest import SITE_PACKAGES, STDLIB, Package
from offline_ci.pyodide.pack import TreeWriter, is_left_out
from offline_ci.pyodide.packages import Wheel

MAIN_MODULE = "pyodide.asm.wasm"
STDLIB_ARCHIVE = "python_stdlib.zip"
STEP = "Read packages"
_LIBRARY_SUFFIX, _TEXT_SUFFIX = ".so", ".wat"


@dataclass(slots=True)
class SourceGroup:
    """Python files that are compiled together.

    Attributes:
        name: of the package, ``stdlib`` or ``guest``.
        paths: guest paths.
        digest: sha256 over paths and contents.
    """

    name: str
    paths: list[str] = field(default_factory=list)
    _hasher: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """Hexadecimal sha256 over all paths and contents."""
        return self._hasher.hexdigest()

    def add(self, path: str, data: bytes) -> None:
        """One more file."""
        self.paths.append(path)
        self._hasher.update(f"{path}\0{len(data)}\0".encode())
        self._hasher.update(data)


@dataclass(slots=True)
class Distribution:
    """What was read.

    Attributes:
        main: the main module, as published.
        libraries: side modules by guest path, as published.
        groups: the Python files.
        packages: by name.
    """

    main: bytes
    libraries: dict[str, bytes] = field(default_factory=dict)
    groups: list[SourceGroup] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)


def read_distribution(lock: RuntimeLock, store: Store, tree: TreeWriter, progress: BuildProgress) -> Distribution:
    """Read everything, and write the guest's files into ``tree``.

    Raises:
        ArtifactMissingError, DigestMismatchError: the store lacks something or it is damaged.
        RuntimeBuildError: a package is not what it should be.
    """
    wheels = [store.get(spec) for spec in lock.with_role("wheel")]
    distribution = Distribution(store.get(lock.file(MAIN_MODULE)).read_bytes())
    ours = _guest_files()
    stdlib = store.get(lock.file(STDLIB_ARCHIVE))
    clock = StepClock(progress, STEP, {path.name: path.stat().st_size for path in (stdlib, *wheels)})
    _add(distribution, tree, "guest", ours.items())

    def add(name: str, files: Iterable[tuple[str, bytes]]) -> None:
        # A file of ours takes the place of the package's file of that name.
        _add(distribution, tree, name, ((path, data) for path, data in files if path not in ours))

    add("stdlib", _stdlib_files(stdlib))
    clock.advance(stdlib.name)
    for path in wheels:
        with Wheel(path) as wheel:
            package = wheel.package()
            if not is_left_out(f"{SITE_PACKAGES}/{package.name}/"):
                add(package.name, wheel.files())
                distribution.packages.append(package)
        clock.advance(path.name)
    distribution.packages.sort(key=lambda package: package.name.lower())
    return distribution


def read_modules(lock: RuntimeLock, store: Store, library_paths: Collection[str]) -> tuple[bytes, dict[str, bytes]]:
    """The main module, and side modules by guest path, as published.

    Args:
        lock: which distribution.
        store: has it.
        library_paths: of the wanted side modules, ours and those of packages; the standard library brings none.

    Raises:
        ArtifactMissingError, DigestMismatchError: the store lacks something or it is damaged.
        RuntimeBuildError: a package is not what it should be, or there is no such side module.
    """
    libraries = {path: data for path, data in _guest_files().items() if path in library_paths}
    for spec in lock.with_role("wheel"):
        with Wheel(store.get(spec)) as wheel:
            libraries |= {path: data for path, data in wheel.files(_LIBRARY_SUFFIX) if path in library_paths}
    missing = set(library_paths) - set(libraries)
    if missing:
        raise RuntimeBuildError(f"No package of the runtime brings {min(missing)}.")
    return store.get(lock.file(MAIN_MODULE)).read_bytes(), libraries


def _guest_files() -> dict[str, bytes]:
    """Our own files by guest path, side modules assembled."""
    files = {}
    for path, data in guest_files():
        if path.endswith(_TEXT_SUFFIX):
            files[path.removesuffix(_TEXT_SUFFIX) + _LIBRARY_SUFFIX] = wat_to_wasm(data.decode())
        else:
            files[path] = data
    return files


def _stdlib_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(archive) as zip_:
            for name in zip_.namelist():
                if ".." in name.split("/") or name.startswith("/"):
                    raise RuntimeBuildError(f"{archive.name} has a member whose path leaves its folder: {name!r}.")
                if not name.endswith("/"):
                    yield f"{STDLIB}/{name}", zip_.read(name)
    except (OSError, zipfile.BadZipFile) as error:
        raise RuntimeBuildError(
            f"{archive.name} cannot be read: {error}.", hint="Run: offline-ci runtime fetch"
        ) from error


def _add(distribution: Distribution, tree: TreeWriter, name: str, files: Iterable[tuple[str, bytes]]) -> None:
    group = SourceGroup(name)
    for path, data in files:
        if is_left_out(path):
            continue
        if path.endswith(_LIBRARY_SUFFIX):
            distribution.libraries[path] = data
            tree.add(path, b"")
            continue
        tree.add(path, data)
        if path.endswith(".py"):
            group.add(path, data)
    if group.paths:
        distribution.groups.append(group)
