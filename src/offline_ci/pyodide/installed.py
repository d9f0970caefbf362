"""The built runtime as it lies on disk: what booting needs, loaded in a few milliseconds.

A runtime is a folder ``runtime/<build_id>`` below ``offline_ci._env.home()``. The build id covers all that the contents
depend on: another lock file, wasmtime or processor gets a folder of its own.

Compiled code is handed out only after its digest was checked: wasmtime trusts what it deserialises.
"""

from __future__ import annotations

import functools
import hashlib
import json
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from offline_ci import _env
from offline_ci.artifacts.digest import Digest, digest_file
from offline_ci.artifacts.files import check_private
from offline_ci.artifacts.pins import pinned_files
from offline_ci.artifacts.store import Store
from offline_ci.emscripten.vfs.archivefs import Index
from offline_ci.errors import ArtifactError, ArtifactMissingError, DigestMismatchError
from offline_ci.pyodide.manifest import FORMAT, SITE_PACKAGES, Manifest, Package, StoredFile, StoredModule
from offline_ci.wasmbin.linkinfo import LinkInfo

if TYPE_CHECKING:
    from offline_ci.artifacts.lockfile import RuntimeLock

MANIFEST = "manifest.json"
ROOTFS_INDEX = "rootfs.json"
ROOTFS_PAYLOAD = "rootfs.bin"
LINKS = "links.bin"
GUEST_FOLDER = "wasm_runtime/guest"

BUILD_COMMAND = "offline-ci runtime build"
BUILD_HINT = "Run: offline-ci runtime fetch && offline-ci runtime build (or: offline-ci setup)"


class CompiledModule(NamedTuple):
    """Machine code and what the dynamic linker must know.

    Attributes:
        cwasm: verified file for ``offline_ci.engine.compile_cache.load_compiled``.
        link: imports, exports and dylink information of the wasm it was compiled from.
    """

    cwasm: Path
    link: LinkInfo


class InstalledRuntime:
    """A built runtime.

    Args:
        folder: the runtime's own folder.
        store: verifies files and remembers that it has.

    Raises:
        ArtifactMissingError: there is no complete runtime in the folder.
        DigestMismatchError: a file of it is damaged.
        ArtifactError: other users can write to the folder.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self._store = store
        check_private(folder, folder / "lib", folder / "images")
        self._manifest = _read_manifest(folder)
        self._links = self._verified(LINKS).read_bytes()
        self._libraries: dict[str, CompiledModule] = {}
        self._index: Index | None = None

    @functools.cached_property
    def main(self) -> CompiledModule:
        """The main module.

        Raises:
            ArtifactMissingError, DigestMismatchError: its compiled code is gone or damaged.
        """
        return self._module(self._manifest.main)

    @property
    def build_id(self) -> str:
        """Identifies the runtime's contents; see ``current_build_id``."""
        return self._manifest.build_id

    @property
    def versions(self) -> dict[str, str]:
        """Versions of what it was built from and with."""
        return self._manifest.versions

    @property
    def packages(self) -> tuple[Package, ...]:
        """What the guest can import, by name."""
        return self._manifest.packages

    @property
    def build_seconds(self) -> dict[str, float]:
        """How long each step of its build took."""
        return self._manifest.seconds

    @property
    def library_paths(self) -> tuple[str, ...]:
        """Guest paths of all side modules."""
        return tuple(self._manifest.libraries)

    @property
    def size_bytes(self) -> int:
        """Size of all its files."""
        return sum({file.name: file.size for file in self.stored_files()}.values())

    @property
    def rootfs_payload(self) -> Path:
        """The contents of all files of the guest's tree, one behind the other; to be mapped."""
        return self._verified(ROOTFS_PAYLOAD)

    @functools.cached_property
    def rootfs_contents(self) -> memoryview:
        """``rootfs_payload``, mapped once for all file trees."""
        with self.rootfs_payload.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def rootfs_index(self) -> Index:
        """The guest's tree from ``/`` on: a folder is a dict, a file is a ``file_entry`` into ``rootfs_payload``.

        Read once and shared: whoever mounts it leaves it unchanged. Side modules are there with size 0: their code is
        what ``library`` gives.
        """
        if self._index is None:
            self._index = json.loads(self._verified(ROOTFS_INDEX).read_bytes())
        return self._index

    def library(self, guest_path: str) -> CompiledModule | None:
        """The side module that stands for a file of the guest's tree; None if that file is no side module.

        Raises:
            ArtifactMissingError, DigestMismatchError: its compiled code is gone or damaged.
        """
        module = self._libraries.get(guest_path)
        if module is None and (stored := self._manifest.libraries.get(guest_path)) is not None:
            module = self._libraries[guest_path] = self._module(stored)
        return module

    def library_link(self, guest_path: str) -> LinkInfo | None:
        """``library(guest_path).link`` without a look at the compiled code."""
        stored = self._manifest.libraries.get(guest_path)
        return None if stored is None else self._link(stored)

    def check_all(self, *, reread: bool = False) -> None:
        """Check every file, as is done for each when it is first needed.

        Args:
            reread: read and hash all of them, even those that ``stat`` says have not changed since they were.

        Raises:
            ArtifactMissingError, DigestMismatchError: for the first file that is gone or damaged.
        """
        for file in self.stored_files():
            self.checked(file, reread=reread)

    def stored_files(self) -> tuple[StoredFile, ...]:
        """Every file but the manifest; two libraries with the same code have the same file."""
        modules = (self._manifest.main, *self._manifest.libraries.values())
        return (*(module.file for module in modules), *self._manifest.files.values())

    def _module(self, stored: StoredModule) -> CompiledModule:
        return CompiledModule(self.checked(stored.file), self._link(stored))

    def _link(self, stored: StoredModule) -> LinkInfo:
        return LinkInfo.from_json(self._links[stored.link_offset : stored.link_offset + stored.link_size])

    def _verified(self, name: str) -> Path:
        return self.checked(self._manifest.files[name])

    def checked(self, file: StoredFile, *, reread: bool = False) -> Path:
        """A file of the runtime's folder, verified.

        Args:
            file: the file.
            reread: hash it even where ``stat`` says that it has not changed since it was.

        Raises:
            ArtifactMissingError, DigestMismatchError: it is gone or damaged.
        """
        path = self.folder / file.name
        if not path.is_file():
            raise ArtifactMissingError(f"The runtime's file {path} is missing.", hint=BUILD_HINT)
        self._store.check(path, file.sha256, file.size, mend=BUILD_COMMAND)
        if reread and digest_file(path) != Digest(file.sha256, file.size):
            raise DigestMismatchError(f"The runtime's file {path} is damaged.", hint=BUILD_HINT)
        return path


