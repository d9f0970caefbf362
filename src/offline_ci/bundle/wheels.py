"""Wheels of what is installed here: a bundle carries the very packages that were seen to work.

Packing them from the installation needs no index, and also gives those that no index has: llama.cpp as it was compiled
for this machine. Each file is compared with the package's own record on the way.
Source of the formats: packaging.python.org, "Binary distribution format" and "Recording installed projects".
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from offline_ci.errors import ArtifactError

_DATE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 1
"""Of compression: half the time of the usual 6, for 12 % more bytes of a twentieth of the bundle."""
LICENCE_TEXT = re.compile(r"\.dist-info/.*(licen|copying|notice|author)", re.IGNORECASE)
"""Of the paths in a wheel, those of licences and of what belongs to them."""
_NOT_PACKED = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "RECORD.jws", "RECORD.p7s"}
_OURS = "offline-ci"
_INSTALLER = "pip"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel in memory.

    Attributes:
        name: canonical name of its project.
        version: its version.
        licence: what its metadata says, empty if nothing.
        filename: the wheel's.
        data: its bytes.
        licence_texts: of its licence files, by path.
    """

    name: str
    version: str
    licence: str
    filename: str
    data: bytes
    licence_texts: dict[str, bytes]


def needed_packages(root: str = _OURS) -> list[Distribution]:
    """What ``root`` needs of this environment, itself and pip included, in order of name.

    Raises:
        ArtifactError: something is not installed.
    """
    found: dict[str, Distribution] = {}
    todo = [Requirement(root), Requirement(_INSTALLER)]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name not in found:
            found[name] = _distribution(name)
        elif not requirement.extras:
            continue
        for text in found[name].requires or ():
            needed = Requirement(text)
            extras = ("", *requirement.extras)
            applies = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
            if applies and (canonicalize_name(needed.name) not in found or needed.extras):
                todo.append(needed)
    return [found[name] for name in sorted(found)]


