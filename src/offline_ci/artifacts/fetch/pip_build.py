"""A wheel from sources that lie here: pip builds pure Python; ``pyodide-build`` compiles, where its tools are present.

Building runs the project's own build backend on this machine, as ``pip install`` does. Nothing else in this program
runs foreign code outside the sandbox; so it happens only to sources that the user names by their path.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from offline_ci.artifacts.fetch.children import run_client
from offline_ci.artifacts.fetch.failures import SourceFailedError, failure_from_output
from offline_ci.artifacts.fetch.registries import client_settings, pip_command, pip_options
from offline_ci.errors import FetchError, PackageError

SDIST: Final = (".tar.gz", ".tgz", ".zip")
_PROJECT: Final = ("pyproject.toml", "setup.py", "setup.cfg")
_NOT_SOURCES: Final = {".git", ".hg", ".venv", "venv", ".tox", ".nox", "node_modules", "build", "dist"}
"""Folders of a project's top level that hold something else."""
_COMPILERS: Final = {"maturin", "meson-python", "scikit-build-core", "setuptools-rust", "cffi", "cython", "pybind11"}
"""What builds a project, or is needed for it, where there is something to be compiled."""
_COMPILED: Final = (".c", ".cc", ".cpp", ".cxx", ".pyx", ".rs", ".f", ".f90", ".go", ".zig")
_OLD_BACKEND: Final = ["setuptools>=40.8.0"]
"""What builds a project that does not say. Source: PEP 517, "Source trees"."""


def is_project(path: Path) -> bool:
    """Whether a folder holds a project's sources."""
    return any((path / name).is_file() for name in _PROJECT)


def build_wheel(source: Path, emscripten: str, work: Path) -> Path:
    """Build a wheel.

    Args:
        source: a project's folder, which stays as it is, or a source distribution.
        emscripten: the version of Emscripten that compiled code must come from.
        work: an empty folder; the wheel will be in it.

    Raises:
        PackageError: it has code to be compiled, and the tools for that are not here, or the build failed.
        FetchError: what builds it is not here and cannot be got.
    """
    folder = _unpacked(source, work / "source")
    wheels = work / "wheels"
    wheels.mkdir()
    compiled, lacking = _compiled_sources(folder), list(_lacking(emscripten))
    if compiled and not lacking:
        return _run([_pyodide(), "build", str(folder), "--outdir", str(wheels)], source, work, wheels)
    requires = _build_requirements(folder)
    if compiled and not _COMPILERS.isdisjoint(map(_project, requires)):
        raise _not_compiled(source, compiled, lacking)
    command = [*_pip(), "wheel", *_options(requires), f"--wheel-dir={wheels}", str(folder)]
    try:
        wheel = _run(command, source, work, wheels)
    except PackageError as error:
        if compiled:
            raise _not_compiled(source, compiled, lacking, error.message) from error
        raise
    if not wheel.name.endswith("-none-any.whl"):
        raise _not_compiled(source, compiled or [wheel.name], lacking)
    return wheel


def _pip() -> list[str]:
    try:
        return pip_command()
    except SourceFailedError as failure:
        raise FetchError("There is no pip.", hint=f"{failure.mend}.") from failure


def _unpacked(source: Path, target: Path) -> Path:
    try:
        if source.is_dir():
            shutil.copytree(source, target, ignore=_ignored(source), symlinks=True)
            return target
        target.mkdir()
        for name, data in _zip_files(source) if source.suffix == ".zip" else _tar_files(source):
            path = target / name
            if ".." in path.parts or not path.is_relative_to(target):
                raise ValueError(f"{name} leaves its folder")  # noqa: TRY301 - told like all else that is wrong with it
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except (OSError, shutil.Error, tarfile.TarError, zipfile.BadZipFile, ValueError) as error:
        raise PackageError(
            f"{source.name} cannot be read: {error}.", hint="Check the path, or get it again."
        ) from error
    folders = [path for path in target.iterdir() if path.is_dir()]
    folder = folders[0] if len(folders) == 1 else target
    if not is_project(folder):
        raise PackageError(
            f"{source.name} is no source distribution: it has no pyproject.toml.", hint="Give a wheel, or a project."
        )
    return folder


