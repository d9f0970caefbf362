"""Packages that were added to the distribution's own: which wheels the runtime is built from besides the pinned ones.

``packages/packages.json`` below the home folder lists them, each pinned by its sha256; a wheel lies in a folder named
after it, so that another one of the same name never takes its place. The list is what counts: a wheel that it does not
name is no part of the runtime.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from offline_ci import _env
from offline_ci.artifacts.files import write_atomically
from offline_ci.artifacts.lockfile import RuntimeLock, read_text, runtime_lock
from offline_ci.artifacts.pins import ADDITIONS, listed
from offline_ci.artifacts.specs import PACKAGES, ArtifactSpec, Packed, Piece, PypiWheel
from offline_ci.artifacts.tables import Table
from offline_ci.errors import LockfileError

INDEX: Final = "index"
"""Where a package came from that pip can get once more."""
_SCHEMA: Final = 1
_NOT_TEXT: Final = ("requested", "extras", "imports", "requires")


@dataclass(frozen=True, slots=True)
class Addition:
    """One added package.

    Attributes:
        name: its canonical name.
        version: its version.
        filename: of its wheel.
        sha256: of the wheel.
        size_bytes: of the wheel.
        licence: what its metadata says.
        origin: ``index`` where pip's index had it, ``distribution`` for a wheel of Pyodide's release, ``built`` for one
            that was built from sources, else ``file``.
        requested: somebody asked for it by name; others are here because one of those needs them.
        extras: with which of its extras somebody asked for it.
        imports: what programs import of it.
        requires: what it needs, as its metadata says (``Requires-Dist``).
    """

    name: str
    version: str
    filename: str
    sha256: str
    size_bytes: int
    licence: str
    origin: str
    requested: bool
    extras: tuple[str, ...]
    imports: tuple[str, ...]
    requires: tuple[str, ...]

    @property
    def spec(self) -> ArtifactSpec:
        """Its wheel as a file of the store."""
        pinned = PypiWheel(f"{self.name}=={self.version}", self.filename, self.sha256, self.size_bytes)
        return ArtifactSpec(
            name=self.filename,
            filename=self.filename,
            size_bytes=self.size_bytes,
            sha256=self.sha256,
            licence=self.licence,
            sources=(Packed((Piece(pinned),)),) if self.origin == INDEX else (),
            folder=f"{PACKAGES}/{self.sha256[:16]}",
        )


def read_additions(root: Path) -> tuple[Addition, ...]:
    """The added packages of a home folder, by name.

    Raises:
        LockfileError: the list is damaged.
    """
    path = root / ADDITIONS
    return parse_additions(read_text(path), file=str(path)) if path.exists() else ()


def parse_additions(text: str, *, file: str) -> tuple[Addition, ...]:
    """The added packages of a list.

    Args:
        text: the list.
        file: its name, for messages.

    Raises:
        LockfileError: it is damaged.
    """
    try:
        top = Table(json.loads(text), file=file)
        top.check_schema(_SCHEMA)
        added = tuple(_parse(entry, file) for entry in listed(text))
        top.table("packages")
        top.close()
    except LockfileError as error:
        raise LockfileError(error.message, hint=_mend(file)) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise LockfileError(f"{file} is damaged ({reason}).", hint=_mend(file)) from error
    return tuple(sorted(added, key=lambda addition: addition.name))


def additions_json(added: Iterable[Addition]) -> str:
    """The list as it is written; the same packages give the same text."""
    packages = {
        addition.name: {key: value for key, value in asdict(addition).items() if key != "name"}
        for addition in sorted(added, key=lambda addition: addition.name)
    }
    return json.dumps({"schema": _SCHEMA, "packages": packages}, indent=1, sort_keys=True) + "\n"


def write_additions(root: Path, added: Sequence[Addition]) -> None:
    """Replace the list in one step; without packages there is none.

    Raises:
        DiskSpaceError: the disk is full.
    """
    path = root / ADDITIONS
    if added:
        write_atomically(path, additions_json(added))
    else:
        path.unlink(missing_ok=True)


def with_additions(lock: RuntimeLock, added: Iterable[Addition]) -> RuntimeLock:
    """The lock with the wheels of added packages: all that a runtime is built from."""
    specs = tuple(addition.spec for addition in sorted(added, key=lambda addition: addition.name))
    return replace(lock, files=(*lock.files, *specs))


def home_lock(root: Path) -> RuntimeLock:
    """What the runtime of a home folder is built from: the pinned distribution and what was added.

    Raises:
        LockfileError: the lock file or the list is damaged.
    """
    return with_additions(runtime_lock(), read_additions(root))


def added_modules(root: Path | None = None) -> tuple[str, ...]:
    """What programs import of the packages that somebody asked for.

    Args:
        root: the home folder; by default ``offline_ci._env.home()``.

    Raises:
        LockfileError: the list is damaged.
    """
    added = read_additions(root if root is not None else _env.home())
    return tuple(name for addition in added if addition.requested for name in addition.imports)


def _parse(entry: tuple[str, dict[str, Any]], file: str) -> Addition:
    name, facts = entry
    table = Table({key: value for key, value in facts.items() if key not in _NOT_TEXT}, file=file)
    requested, extras, imports, requires = (facts[key] for key in _NOT_TEXT)
    if not isinstance(requested, bool) or not all(isinstance(text, str) for text in [*extras, *imports, *requires]):
        raise TypeError(f"{name}: {', '.join(_NOT_TEXT)}")
    addition = Addition(
        name,
        table.text("version"),
        table.filename("filename"),
        table.sha256("sha256"),
        table.size("size_bytes"),
        table.text("licence"),
        table.text("origin"),
        requested,
        tuple(extras),
        tuple(imports),
        tuple(requires),
    )
    table.close()
    return addition


def _mend(file: str) -> str:
    return f"Delete {file}, run `offline-ci runtime build`, and add the packages again."
