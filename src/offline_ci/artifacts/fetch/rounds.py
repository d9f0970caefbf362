"""One round of a fetch: one source for each artefact that is still missing.

Packages are fetched once each, several at a time, in worker threads; artefacts are placed in the main thread, in order,
as their pieces arrive, so that putting a large model together costs no time after its last piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from offline_ci.artifacts.digest import read_chunks
from offline_ci.artifacts.fetch.children import OnPosition
from offline_ci.artifacts.fetch.failures import SourceFailedError
from offline_ci.artifacts.fetch.members import member_chunks
from offline_ci.artifacts.fetch.meter import Meter
from offline_ci.artifacts.fetch.transfers import Transfers, folder_file
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.specs import ArtifactSpec, Folder, Http, Hub, Package, Packed, Source
from offline_ci.artifacts.store import Store
from offline_ci.errors import DigestMismatchError

_Key = Package | ArtifactSpec


class Round:
    """Tries the current source of every artefact.

    Args:
        current: the artefacts and their sources.
        store: where they are placed.
        transfers: what fetches; its stop event is set when the round is given up.
        progress: told about the round as one transfer.
    """

    def __init__(
        self, current: Mapping[ArtifactSpec, Source], store: Store, transfers: Transfers, progress: Progress
    ) -> None:
        self._current = current
        self._store = store
        self._transfers = transfers
        self._progress = progress
        self._meter = Meter(progress)
        self._futures: dict[_Key, Future[Path]] = {}
        packed = [source for source in current.values() if isinstance(source, Packed)]
        self._packages = list(dict.fromkeys(piece.package for source in packed for piece in source.pieces))
        self._to_fetch = {package for package in self._packages if transfers.kept_package(package) is None}

    def run(self, title: str, parallel: int) -> dict[ArtifactSpec, SourceFailedError]:
        """Do it.

        Args:
            title: what the round is called.
            parallel: transfers at once.

        Returns:
            The artefacts whose source failed, and why.

        Raises:
            DiskSpaceError: the disk has no room.
        """
        transfer_bytes = self._check_space(title, parallel)
        unpack_only = transfer_bytes == 0
        failed: dict[ArtifactSpec, SourceFailedError] = {}
        pool = ThreadPoolExecutor(parallel, thread_name_prefix="fetch")
        self._progress.start(title, transfer_bytes or sum(spec.size_bytes for spec in self._current))
        try:
            self._submit(pool)
            for spec, source in self._current.items():
                try:
                    self._place(spec, source, told=unpack_only)
                except SourceFailedError as failure:
                    failed[spec] = failure
                    self._cancel(source, failed.keys())
        except BaseException:
            self._transfers.stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._progress.finish()
        return failed

    def _check_space(self, title: str, parallel: int) -> int:
        """Make sure that everything fits; how many bytes are to be transferred."""
        packages = sorted(package.size_bytes for package in self._to_fetch)
        twice = packages[-parallel:]  # a client holds a package twice for a moment
        direct, copied, unpacked = 0, 0, 0
        for spec, source in self._current.items():
            if isinstance(source, Packed):
                unpacked += spec.size_bytes
            elif isinstance(source, Folder):
                copied += spec.size_bytes
            else:
                direct += spec.size_bytes - self._transfers.here_bytes(spec)
        transfer_bytes = sum(packages) + direct + copied
        self._store.require_space(transfer_bytes + sum(twice) + unpacked, title)
        return transfer_bytes

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        for package in self._packages:
            on_position = self._meter.transfer(package.size_bytes if package in self._to_fetch else 0)
            self._futures[package] = pool.submit(self._transfers.package, package, on_position)
        for spec, source in self._current.items():
            if isinstance(source, Http | Hub):
                on_position = self._meter.transfer(spec.size_bytes, self._transfers.here_bytes(spec))
                self._futures[spec] = pool.submit(self._transfers.file, spec, source, on_position)

    def _place(self, spec: ArtifactSpec, source: Source, *, told: bool) -> None:
        try:
            if isinstance(source, Packed):
                pieces = self._pieces(source)
                on_position = self._meter.transfer(spec.size_bytes)
                self._store.place(spec, _counted(pieces, on_position) if told else pieces)
            elif isinstance(source, Folder):
                chunks = read_chunks(folder_file(source))
                self._store.place(spec, _counted(chunks, self._meter.transfer(spec.size_bytes)))
            else:
                self._store.adopt(spec, self._futures[spec].result())
        except DigestMismatchError as error:
            raise SourceFailedError(error.message) from error

    def _pieces(self, source: Packed) -> Iterator[bytes]:
        for piece in source.pieces:
            yield from member_chunks(self._futures[piece.package].result(), piece.member)

    def _cancel(self, source: Source, failed: Iterable[ArtifactSpec]) -> None:
        """Do not begin what only failed artefacts need."""
        if not isinstance(source, Packed):
            return
        others = [self._current[spec] for spec in self._current.keys() - set(failed)]
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
