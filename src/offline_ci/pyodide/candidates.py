"""Wheels that somebody wants to add: read, and checked one by one against what the guest is.

Nothing of a wheel is run here, and nothing is unpacked onto the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from offline_ci.artifacts.files import format_bytes
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.errors import PackageError, RuntimeBuildError
from offline_ci.pyodide import guest_platform
from offline_ci.pyodide.manifest import SITE_PACKAGES, Package
from offline_ci.pyodide.pack import is_left_out
from offline_ci.pyodide.packages import Wheel

_WASM = b"\0asm"
_MAX_UNPACKED_BYTES = 1 << 30
"""A guest has 4 GiB of address space for everything."""
_OURS = "offline_ci_guest"
_MEND = "Get the file again."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wheel that fits the guest and is whole.

    Attributes:
        path: the file.
        name: canonical.
        version: its version.
        requires: what it needs, by its metadata.
        package: its facts.
        places: guest paths of its files.
    """

    path: Path
    name: str
    version: Version
    requires: tuple[Requirement, ...]
    package: Package
    places: frozenset[str]


def fitness(path: Path, lock: RuntimeLock) -> int | None:
    """How well the tags of a wheel's name fit the guest, the smallest number best; None where they do not.

    Raises:
        PackageError: the name is no wheel's.
    """
    fitting = guest_platform.tags(lock)
    return min((fitting[tag] for tag in _name_parts(path)[2] if tag in fitting), default=None)


def named_project(path: Path) -> tuple[str, Version]:
    """Canonical name and version, by a wheel's file name.

    Raises:
        PackageError: the name is no wheel's.
    """
    name, version, _ = _name_parts(path)
    return name, version


def read_candidate(path: Path, lock: RuntimeLock) -> Candidate:
    """Read a wheel and check everything that can be checked of one alone.

    Args:
        path: the file.
        lock: the distribution that it is to be added to.

    Raises:
        PackageError: it is for another platform or Python, is damaged, or cannot be in the guest.
    """
    name, version, tags = _name_parts(path)
    if fitness(path, lock) is None:
        raise PackageError(f"{path.name} {guest_platform.why_unfit(tags, lock)}.", hint=_unfit_mend(name))
    try:
        with Wheel(path, mend=_MEND) as wheel:
            return _read(wheel, name, version, lock)
    except RuntimeBuildError as error:
        raise PackageError(error.message, hint=error.hint) from error


def _name_parts(path: Path) -> tuple[str, Version, frozenset[Tag]]:
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise PackageError(
            f"{path.name} is not named as a wheel is: NAME-VERSION-PYTHON-ABI-PLATFORM.whl.",
            hint="Give it the name that it was published under.",
        ) from error
    return name, version, tags


def _unfit_mend(name: str) -> str:
    return (
        f"Get a wheel that is pure Python (py3-none-any) or for this platform; `offline-ci runtime add {name}` looks "
        "for one on the index that pip is configured to use. docs/packages.md tells more."
    )


def _read(wheel: Wheel, name: str, version: Version, lock: RuntimeLock) -> Candidate:
    file = wheel.path.name
    if wheel.unpacked_bytes > _MAX_UNPACKED_BYTES:
        raise PackageError(f"{file} unpacks to {format_bytes(wheel.unpacked_bytes)}, more than a sandbox can hold.")
    metadata = wheel.metadata()
    _check_names(file, name, version, metadata)
    _check_python(file, metadata, lock)
    places = {place for place, data in wheel.files() if _belongs(file, place, data)}
    if not any(place.startswith(f"{SITE_PACKAGES}/") and ".dist-info/" not in place for place in places):
        raise PackageError(f"{file} brings nothing that could be imported.", hint="It may be a command-line tool only.")
    return Candidate(wheel.path, name, version, _requires(file, metadata), wheel.package(), frozenset(places))


def _check_names(file: str, name: str, version: Version, metadata: Message) -> None:
    try:
        said = (canonicalize_name(metadata["Name"]), Version(metadata["Version"]))
    except (TypeError, InvalidVersion) as error:
        raise PackageError(f"{file} has no name or version in its metadata.", hint=_MEND) from error
    if said != (name, version):
        raise PackageError(f"{file} is, by its own metadata, {said[0]} {said[1]}.", hint=_MEND)


def _check_python(file: str, metadata: Message, lock: RuntimeLock) -> None:
    wanted = metadata["Requires-Python"]
    try:
        fits = wanted is None or SpecifierSet(wanted).contains(lock.python, prereleases=True)
    except InvalidSpecifier:
        fits = True  # pip ignores it too
    if not fits:
        raise PackageError(
            f"{file} needs Python {wanted}, and the sandbox has Python {lock.python}.", hint="Choose another version."
        )


def _belongs(file: str, place: str, data: bytes) -> bool:
    """Whether a member goes into the guest.

    Raises:
        PackageError: it cannot be there.
    """
    if place.startswith(f"{SITE_PACKAGES}/{_OURS}/"):
        raise PackageError(f"{file} has a package named {_OURS}, which is the sandbox's own.")
    if place.endswith(".so") and not data.startswith(_WASM):
        raise PackageError(
            f"{file} has machine code that is not WebAssembly: {place.rpartition('/')[2]}.",
            hint="Its name claims to fit any platform. Get a wheel that does.",
        )
    return not is_left_out(place)


def _requires(file: str, metadata: Message) -> tuple[Requirement, ...]:
    try:
        return tuple(Requirement(text) for text in metadata.get_all("Requires-Dist", []))
    except InvalidRequirement as error:
        raise PackageError(f"{file} needs something that cannot be understood: {error}.", hint=_MEND) from error