def _distribution(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        hint = f"Run `{sys.executable} -m {'ensurepip' if name == _INSTALLER else f'pip install {name}'}`."
        raise ArtifactError(f"The package {name}, which a bundle needs, is not installed.", hint=hint) from error


def pack(package: Distribution, extra_files: dict[str, bytes] | None = None) -> Wheel:
    """A wheel of an installed package; the same installation gives the same bytes.

    Args:
        package: installed from a wheel, or ours from a checkout.
        extra_files: to be added, by path in the wheel.

    Raises:
        ArtifactError: the installation is not as it was recorded, or the package is one under development.
    """
    if _is_editable(package):
        return _packed_checkout(package)
    files = {**dict(_files(package)), **(extra_files or {})}
    info = _info_folder(package)
    tags = re.findall(r"^Tag: *(\S+)", files[f"{info}/WHEEL"].decode("utf-8"), re.MULTILINE)
    stem = info.removesuffix(".dist-info")
    return _wheel(package, f"{stem}-{_compressed(tags)}.whl", _zipped(files, f"{info}/RECORD"), files)


def _wheel(package: Distribution, filename: str, data: bytes, files: dict[str, bytes]) -> Wheel:
    metadata = package.metadata
    licence = metadata["License-Expression"] or metadata["License"] or ""
    classifiers = [
        text.rpartition(" :: ")[2] for text in metadata.get_all("Classifier") or () if text.startswith("License")
    ]
    texts = {path: data for path, data in files.items() if LICENCE_TEXT.search(path)}
    return Wheel(
        canonicalize_name(metadata["Name"]),
        package.version,
        licence if licence and "\n" not in licence and len(licence) < 100 else ", ".join(classifiers),
        filename,
        data,
        texts,
    )


def _is_editable(package: Distribution) -> bool:
    text = package.read_text("direct_url.json")
    return bool(text and json.loads(text).get("dir_info", {}).get("editable"))


def _packed_checkout(package: Distribution) -> Wheel:
    """Ours, installed from a checkout: built by its own back end."""
    name = canonicalize_name(package.metadata["Name"])
    source = Path(json.loads(package.read_text("direct_url.json") or "{}")["url"].removeprefix("file://"))
    if name != _OURS:
        raise ArtifactError(
            f"The package {name} is installed from {source}, as one under development.",
            hint=f"Install it properly: `{sys.executable} -m pip install {source}`.",
        )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
        built = sorted(Path(folder).glob("*.whl"))
        if done.returncode or len(built) != 1:
            raise ArtifactError(
                f"The wheel of {source} could not be built: {done.stderr.strip()[-500:]}",
                hint=f"Run `{sys.executable} -m pip install hatchling`, or install offline-ci itself as a wheel.",
            )
        data = built[0].read_bytes()
        with zipfile.ZipFile(built[0]) as archive:
            files = {member: archive.read(member) for member in archive.namelist()}
        return _wheel(package, built[0].name, data, files)


def _info_folder(package: Distribution) -> str:
    record = next((file for file in package.files or () if file.name == "METADATA"), None)
    if record is None:
        raise ArtifactError(
            f"The package {package.metadata['Name']} was not installed from a wheel.",
            hint=f"Run `{sys.executable} -m pip install --force-reinstall {package.metadata['Name']}`.",
        )
    return record.parts[0]


def _files(package: Distribution) -> Iterator[tuple[str, bytes]]:
    """Path in the wheel and contents of everything that belongs there."""
    info = _info_folder(package)
    data = info.removesuffix(".dist-info") + ".data"
    scripts = {entry.name for entry in package.entry_points if entry.group in {"console_scripts", "gui_scripts"}}
    for file in package.files or ():
        if file.suffix == ".pyc" or (file.parts[0] == info and file.name in _NOT_PACKED):
            continue
        contents = _checked(package, file)
        if file.parts[0] != "..":
            yield file.as_posix(), contents
            continue
        outside = [part for part in file.parts if part != ".."]
        if outside[0] in {"bin", "Scripts"}:
            if outside[-1].removesuffix(".exe") not in scripts:
                yield f"{data}/scripts/{outside[-1]}", re.sub(rb"\A#![^\n]*python[^\n]*", b"#!python", contents)
        else:
            yield f"{data}/data/{'/'.join(outside)}", contents


def _checked(package: Distribution, file: PackagePath) -> bytes:
    name = package.metadata["Name"]
    mend = f"Install it anew: `{sys.executable} -m pip install --force-reinstall --no-deps {name}=={package.version}`."
    try:
        contents = Path(str(file.locate())).read_bytes()
    except OSError as error:
        raise ArtifactError(f"The installed package {name} is damaged: {file} cannot be read.", hint=mend) from error
    if file.hash is not None and _record_digest(contents, file.hash.mode) != file.hash.value:
        raise ArtifactError(f"The installed package {name} was changed: {file} is not as it was installed.", hint=mend)
    return contents


def changed_files(package: Distribution) -> Iterator[str]:
    """A sentence for each file of an installed package that is missing or not as its record says."""
    for file in package.files or ():
        if file.hash is not None:
            try:
                _checked(package, file)
            except ArtifactError as error:
                yield str(error)


def _record_digest(contents: bytes, mode: str = "sha256") -> str:
    return base64.urlsafe_b64encode(hashlib.new(mode, contents).digest()).rstrip(b"=").decode("ascii")


def _compressed(tags: list[str]) -> str:
    """Tags as a file name has them: ``py2-none-any`` and ``py3-none-any`` are ``py2.py3-none-any``."""
    columns = zip(*(tag.split("-", 2) for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(column)) for column in columns)


def _zipped(files: dict[str, bytes], record: str) -> bytes:
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for path in sorted(files):
        writer.writerow([path, f"sha256={_record_digest(files[path])}", len(files[path])])
    writer.writerow([record, "", ""])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, contents in [*sorted(files.items()), (record, rows.getvalue().encode())]:
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr = (0o100755 if ".data/scripts/" in path or ".so" in path else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents, compresslevel=_LEVEL)
    return buffer.getvalue()
