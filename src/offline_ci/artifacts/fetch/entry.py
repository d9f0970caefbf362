"""The simple entry points: the runtime, a model."""

from __future__ import annotations

import threading
from pathlib import Path

from offline_ci.artifacts.additions import home_lock
from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.direct import download_http
from offline_ci.artifacts.fetch.failures import SourceFailedError, redact
from offline_ci.artifacts.fetch.fetcher import Fetcher
from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.specs import Http
from offline_ci.artifacts.store import Store
from offline_ci.errors import FetchError


def fetch_runtime(
    progress: Progress | None = None, *, config: FetchConfig | None = None, store: Store | None = None
) -> None:
    """Get every file of the runtime, and the data sets, that is not here and intact; added packages too.

    Raises:
        FetchError: no source could deliver some of them; the others are in place.
        DiskSpaceError: the disk has no room.
        UsageError: a configured source makes no sense.
    """
    store = store if store is not None else Store()
    lock = home_lock(store.root)
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


def fetch_address(address: str, work: Path) -> Path:
    """Get a file that nobody pinned from an address.

    Args:
        address: http or https.
        work: an empty folder, in which the file will be.

    Raises:
        FetchError: the server did not deliver.
    """
    partial = work / "file" / "data"
    partial.parent.mkdir()
    try:
        return download_http(Http(address), 0, partial, work, lambda _n_bytes: None, threading.Event())
    except SourceFailedError as failure:
        raise FetchError(
            f"{redact(address)} cannot be fetched: {failure.reason}.",
            hint="Get it where there is a network, and give the file: --from FILE.",
        ) from failure
