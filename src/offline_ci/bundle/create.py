"""``bundle create``: gather, describe, write, and read once more."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from offline_ci import __version__
from offline_ci.artifacts.additions import additions_json, home_lock, read_additions
from offline_ci.artifacts.digest import Digest
from offline_ci.artifacts.files import glob_escape, require_space
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.artifacts.store import Store
from offline_ci.bundle.contents import Item, distribution_items, model_items, runtime_items, stored_json
from offline_ci.bundle.head.manifest import Machine, Manifest, Model
from offline_ci.bundle.head.payload import Bundle, Progress
from offline_ci.bundle.libraries import LICENCE, licence_text, shared_libraries
from offline_ci.bundle.licences import Component, distribution_texts, table, wheel_texts
from offline_ci.bundle.processor import needed_flags
from offline_ci.bundle.sbom import sbom
from offline_ci.bundle.wheels import Wheel, needed_packages, pack
from offline_ci.bundle.writer import write
from offline_ci.engine.config import compiled_for
from offline_ci.errors import UsageError
from offline_ci.pyodide.installed import InstalledRuntime, installed_runtime

_LLAMA = "llama-cpp-python"
MIN_PART_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What to carry.

    Attributes:
        models: names, paths or hub addresses; empty for none, None for the default model.
        images: names; None for all that are built.
        part_bytes: split into parts of at most so many bytes; None for one file.
        replace: write over a bundle that is there.
    """

    models: Sequence[str] | None = None
    images: Sequence[str] | None = None
    part_bytes: int | None = None
    replace: bool = False


def create(path: Path, choice: Choice, say: Callable[[str], None], progress: Progress) -> Bundle:
    """Write a bundle for machines like this one.

    Args:
        path: the file.
        choice: what to carry.
        say: told each step in a sentence.
        progress: told how far a long one is.

    Returns:
        The bundle, checked.

    Raises:
        UsageError: the file is there, or something chosen does not exist.
        ArtifactError: something to be carried is missing or damaged, or the disk is full.
    """
    _check_target(path, choice)
    store, models = Store(), ModelStore()
    runtime = installed_runtime()
    names = [models.default()] if choice.models is None else choice.models
    resolved = [models.resolve(name) for name in names]
    registered = list(model_items(models, resolved))
    distribution = list(distribution_items(store))
    compiled = list(runtime_items(runtime, choice.images))
    libraries = shared_libraries()
    wheels = list(_wheels(say, libraries))
    files = [
        *(Item("wheel", wheel.filename, wheel.data) for wheel in wheels),
        *distribution,
        *compiled,
        *(item for item, _ in registered),
    ]
    found = [item.digest() for item in files]
    bundle_id = _bundle_id(files, found)
    sha256 = dict(zip((item.target for item in files), (digest.sha256 for digest in found), strict=True))
    components = [
        *_components(wheels, runtime, home_lock(store.root), sha256),
        *_library_components(libraries),
        *_model_components(models, resolved, registered, sha256),
    ]
    documents = [
        Item("document", "licences/README.md", table(components)),
        *wheel_texts(wheels),
        *([Item("document", "licences/host/gcc-libraries", text)] if (text := licence_text()) else []),
        *distribution_texts([item.source for item in distribution if isinstance(item.source, Path)]),
        Item("document", "sbom.cdx.json", stored_json(sbom(components, bundle_id))),
    ]
    manifest = Manifest(
        version=__version__,
        bundle_id=bundle_id,
        python="{}.{}".format(*sys.version_info[:2]),
        machine=_machine(),
        build_id=runtime.build_id,
        default_model=models.default() if models.default() in {model.name for model in resolved} else "",
        payload_size=0,
        padding_sha256="",
        members=(),
        models=tuple(model for _, model in registered if model is not None),
        packages=additions_json(read_additions(store.root)),
    )
    everything = [*files, *documents]
    require_space(path.parent, sum(item.size for item in everything), f"The bundle {path.name}")
    write(path, everything, [*found, *(item.digest() for item in documents)], manifest, choice.part_bytes, progress)
    bundle = Bundle(path)
    bundle.check(progress)
    for part in set(_parts(path)) - set(bundle.files()):
        part.unlink()  # of the bundle that was replaced
    return bundle


