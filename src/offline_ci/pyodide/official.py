"""Pyodide's own list of packages, ``pyodide-lock.json``: 350 of them, of which the runtime has those that many need.

The file is pinned as the distribution's other files are. It is read as JSON: pyodide-lock's own reader wants fields
that this release's list does not have.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactError


@dataclass(frozen=True, slots=True)
class OfficialPackage:
    """A package of Pyodide's release.

    Attributes:
        name: canonical.
        version: its version.
        filename: of its wheel.
        sha256: of the wheel.
        depends: canonical names of what it needs.
    """

    name: str
    version: str
    filename: str
    sha256: str
    depends: tuple[str, ...]


def official_packages(lock: RuntimeLock, store: Store) -> dict[str, OfficialPackage]:
    """Every package that is a wheel, by canonical name.

    Raises:
        ArtifactMissingError, DigestMismatchError: the list is missing or damaged.
        ArtifactError: it is not as it should be.
    """
    path = store.get(lock.with_role("lock")[0])
    try:
        entries = [_read(entry) for entry in json.loads(path.read_bytes())["packages"].values()]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ArtifactError(
            f"{path} is not a list of packages: {error!r}.", hint="Run: offline-ci runtime fetch"
        ) from error
    return {entry.name: entry for entry in entries if entry.filename.endswith(".whl")}


def needed_for(
    names: Collection[str], official: Mapping[str, OfficialPackage], present: Collection[str]
) -> list[OfficialPackage]:
    """These packages and all that they need, without what is present or unknown."""
    found: dict[str, OfficialPackage] = {}
    todo = list(names)
    while todo:
        package = official.get(todo.pop())
        if package is not None and package.name not in present and package.name not in found:
            found[package.name] = package
            todo += package.depends
    return list(found.values())


def _read(entry: Mapping[str, object]) -> OfficialPackage:
    depends = entry["depends"]
    if not isinstance(depends, list):
        raise TypeError(f"depends is {depends!r}")
    return OfficialPackage(
        name=canonicalize_name(str(entry["name"])),
        version=str(entry["version"]),
        filename=str(entry["file_name"]),
        sha256=str(entry["sha256"]),
        depends=tuple(canonicalize_name(str(name)) for name in depends),
    )