def current_build_id(lock: RuntimeLock | None = None) -> str:
    """The id of the runtime that this version of ours builds on this machine, 16 hexadecimal digits.

    It covers the pinned files and added packages, our own code for the guest, and all that compiled code depends on.

    Args:
        lock: what is pinned; by default ``home_lock`` of the home folder.

    Raises:
        LockfileError: the lock file or the list of added packages is damaged.
    """
    from offline_ci.engine.config import engine_key

    pinned = [[spec.role, spec.filename, spec.sha256] for spec in lock.files] if lock else pinned_files(_env.home())
    inputs = hashlib.sha256(json.dumps([FORMAT, pinned, engine_key()]).encode())
    for path, data in guest_files():
        inputs.update(f"{path}\0{len(data)}\0".encode() + data)
    return inputs.hexdigest()[:16]


def guest_files() -> Iterator[tuple[str, bytes]]:
    """Our own code for the guest, Python and side modules in wasm's text format: guest path and contents, by path."""
    folder = _env.data_file(GUEST_FOLDER)
    for file in sorted((*folder.rglob("*.py"), *folder.rglob("*.wat"))):
        yield f"{SITE_PACKAGES}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def runtime_folder(store: Store, build_id: str) -> Path:
    """Where the runtime of that id belongs."""
    return store.root / "runtime" / build_id


def installed_runtime() -> InstalledRuntime:
    """The runtime of ``current_build_id``.

    Raises:
        ArtifactMissingError: it has not been built.
        DigestMismatchError: a file of it is damaged.
    """
    store = Store()
    return InstalledRuntime(runtime_folder(store, current_build_id()), store)


def shared_runtime() -> InstalledRuntime:
    """``installed_runtime``, read once and kept for the life of the process, like all that is made from it.

    Raises:
        ArtifactMissingError, DigestMismatchError: see ``installed_runtime``; the next call looks again.
    """
    return _shared_runtime(_env.home())


@functools.cache
def _shared_runtime(_home: Path) -> InstalledRuntime:
    return installed_runtime()


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        return Manifest.from_json(path.read_bytes())
    except FileNotFoundError as error:
        others = any(folder.parent.glob(f"*/{MANIFEST}"))
        state = "was built for another version or machine" if others else "has not been built"
        raise ArtifactMissingError(f"The sandbox's runtime {state}.", hint=BUILD_HINT) from error
    except OSError as error:
        raise ArtifactMissingError(
            f"The runtime's {path} cannot be read: {error.strerror}.", hint=BUILD_HINT
        ) from error
    except ValueError as error:
        raise ArtifactError(f"The runtime's {path} is damaged: {error}.", hint=BUILD_HINT) from error
