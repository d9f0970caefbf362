"""The manifest of a built runtime: which files make it up, with their digests.

It is written last and in one step, so a runtime folder without one is an interrupted build.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

STDLIB = "/lib/python3.14"
SITE_PACKAGES = f"{STDLIB}/site-packages"

FORMAT = 2
"""Changes with the manifest or with anything that the build puts into a runtime from the same inputs."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the runtime.

    Attributes:
        name: its name on the index.
        version: its version.
        licence: an SPDX expression where the package gives one, else what its metadata says.
        import_names: what ``import`` finds, without private names.
        bytes: size of its files, unpacked.
        kind: ``native`` if it brings compiled code, else ``pure``.
    """

    name: str
    version: str
    licence: str
    import_names: tuple[str, ...]
    bytes: int
    kind: str

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Package:
        """Read what ``to_json`` gave."""
        return cls(**{**document, "import_names": tuple(document["import_names"])})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a runtime: its name in the runtime's folder, its digest, its size in bytes."""

    name: str
    sha256: str
    size: int

    def to_json(self) -> list[str | int]:
        """As a JSON array."""
        return [self.name, self.sha256, self.size]


@dataclass(frozen=True, slots=True)
class StoredModule:
    """One compiled module: its file, and where its link information lies in ``links.bin``."""

    file: StoredFile
    link_offset: int
    link_size: int

    def to_json(self) -> list[str | int]:
        """As a JSON array."""
        return [*self.file.to_json(), self.link_offset, self.link_size]

    @classmethod
    def from_json(cls, entry: list[Any]) -> StoredModule:
        """Read what ``to_json`` gave."""
        return cls(StoredFile(*entry[:3]), *entry[3:])


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a runtime consists of.

    Attributes:
        build_id: see ``current_build_id``.
        versions: of ``pyodide``, ``python``, ``emscripten``, ``abi``, ``binaryen``, ``wasmtime``.
        main: the main module.
        libraries: side modules by guest path.
        files: index, payload and link information.
        packages: by name.
        seconds: how long each build step took.
    """

    build_id: str
    versions: dict[str, str]
    main: StoredModule
    libraries: dict[str, StoredModule]
    files: dict[str, StoredFile]
    packages: tuple[Package, ...]
    seconds: dict[str, float]

    def to_json(self) -> str:
        """As JSON."""
        document = {
            "format": FORMAT,
            "build_id": self.build_id,
            "versions": self.versions,
            "main": self.main.to_json(),
            "libraries": {path: module.to_json() for path, module in self.libraries.items()},
            "files": [file.to_json() for file in self.files.values()],
            "packages": [package.to_json() for package in self.packages],
            "seconds": self.seconds,
        }
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read what ``to_json`` gave.

        Raises:
            ValueError: it is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise ValueError(f"format {document['format']}, not {FORMAT}")
            files = [StoredFile(*entry) for entry in document["files"]]
            return cls(
                build_id=document["build_id"],
                versions=document["versions"],
                main=StoredModule.from_json(document["main"]),
                libraries={path: StoredModule.from_json(entry) for path, entry in document["libraries"].items()},
                files={file.name: file for file in files},
                packages=tuple(Package.from_json(entry) for entry in document["packages"]),
                seconds=document["seconds"],
            )
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