def _ignored(top: Path) -> Callable[[str, list[str]], list[str]]:
    def ignored(folder: str, names: list[str]) -> list[str]:
        is_top = Path(folder) == top
        return [name for name in names if name == "__pycache__" or (is_top and name in _NOT_SOURCES)]

    return ignored


def _zip_files(source: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                yield name, archive.read(name)


def _tar_files(source: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and (file := archive.extractfile(member)) is not None:
                yield member.name, file.read()


def _compiled_sources(folder: Path) -> list[str]:
    """Sources of compiled languages, those of tests and examples aside."""
    found = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in _COMPILED and path.is_file()
    )
    return [path for path in found if not re.search(r"(^|/)(tests?|examples?|docs?|benchmarks?)/", path)]


def _options(requires: list[str]) -> list[str]:
    """Without an index where all that builds the project is here."""
    local = ["--no-build-isolation", "--no-index"] if all(map(_is_here, requires)) else []
    return ["--no-deps", "--quiet", *pip_options(), *local]


def _build_requirements(folder: Path) -> list[str]:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _OLD_BACKEND
    except (OSError, ValueError) as error:
        raise PackageError(f"{folder.name}/pyproject.toml cannot be read: {error}.", hint="Mend it.") from error
    requires = project.get("build-system", {}).get("requires", _OLD_BACKEND)
    return [str(text) for text in requires]


def _project(text: str) -> str:
    return canonicalize_name(re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0])


def _is_here(text: str) -> bool:
    try:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            return True
        return requirement.specifier.contains(importlib.metadata.version(requirement.name), prereleases=True)
    except (InvalidRequirement, importlib.metadata.PackageNotFoundError):
        return False


def _run(command: list[str], source: Path, work: Path, wheels: Path) -> Path:
    try:
        finished = run_client(
            command,
            work=work,
            watch=wheels,
            on_position=lambda _: None,
            stop=threading.Event(),
            env=client_settings(work),
        )
    except OSError as error:
        raise PackageError(f"{command[0]} cannot be started: {error}.", hint="Look at its installation.") from error
    built = sorted(wheels.glob("*.whl"))
    if finished.returncode == 0 and len(built) == 1:
        return built[0]
    failure = failure_from_output(finished.output)
    if failure.unreachable:
        raise FetchError(
            f"What builds {source.name} is not here, and pip's index {failure.reason}.",
            hint=f"Build the wheel on a connected machine (pip wheel --no-deps {source.name}), and give that.",
        ) from failure
    raise PackageError(
        f"{source.name} cannot be built: {failure.reason.rstrip('.')}.",
        hint=f"See what is wrong with it: pip wheel --no-deps {source.name}",
    ) from failure


def _lacking(emscripten: str) -> Iterator[str]:
    """What of the compiling tools is not here."""
    if sys.version_info < (3, 12):
        yield f"Python 3.12 or newer (this is {sys.version_info.major}.{sys.version_info.minor})"
    if importlib.util.find_spec("pyodide_build") is None:
        yield "pyodide-build (pip install 'offline-ci[build]')"
    found = _emscripten()
    if found != emscripten:
        yield f"Emscripten {emscripten} ({f'emcc is {found}' if found else 'there is no emcc on the path'})"


def _emscripten() -> str | None:
    emcc = shutil.which("emcc")
    if emcc is None:
        return None
    try:
        said = subprocess.run([emcc, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\d+\.\d+\.\d+", said.partition("\n")[0])
    return version[0] if version else None


def _pyodide() -> str:
    beside = Path(sys.executable).with_name("pyodide")
    return str(beside) if beside.exists() else shutil.which("pyodide") or "pyodide"


def _not_compiled(source: Path, compiled: list[str], lacking: list[str], said: str = "") -> PackageError:
    more = f" and {len(compiled) - 1} more" if len(compiled) > 1 else ""
    reason = f" ({said.rstrip('.')})" if said else ""
    how = "Build its wheel with `pyodide build`, and give that (docs/packages.md)."
    if lacking:
        tools = "; ".join(lacking)
        how = f"Here that lacks: {tools}. Or build its wheel elsewhere, and give that (docs/packages.md)."
    return PackageError(
        f"{source.name} has code that must be compiled to WebAssembly: {compiled[0]}{more}{reason}.",
        hint=how,
    )
