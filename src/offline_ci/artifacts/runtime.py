"""The runtime's files on this machine. Nothing here fetches."""

from __future__ import annotations

from pathlib import Path

from offline_ci.artifacts.additions import home_lock
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.specs import ArtifactSpec
from offline_ci.artifacts.store import Store


def runtime_missing(store: Store | None = None) -> list[ArtifactSpec]:
    """What of the runtime is absent or damaged, added packages included; data sets, which no sandbox needs, are not.

    Raises:
        LockfileError: the lock file or the list of added packages is damaged.
    """
    store = store if store is not None else Store()
    return [spec for spec in home_lock(store.root).files if not store.is_intact(spec)]


def runtime_file(name: str, store: Store | None = None) -> Path:
    """A verified file of the runtime, by its file name, for example ``pyodide.asm.wasm``.

    Raises:
        KeyError: the lock file names no such file.
        ArtifactMissingError: it is not on this machine.
        DigestMismatchError: it is, but not as pinned.
    """
    return (store if store is not None else Store()).get(runtime_lock().file(name))


def dataset_file(name: str, store: Store | None = None) -> Path:
    """A verified data set, by its name, for example ``humaneval``.

    Raises:
        KeyError: the lock file names no such data set.
        ArtifactMissingError: it is not on this machine.
        DigestMismatchError: it is, but not as pinned.
    """
    return runtime_file(name, store)
