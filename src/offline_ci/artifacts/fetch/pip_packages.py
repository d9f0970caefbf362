"""Wheels for the guest by name, with what they need: pip's own resolver, index and configuration.

What the runtime has is offered to pip as wheels without contents, so that it neither fetches nor exchanges it.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_ci.artifacts.fetch.children import Finished, run_client
from offline_ci.artifacts.fetch.failures import SourceFailedError, failure_from_output
from offline_ci.artifacts.fetch.registries import bundled_pip, client_settings, pip_options
from offline_ci.artifacts.progress import Progress
from offline_ci.errors import DiskSpaceError, FetchError

_SCRIPT: Final = Path(__file__).with_name("pip_for_guest.py")
_STUB_BUILD: Final = 999_999_999
"""The build number of a wheel without contents: pip takes it before any other of the same version and tags."""
_EXTRA: Final = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")
_FULL: Final = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
_CONFLICT: Final = re.compile(r"^ {4}(.+ depends on .+|The user requested .+)$", re.MULTILINE)
_NOTHING: Final = re.compile(r"No matching distribution found for (.+?)(?: \(from .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Present:
    """A package that the runtime has.

    Attributes:
        name: its name.
        version: its version.
        requires: what it needs for its extras; all else that it needs is there.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guest:
    """What pip must know of the guest.

    Attributes:
        platforms: tags of compiled wheels that fit.
        markers: its environment markers.
    """

    platforms: Sequence[str]
    markers: Mapping[str, str]

    @property
    def python(self) -> str:
        """Its Python's version, for example ``3.14``."""
        return self.markers["python_version"]


class NothingFoundError(FetchError):
    """pip reached its index, and nothing there fits.

    Attributes:
        requirement: what it looked for.
    """

    def __init__(self, message: str, requirement: str) -> None:
        super().__init__(message, hint="Check the name and the version.")
        self.requirement = requirement


def download_packages(
    requirements: Sequence[str],
    present: Sequence[Present],
    guest: Guest,
    work: Path,
    progress: Progress,
    *,
    folders: Sequence[Path] = (),
) -> list[Path]:
    """Wheels that together fulfil requirements, without those that the runtime has.

    Args:
        requirements: as on pip's command line, paths of wheels among them.
        present: what the runtime has.
        guest: what the wheels are for.
        work: an empty folder; everything lands in it.
        progress: told about the transfer.
        folders: where wheels may lie besides.

    Raises:
        NothingFoundError: the index has nothing that fits.
        FetchError: the index cannot be reached, or versions contradict one another.
        DiskSpaceError: the disk is full.
    """
    stubs, transfer, wheels = work / "present", work / "transfer", work / "transfer" / "wheels"
    for folder in (stubs, wheels):
        folder.mkdir(parents=True)
    for package in present:
        _write_stub(package, guest, stubs)
    constraints = work / "constraints.txt"
    lines = (f"{package.name}=={package.version}\n" for package in present)
    constraints.write_text("".join(lines), encoding="utf-8")
    arguments = [
        "download",
        "--only-binary=:all:",
        *pip_options(),
        "--implementation=cp",
        f"--python-version={guest.python}",
        *(f"--platform={platform}" for platform in guest.platforms),
        *(f"--find-links={folder}" for folder in (stubs, *folders)),
        f"--constraint={constraints}",
        f"--dest={wheels}",
        *requirements,
    ]
    names = ", ".join(Path(requirement).name for requirement in requirements)
    _report(_run(arguments, guest, work, transfer, names, progress), names)
    return sorted(path for path in wheels.glob("*.whl") if not (stubs / path.name).exists())


def _run(arguments: list[str], guest: Guest, work: Path, transfer: Path, names: str, progress: Progress) -> Finished:
    furthest = 0

    def on_position(n_bytes: int) -> None:
        nonlocal furthest
        progress.advance(max(0, n_bytes - furthest))
        furthest = max(furthest, n_bytes)

    request = {"pip": _pip(), "markers": dict(guest.markers), "arguments": arguments}
    progress.start(names, 0)
    try:
        return run_client(
            [sys.executable, "-P", str(_SCRIPT)],
            work=work,
            watch=transfer,
            on_position=on_position,
            stop=threading.Event(),
            env=client_settings(transfer),
            stdin=json.dumps(request),
        )
    except OSError as error:
        raise FetchError(f"pip cannot be started: {error}.", hint="Look at this Python's installation.") from error
    finally:
        progress.finish()


def _pip() -> str:
    """Where pip lies, empty for the installed one."""
    if importlib.util.find_spec("pip") is not None:
        return ""
    if (bundled := bundled_pip()) is not None:
        return str(bundled)
    raise FetchError("There is no pip.", hint="Install it for this Python: python -m ensurepip")


def _report(finished: Finished, names: str) -> None:
    """Tell how pip failed, if it did.

    Raises:
        NothingFoundError, FetchError, DiskSpaceError: see ``download_packages``.
    """
    if finished.returncode == 0:
        return
    output = finished.output
    if _FULL.search(output):
        raise DiskSpaceError(f"The disk ran full while pip fetched {names}.", hint="Free some space, then try again.")
    failure = failure_from_output(output)
    if failure.unreachable:
        raise FetchError(f"pip's index {failure.reason}, so {names} cannot be looked up.", hint=_OFFLINE) from failure
    if conflicts := _CONFLICT.findall(output):
        told = "; ".join(dict.fromkeys(line.strip() for line in conflicts))
        told = told.replace("The user requested (constraint)", "the runtime has")
        told = told.replace("The user requested", "asked for is")
        raise FetchError(f"Nothing fits together for {names}: {told}.", hint=_CONFLICTING) from failure
    if nothing := _NOTHING.search(output):
        wanted = nothing[1].strip()
        raise NothingFoundError(f"pip's index has no {wanted} that fits the sandbox.", wanted) from failure
    raise FetchError(f"pip cannot get {names}: {failure.reason.rstrip('.')}.", hint=_hint(failure)) from failure


_OFFLINE: Final = (
    "Without a network, give wheels: run `pip download` on a connected machine, as docs/packages.md tells, and then "
    "`offline-ci runtime add ./FOLDER`."
)
_CONFLICTING: Final = "What the runtime has is not exchanged; choose other versions."


def _hint(failure: SourceFailedError) -> str:
    return failure.mend or "pip's own configuration counts: `pip config list`, `pip config debug`."


def _extras(requires: Sequence[str]) -> list[str]:
    return sorted({name for text in requires for name in _EXTRA.findall(text)})


def _write_stub(package: Present, guest: Guest, folder: Path) -> None:
    """A wheel without contents, tagged so that it is the best of its version."""
    name = re.sub(r"[-_.]+", "_", package.name)
    version = package.version.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    fields = [
        "Metadata-Version: 2.1",
        f"Name: {package.name}",
        f"Version: {package.version}",
        *(f"Provides-Extra: {extra}" for extra in _extras(package.requires)),
        *(f"Requires-Dist: {text}" for text in package.requires),
    ]
    python = "cp" + guest.python.replace(".", "")
    tag = f"{python}-{python}-{guest.platforms[0]}"
    members = {
        f"{info}/METADATA": "\n".join(fields) + "\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: offline-ci\nRoot-Is-Purelib: false\nTag: {tag}\n",
    }
    record = "".join(f"{path},,\n" for path in (*members, f"{info}/RECORD"))
    with zipfile.ZipFile(folder / f"{name}-{version}-{_STUB_BUILD}-{tag}.whl", "w") as archive:
        for path, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
