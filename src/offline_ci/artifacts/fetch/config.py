"""Sources that the user adds: a folder, a mirror. Tried before the pinned ones, trusted no more than those."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from offline_ci.artifacts.specs import ArtifactSpec, Folder, Http, Package, Source
from offline_ci.errors import UsageError


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """Where to look first.

    Attributes:
        source_dir: a folder that holds artefacts or packages under their own names, directly or laid out as the home
            folder is.
        mirror: base address of a server laid out in either way.
    """

    source_dir: Path | None = None
    mirror: str | None = None

    def __post_init__(self) -> None:
        if self.source_dir is not None and not self.source_dir.is_dir():
            raise UsageError(
                f"The source folder {self.source_dir} is not a folder.",
                hint="Give a folder that holds the files (--source or OFFLINE_CI_SOURCE_DIR).",
            )
        if self.mirror is not None:
            parts = urlsplit(self.mirror)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise UsageError(
                    f"The mirror {self.mirror!r} is not an http or https address.",
                    hint="Give its base address (--source or OFFLINE_CI_MIRROR).",
                )

    @classmethod
    def from_env(cls, source: str | None = None) -> FetchConfig:
        """The configuration of the environment: ``OFFLINE_CI_SOURCE_DIR`` and ``OFFLINE_CI_MIRROR``.

        Args:
            source: an address or a folder that the command line names; it takes the place of its like.

        Raises:
            UsageError: a setting makes no sense.
        """
        folder = os.environ.get("OFFLINE_CI_SOURCE_DIR") or None
        mirror = os.environ.get("OFFLINE_CI_MIRROR") or None
        if source is not None and "://" in source:
            mirror = source
        elif source is not None:
            folder = source
        return cls(Path(folder).expanduser().resolve() if folder else None, mirror)

    def sources_of(self, spec: ArtifactSpec) -> tuple[Source, ...]:
        """Every source of an artefact in the order in which they are tried."""
        added: list[Source] = []
        found = self.find(spec.filename, spec.folder)
        if found is not None:
            added.append(Folder(found))
        if self.mirror is not None:
            base = self.mirror.rstrip("/")
            added += [Http(f"{base}/{quote(spec.location)}"), Http(f"{base}/{quote(spec.filename)}")]
        return (*added, *spec.sources)

    def find_package(self, package: Package) -> Path | None:
        """A package's file in the source folder."""
        return self.find(package.filename, "packages")

    def find(self, filename: str, folder: str) -> Path | None:
        """A file in the source folder, in either layout."""
        if self.source_dir is None:
            return None
        candidates = (self.source_dir / folder / filename, self.source_dir / filename)
        return next((path for path in candidates if path.is_file()), None)
