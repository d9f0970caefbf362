"""The simple entry points: the runtime, a model."""

from __future__ import annotations

from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.fetcher import Fetcher
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.store import Store


def fetch_runtime(
    progress: Progress | None = None, *, config: FetchConfig | None = None, store: Store | None = None
) -> None:
    """Get every file of the runtime, and the data sets, that is not here and intact.

    Raises:
        FetchError: no source could deliver some of them; the others are in place.
        DiskSpaceError: the disk has no room.
        UsageError: a configured source makes no sense.
    """
    lock = runtime_lock()
    store = store if store is not None else Store()
    Fetcher(config).ensure([*lock.files, *lock.datasets], store, progress)


def fetch_model(
    name: str, progress: Progress | None = None, *, config: FetchConfig | None = None, store: Store | None = None
) -> ResolvedModel:
    """Get a model of the catalogue, or ``hf:REPO/FILE``, unless it is here and intact.

    Raises:
        UnknownModelError: no such name.
        FetchError: no source could deliver it.
        DiskSpaceError: the disk has no room.
        UsageError: a configured source makes no sense.
    """
    return ModelStore(store).pull(name, progress, config)
