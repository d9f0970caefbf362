"""Get artefacts from their sources, which are tried in order, round by round."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.failures import FailureLog, SourceFailedError
from offline_ci.artifacts.fetch.rounds import Round
from offline_ci.artifacts.fetch.transfers import Transfers, source_name
from offline_ci.artifacts.progress import Progress, SilentProgress
from offline_ci.artifacts.specs import ArtifactSpec, Source
from offline_ci.artifacts.store import Store

PARALLEL: Final = 3


class Fetcher:
    """Gets artefacts.

    Args:
        config: the user's own sources; by default those of the environment.
        parallel: transfers at once.

    Raises:
        UsageError: the environment's settings make no sense.
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

    def _ensure_scope(self, scope: str, specs: list[ArtifactSpec], store: Store, progress: Progress) -> None:
        title = specs[0].name if len(specs) == 1 else f"{len(specs)} files of {specs[0].folder}"

        def on_wait() -> None:
            progress.message(f"Another process is fetching {title}; waiting for it.")

        with store.lock(f"fetch-{scope}", on_wait=on_wait):
            missing = [spec for spec in specs if not store.is_intact(spec)]
            if missing:
                transfers = Transfers(store.downloads(scope), store, self._config)
                self._run_rounds(missing, title, transfers, store, progress)
            store.clear_downloads(scope)

    def _run_rounds(
        self, missing: list[ArtifactSpec], title: str, transfers: Transfers, store: Store, progress: Progress
    ) -> None:
        failures, told = FailureLog(), set[str]()
        sources = {spec: iter(self._config.sources_of(spec)) for spec in missing}
        pending, exhausted = missing, list[ArtifactSpec]()
        while pending:
            current: dict[ArtifactSpec, Source] = {}
            for spec in pending:
                source = next(sources[spec], None)
                if source is None:
                    exhausted.append(spec)
                    continue
                current[spec] = source
                message = failures.moving_on(spec, source_name(source))
                if message is not None and message not in told:
                    told.add(message)
                    progress.message(message)
            failed = Round(current, store, transfers, progress).run(title, self._parallel) if current else {}
            for spec, failure in failed.items():
                failures.add(spec, source_name(current[spec]), failure)
            pending = list(failed)
        if exhausted:
            self._note_folder(exhausted, failures)
            raise failures.error([spec for spec in missing if spec in exhausted])

    def _note_folder(self, exhausted: list[ArtifactSpec], failures: FailureLog) -> None:
        """Say that the user's folder was looked into, where it has neither the file nor a package that carries it."""
        folder = self._config.source_dir
        for spec in exhausted if folder is not None else ():
            if self._config.find(spec.filename, spec.folder) is None:
                failures.add(spec, f"the folder {folder}", SourceFailedError("it has no such file"))
