"""What must hold before anything is changed: the right machine, room, a place to write, no newer version."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from pathlib import Path

from . import installed
from .errors import BundleError
from .layout import Layout, release
from .manifest import Machine, Manifest, Member

_UNPACKED = 4
"""How much larger than its wheel a package is, with its byte-code; measured 2.6 to 3.8."""
_MARGIN = 100_000_000


def check_machine(manifest: Manifest) -> None:
    """Make sure that this machine is one that the bundle is for.

    Raises:
        BundleError: it is not.
    """
    wanted = manifest.machine
    if (platform.system(), platform.machine()) != (wanted.system, wanted.machine):
        raise BundleError(
            f"This bundle is for {wanted.system} on {wanted.machine}, and this is {platform.system()} on "
            f"{platform.machine()}.",
            "Create one on a machine like this: `offline-ci bundle create`.",
        )
    python = "{}.{}".format(*sys.version_info[:2])
    if python != manifest.python:
        raise BundleError(
            f"This bundle is for Python {manifest.python}, and this is Python {python}.",
            f"Run it with python{manifest.python}, or create one with Python {python}.",
        )
    name, _, least = wanted.libc.partition(" ")
    if name and not _has_libc(name, least):
        here = " ".join(platform.libc_ver()).strip() or "none"
        raise BundleError(
            f"This bundle needs {wanted.libc} or newer, and this system has {here}.",
            "Create the bundle on a machine with the same or an older system.",
        )


def _has_libc(name: str, least: str) -> bool:
    found, version = platform.libc_ver()
    return found == name and release(version) >= release(least)


_CPUINFO = Path("/proc/cpuinfo")


def _flags(cpuinfo: Path) -> set[str]:
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    match = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return set(match[1].split()) if match else set()


def check_processor(machine: Machine, cpuinfo: Path = _CPUINFO) -> None:
    """Make sure that this processor has what llama.cpp was compiled for.

    Raises:
        BundleError: it has not.
    """
    missing = sorted(set(machine.needed_flags) - _flags(cpuinfo)) if cpuinfo.exists() else []
    if missing:
        raise BundleError(
            f"This bundle's llama.cpp is compiled for processors with {', '.join(missing)}, which this one lacks.",
            "Create the bundle on a machine like this one, or build llama.cpp without: docs/bundle.md tells how.",
        )


def fits_processor(machine: Machine, cpuinfo: Path = _CPUINFO) -> bool:
    """Whether the compiled runtime that was made for ``machine`` fits this processor as well."""
    return _flags(cpuinfo) & set(machine.known_flags) == set(machine.cpu_flags)


def check_version(layout: Layout, manifest: Manifest, *, downgrade: bool) -> None:
    """Make sure that the command's name is free or ours, and that nothing newer would be replaced.

    Raises:
        BundleError: something else bears the name, or a newer version is installed.
    """
    current = layout.current()
    if current is None:
        if layout.command.exists() or layout.command.is_symlink():
            raise BundleError(
                f"{layout.command} is there already, and no bundle installed it.",
                "Move it away, or choose another folder with --prefix.",
            )
        return
    there = installed.read(current)
    if there is not None and release(there.manifest.version) > release(manifest.version) and not downgrade:
        raise BundleError(
            f"offline-ci {there.manifest.version} is installed below {layout.prefix}, and this bundle carries "
            f"{manifest.version}, which is older.",
            "Give --downgrade to replace it all the same.",
        )


def check_writable(*folders: Path) -> None:
    """Make sure that folders can be made or written to.

    Raises:
        BundleError: one cannot.
    """
    for folder in folders:
        there = _existing(folder)
        if not there.is_dir():
            raise BundleError(f"{there} is a file, and a folder must be there.", "Choose another one with --prefix.")
        if not os.access(there, os.W_OK | os.X_OK):
            why = "is on a read-only medium or" if os.access(there, os.R_OK) else "may not be entered and"
            raise BundleError(
                f"{there} {why} cannot be written to by you.", "Choose another folder with --prefix, or ask its owner."
            )


def check_space(layout: Layout, manifest: Manifest, missing: list[Member]) -> None:
    """Make sure that what is to be written has room.

    Raises:
        BundleError: it has none.
    """
    wheels = sum(member.size for member in manifest.members if member.role == "wheel")
    needs = [(layout.versions, wheels * (1 + _UNPACKED)), (layout.home, sum(member.size for member in missing))]
    per_disk: dict[int, tuple[Path, int]] = {}
    for folder, size in needs:
        there = _existing(folder)
        device = there.stat().st_dev
        per_disk[device] = (there, per_disk.get(device, (there, _MARGIN))[1] + size)
    for there, need in per_disk.values():
        free = shutil.disk_usage(there).free
        if free < need:
            raise BundleError(
                f"The installation takes {need / 1e9:.2f} GB, and the disk of {there} has {free / 1e9:.2f} GB free.",
                "Free some space, or choose a folder on a larger disk with --prefix.",
            )


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