def check_platform(name: str | None) -> None:
    """Make sure that a bundle for a platform can be made here.

    Args:
        name: as in the names of wheels, for example ``linux_x86_64``; None for this machine's.

    Raises:
        UsageError: it is another one.
    """
    here = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if name is not None and name != here:
        raise UsageError(
            f"A bundle for {name} cannot be made here, on {here}: llama.cpp and the runtime are compiled for it.",
            hint="Run `offline-ci bundle create` on such a machine.",
        )


def _check_target(path: Path, choice: Choice) -> None:
    if choice.part_bytes is not None and choice.part_bytes < MIN_PART_BYTES:
        raise UsageError(f"Parts of {choice.part_bytes:,} bytes are too small.", hint="Give --split 1M or more.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give the name of a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", hint="Create it first.")
    there = [file for file in (path, *_parts(path)) if file.exists()]
    if there and not choice.replace:
        raise UsageError(f"{there[0]} is there already.", hint="Choose another name, or give --force to replace it.")


def _parts(path: Path) -> Iterator[Path]:
    return path.parent.glob(f"{glob_escape(path.name)}.[0-9][0-9][0-9]")


def _wheels(say: Callable[[str], None], libraries: dict[str, bytes]) -> Iterator[Wheel]:
    packages = needed_packages()
    say(f"Packing {len(packages)} Python packages …")
    for package in packages:
        is_llama = canonicalize_name(package.metadata["Name"]) == _LLAMA
        yield pack(package, libraries if is_llama else None)


def _library_components(libraries: dict[str, bytes]) -> Iterator[Component]:
    for path, data in libraries.items():
        yield Component("library", Path(path).name, "", LICENCE, "", hashlib.sha256(data).hexdigest(), "host")


def _machine() -> Machine:
    libc, version = platform.libc_ver()
    known, has = compiled_for()
    return Machine(
        platform.system(),
        platform.machine(),
        f"{libc} {version}".strip(),
        tuple(sorted(has)),
        tuple(sorted(known)),
        needed_flags(),
    )


def _bundle_id(items: Sequence[Item], found: Sequence[Digest]) -> str:
    listed = [[item.role, item.target, digest.sha256] for item, digest in zip(items, found, strict=True)]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]


def _components(
    wheels: Sequence[Wheel], runtime: InstalledRuntime, lock: RuntimeLock, sha256: dict[str, str]
) -> Iterator[Component]:
    for wheel in wheels:
        purl = f"pkg:pypi/{wheel.name}@{wheel.version}"
        yield Component("library", wheel.name, wheel.version, wheel.licence, purl, sha256[wheel.filename], "host")
    licences = {package.name: package for package in runtime.packages}
    for spec in lock.files:
        name = spec.filename.split("-")[0] if spec.role == "wheel" else spec.filename
        version = spec.filename.split("-")[1] if spec.role == "wheel" else ""
        package = licences.get(name) or licences.get(name.replace("_", "-"))
        licence = package.licence if package is not None else spec.licence
        purl = f"pkg:pypi/{name.replace('_', '-').lower()}@{version}" if spec.role == "wheel" else ""
        kind = "library" if spec.role == "wheel" else "file"
        yield Component(kind, name, version, licence, purl, sha256[spec.location], "sandbox")


def _model_components(
    models: ModelStore,
    resolved: Sequence[ResolvedModel],
    registered: Sequence[tuple[Item, Model | None]],
    sha256: dict[str, str],
) -> Iterator[Component]:
    records = {record.name: record for record in models.list()}
    for model, (item, _) in zip(resolved, registered, strict=True):
        record = records.get(model.name)
        licence = record.licence if record is not None else ""
        yield Component("machine-learning-model", model.name, "", licence, "", sha256[item.target], "model")
